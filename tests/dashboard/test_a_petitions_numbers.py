"""What came in by day, by state and by source: read from tallies, drawn by the server."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from campaign.dashboard import charts, counts
from campaign.dashboard.counts import Period, Series
from campaign.lib import usps
from campaign.petitions.models import Petition, Tally
from tests.dashboard.conftest import Story


def tally(petition: Petition, day: date, confirmed: int, state: str = "OR", source: str = "") -> None:
    Tally.objects.create(petition=petition, day=day, state=state, source=source, confirmed=confirmed)


def page_of(client: Client, petition: Petition) -> str:
    return client.get(reverse("dashboard:petition", args=[petition.slug])).content.decode()


def test_olive_opens_the_rows_behind_a_number(desk: Client, story: Story):
    page = page_of(desk, story.petition)
    assert "1 confirmed signature between" in page
    assert f"/dashboard/petitions/{story.petition.slug}/signatures/?state=OR" in page
    assert f"/dashboard/petitions/{story.petition.slug}/signatures/?source=newsletter" in page
    assert "?status=quarantined" in page


def test_vera_sees_numbers_without_ways_to_people_or_changes(viewing: Client, story: Story):
    page = page_of(viewing, story.petition)
    assert "Oregon" in page
    assert "newsletter" in page
    for word in ("/signatures/", "/edit/", "/close/", "/letter-templates/"):
        assert word not in page


def test_every_chart_has_a_sentence_and_a_table_behind_it(desk: Client, story: Story):
    page = page_of(desk, story.petition)
    drawn = re.findall(r"<svg class=\"(?:bars|tiles)\".*?</svg>", page, re.DOTALL)
    assert len(drawn) == 2
    for svg in drawn:
        picture = ElementTree.fromstring(svg)
        assert picture.get("role") == "img"
        assert picture.get("aria-label")
    assert page.count("The same as a table") == 2


def test_the_page_takes_as_many_queries_for_thousands_as_for_one(
    desk: Client, petition: Petition, django_assert_num_queries
):
    start = counts.today() - timedelta(days=60)
    for number in range(60):
        tally(petition, start + timedelta(days=number), 100 + number, state="WA", source=f"mail-{number}")
    with django_assert_num_queries(9):
        page_of(desk, petition)


def test_days_without_signatures_are_days_too(petition: Petition):
    first = counts.today() - timedelta(days=20)
    tally(petition, first, 3)
    series = counts.by_day(petition)
    assert not series.is_weekly
    assert len(series.periods) == 21
    assert [period.confirmed for period in series.periods[:2]] == [3, 0]
    assert series.periods[-1].begins == counts.today()


def test_a_new_petition_has_a_fortnight_of_nothing(petition: Petition):
    series = counts.by_day(petition)
    assert len(series.periods) == 14
    assert "No confirmed signatures yet" in charts.bars(series).sentence


def test_a_long_run_is_told_by_weeks_and_loses_nobody(petition: Petition):
    for number in range(0, 200, 7):
        tally(petition, counts.today() - timedelta(days=number), 2)
    series = counts.by_day(petition)
    assert series.is_weekly
    assert all(period.begins.weekday() == 0 for period in series.periods)
    assert sum(period.confirmed for period in series.periods) == 58


def test_the_chart_of_a_closed_petition_ends_when_it_closed(petition: Petition):
    petition.closed_at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    tally(petition, date(2026, 3, 1), 5)
    assert counts.by_day(petition).periods[-1].begins == date(2026, 3, 5)


def test_the_bars_are_as_high_as_their_numbers():
    series = Series(tuple(Period(date(2026, 7, day), day * 10) for day in (1, 2, 4)), is_weekly=False)
    drawn = charts.bars(series)
    heights = [float(found) for found in re.findall(r'height="([\d.]+)"', drawn.svg)]
    assert drawn.top == 40
    assert heights == [60, 120, 240]
    assert "70 confirmed signatures" in drawn.sentence
    assert "July 4, 2026: 40" in drawn.sentence


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (3, 4), (5, 6), (7, 8), (11, 20), (401, 500), (999, 1000)])
def test_the_scale_ends_at_a_round_number(most: int, top: int):
    assert charts.nice_top(most) == top


def test_the_map_shades_every_state_by_its_count():
    drawn = charts.tile_map({"OR": 50, "WA": 11, "PR": 1})
    picture = ElementTree.fromstring(drawn.svg)
    levels = {group[0].text: group.get("class") for group in picture.iter("g")}
    assert len(levels) == len(usps.TILES)
    assert levels["Oregon: 50"] == "level-5"
    assert levels["Washington: 11"] == "level-2"
    assert levels["Puerto Rico: 1"] == "level-1"
    assert levels["Idaho: 0"] == "level-0"
    assert [step.words for step in drawn.legend] == ["1–10", "11–20", "21–30", "31–40", "41–50"]


@pytest.mark.parametrize("most", [1, 2, 3, 5, 6, 7, 11, 999])
def test_the_shades_leave_no_number_out(most: int):
    steps = charts.steps(most)
    covered = [number for step in steps for number in range(step.least, step.most + 1)]
    assert covered == list(range(1, most + 1))
    assert len(steps) <= charts.LEVELS


def test_a_source_may_hold_anything_its_link_may(desk: Client, petition: Petition):
    tally(petition, counts.today(), 5, source="a+b:c~d")
    page = page_of(desk, petition)
    assert "?source=a%2Bb%3Ac~d" in page
    assert "none given" not in page
