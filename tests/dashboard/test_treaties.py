"""A treaty at the desk: the count, the hundred seats, its stages and its number."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from campaign.legislators.models import Committee, CommitteeMembership, DataImport, Legislator, Seat, Subject, Term
from campaign.organizers.models import Organizer
from campaign.treaties import positioning, staging
from campaign.treaties.models import Stage, StageChange, Stance, Treaty
from campaign.treaties.positioning import Statement
from tests import factories
from tests.dashboard.conftest import at_desk, post_in_threads

TREATIES = "/dashboard/treaties/"
PAGE = TREATIES + "a-convention/"
STAGES = PAGE + "stages/"
SOURCE = "https://example.org/says-so"
SENT = {"stage": "transmitted", "happened_on": "2026-05-06", "source_url": SOURCE, "note": "With a letter."}


def rows_of(page: str) -> int:
    """The seats that a page shows."""
    found = re.search(r'<p class="quiet">(\d+) seats?</p>', page)
    return int(found[1]) if found else 0


def hidden(page: str, name: str) -> str:
    """The value of a field that nobody sees."""
    found = re.search(rf'name="{name}"(?: value="([^"]*)")?', page)
    assert found is not None
    return found[1] or ""


def say(treaty: Treaty, bioguide_id: str, stance: Stance, by: Organizer) -> None:
    senator = Legislator.objects.get(bioguide_id=bioguide_id)
    positioning.enter(treaty, Statement(senator, stance, date(2026, 5, 1), SOURCE, "In a letter."), by)


@pytest.fixture
def opposed(treaty: Treaty, olga: Organizer) -> Treaty:
    """Oregon's senators: one opposes it, one leans for it."""
    say(treaty, "W000779", Stance.OPPOSES, olga)
    say(treaty, "M001176", Stance.LEANS_FOR, olga)
    return treaty


def test_the_list_says_where_each_treaty_stands_and_how_many_it_takes(desk: Client, opposed: Treaty, signed):
    page = desk.get(TREATIES).content.decode()
    assert "The Convention" in page
    assert "Signed" in page
    cells = re.findall(r'class="number">(\d+)</td>', page)
    assert cells == ["1", "34", "1", "67"]


def test_the_list_asks_no_more_for_three_treaties_than_for_one(desk: Client, opposed: Treaty, signed):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(TREATIES).status_code == 200
        return len(asked)

    alone = queries()
    for slug in ("another", "a-third"):
        factories.make_treaty(slug)
    assert queries() == alone


def test_without_a_treaty_the_list_says_so(desk: Client, db):
    assert "There is no treaty yet" in desk.get(TREATIES).content.decode()


def test_a_treaty_without_words_and_stages_has_a_page_too(desk: Client, db):
    Treaty.objects.create(slug="bare")
    page = desk.get(TREATIES + "bare/").content.decode()
    assert "<h1>bare" in page
    assert "Not signed" in page
    assert desk.get(TREATIES).status_code == 200


def test_the_count_stands_on_top_and_the_hundred_seats_below(desk: Client, opposed: Treaty, signed, assert_few_queries):
    with assert_few_queries(13):
        page = desk.get(PAGE).content.decode()
    assert rows_of(page) == 100
    assert "34 block it: 33 to go" in page
    assert "67 consent: 67 to go" in page
    assert "Ron Wyden" in page
    assert "In a letter." in page


@pytest.fixture
def assert_few_queries(django_assert_max_num_queries):
    """At most so many."""
    return django_assert_max_num_queries


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("q=or", 2),
        ("q=Oregon", 2),
        ("q=wyden", 1),
        ("q=nobody-of-this-name", 0),
        ("position=opposes", 1),
        ("position=unknown", 98),
        ("position=nobody", 0),
        ("position=opposes&q=WY", 0),
        ("position=nonsense", 0),
        ("q=" + "x" * 61, 0),
    ],
)
def test_olive_narrows_the_seats(desk: Client, opposed: Treaty, query: str, number: int):
    answer = desk.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    assert rows_of(answer.content.decode()) == number


def test_olive_looks_at_the_committee_only(desk: Client, treaty: Treaty):
    committee, _ = Committee.objects.get_or_create(
        code="SSFR", defaults={"name": "Foreign Relations", "chamber": "senate"}
    )
    CommitteeMembership.objects.filter(committee=committee).delete()
    wyden = Legislator.objects.get(bioguide_id="W000779")
    CommitteeMembership.objects.create(
        committee=committee, legislator=wyden, side="minority", rank=3, title="", seen_on="2026-05-01"
    )
    page = desk.get(f"{PAGE}?committee=on").content.decode()
    assert rows_of(page) == 1
    assert "Ron Wyden" in page


def test_a_vacancy_changes_what_is_needed_and_a_term_that_ran_out_does_not(desk: Client, opposed: Treaty):
    oregon = list(Seat.objects.senate().of_state("OR"))
    Term.objects.filter(seat=oregon[0]).update(closed_on="2026-07-01")
    page = desk.get(PAGE).content.decode()
    assert "1 is vacant" in page
    assert "66 consent" in page
    assert rows_of(desk.get(f"{PAGE}?position=nobody").content.decode()) == 1
    Term.objects.filter(seat=oregon[0]).update(closed_on=None, ends_on="2026-07-01")
    page = desk.get(PAGE).content.decode()
    assert "none is vacant" in page
    assert "67 consent" in page
    assert "term over" in desk.get(f"{PAGE}?position=nobody").content.decode()


def test_vera_looks_and_finds_no_way_to_change_anything(viewing: Client, opposed: Treaty, signed):
    page = viewing.get(PAGE).content.decode()
    assert rows_of(page) == 100
    for way in ("/positions/W000779/", "/stages/", "/import/", "/number/", "retract"):
        assert way not in page
    assert "positions.csv" in page


def test_a_stage_is_tried_first_and_entered_in_a_second_step(
    desk: Client, treaty: Treaty, signed, olive: Organizer, django_capture_on_commit_callbacks
):
    seen = hidden(desk.get(STAGES).content.decode(), "seen")
    assert seen == str(signed.pk)
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(STAGES, SENT | {"seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "say “Sent to the Senate” from then on. Now they say “Signed”" in page
    assert StageChange.objects.count() == 1
    assert not [line for line in lines if line["event"] == "stage entered"]
    again = {name: hidden(page, name) for name in ("stage", "happened_on", "source_url", "note", "seen")}
    assert again == SENT | {"seen": seen}
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(STAGES, again | {"sure": "1"}, follow=True)
    assert "The stage is entered" in answer.content.decode()
    entered = StageChange.objects.latest("pk")
    assert (entered.stage, entered.entered_by, entered.note) == (Stage.TRANSMITTED, olive, "With a letter.")
    told = next(line for line in lines if line["event"] == "stage entered")
    assert (told["change"], told["organizer"]) == (entered.pk, olive.pk)


def test_the_same_stage_again_changes_nothing_and_says_so(desk: Client, treaty: Treaty, signed):
    same = {"stage": "signed", "happened_on": "2026-03-04", "source_url": signed.source_url, "seen": signed.pk}
    assert "It is entered already: nothing changes" in desk.post(STAGES, same).content.decode()
    assert "Nothing changed" in desk.post(STAGES, same | {"sure": "1"}, follow=True).content.decode()
    assert StageChange.objects.count() == 1


def test_an_earlier_stage_is_told_to_be_a_step_before(desk: Client, treaty: Treaty, signed):
    for earlier in (
        {"stage": "not_signed", "happened_on": "2026-03-04"},
        {"stage": "signed", "happened_on": "2026-01-02"},
    ):
        page = desk.post(STAGES, SENT | earlier | {"seen": signed.pk}).content.decode()
        assert "among the steps before it" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stage": "thrown away"}, "stage"),
        ({"happened_on": "2126-01-01"}, "happened_on"),
        ({"happened_on": "06.05.2026"}, "happened_on"),
        ({"happened_on": "1826-01-01"}, "happened_on"),
        ({"source_url": ""}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "https://example.org/" + "x" * 500}, "source_url"),
        ({"note": "x" * 501}, "note"),
        ({"note": "hid\u202eden"}, "note"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"sure": "1"}])
def test_what_is_wrong_with_a_stage_stands_beside_its_field(
    desk: Client, treaty: Treaty, wrong: dict[str, str], field: str, step: dict[str, str]
):
    answer = desk.post(STAGES, SENT | wrong | step)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert StageChange.objects.count() == 0
    if field != "note":
        assert "With a letter." in page


def test_whoever_is_overtaken_reads_where_it_stands_now(desk: Client, treaty: Treaty, signed):
    seen = hidden(desk.get(STAGES).content.decode(), "seen")
    other = staging.enter(treaty, staging.Change(Stage.IN_COMMITTEE, date(2026, 6, 1), SOURCE), None)
    answer = desk.post(STAGES, SENT | {"seen": seen, "sure": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody entered or retracted a stage meanwhile" in page
    assert "In committee" in page
    assert hidden(page, "seen") == str(other.pk)
    assert 'value="2026-05-06"' in page
    assert StageChange.objects.count() == 2
    assert desk.post(STAGES, SENT | {"seen": other.pk, "sure": "1"}).status_code == 302


def test_a_stage_is_retracted_in_two_steps_and_stays_in_the_list(
    desk: Client, treaty: Treaty, signed, olive: Organizer
):
    later = staging.enter(treaty, staging.Change(Stage.TRANSMITTED, date(2026, 3, 4), SOURCE), None)
    way = f"{STAGES}{later.pk}/retract/"
    page = desk.get(way).content.decode()
    assert "say “Signed” afterwards. Now they say “Sent to the Senate”" in page
    later.refresh_from_db()
    assert later.retracted_at is None
    assert "It is retracted" in desk.post(way, follow=True).content.decode()
    later.refresh_from_db()
    assert later.retracted_by == olive
    page = desk.get(PAGE).content.decode()
    assert "retracted by olive@example.org" in page
    assert "Nothing changed" in desk.post(way, follow=True).content.decode()
    assert "This stage was retracted" in desk.get(way).content.decode()


def test_retracting_the_only_stage_leaves_it_not_signed(desk: Client, treaty: Treaty, signed):
    assert "say “Not signed” afterwards" in desk.get(f"{STAGES}{signed.pk}/retract/").content.decode()


def test_retracting_a_step_before_leaves_it_where_it_stands(desk: Client, treaty: Treaty, signed):
    staging.enter(treaty, staging.Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE), None)
    assert "still stands at “Sent to the Senate”" in desk.get(f"{STAGES}{signed.pk}/retract/").content.decode()


def test_a_stage_of_another_treaty_is_not_found_here(desk: Client, treaty: Treaty, signed):
    Treaty.objects.create(slug="bare")
    assert desk.post(f"{TREATIES}bare/stages/{signed.pk}/retract/").status_code == 404
    signed.refresh_from_db()
    assert signed.retracted_at is None


def test_olive_says_which_treaty_document_it_is_and_takes_it_back(desk: Client, treaty: Treaty, olive: Organizer):
    DataImport.objects.create(
        what=Subject.TREATIES,
        source="x",
        sha256="",
        as_of="2026-11-01",
        finished_at="2026-11-01T00:00:00Z",
        difference={"notes": ["a-convention: candidate Treaty Document 119-1, “Something”", "other: candidate 119-2"]},
    )
    page = desk.get(PAGE + "number/").content.decode()
    assert "Treaty Document 119-1, “Something”" in page
    assert "119-2" not in page
    with capture_logs() as lines:
        answer = desk.post(PAGE + "number/", {"congress_received": "119", "number": "1"}, follow=True)
    assert "The number is kept" in answer.content.decode()
    assert "Treaty Document 119-1" in answer.content.decode()
    assert [(line["treaty"], line["organizer"]) for line in lines if line["event"] == "treaty numbered"] == [
        ("a-convention", olive.pk)
    ]
    again = desk.post(PAGE + "number/", {"congress_received": "119", "number": "1"}, follow=True)
    assert "Nothing changed" in again.content.decode()
    assert "The number is gone" in desk.post(PAGE + "number/", {"remove": "1"}, follow=True).content.decode()
    assert "Nothing changed" in desk.post(PAGE + "number/", {"remove": "1"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("congress", "number", "field"),
    [
        ("12", "1", "congress_received"),
        ("121", "1", "congress_received"),
        ("119", "0", "number"),
        ("119", "-1", "number"),
        ("119", "9" * 30, "number"),
        ("9" * 5000, "1", "congress_received"),
        ("119", "one", "number"),
        ("", "", "number"),
        ("119", "7", "number"),
    ],
)
def test_a_number_that_can_t_be_or_is_taken_is_refused_beside_its_field(
    desk: Client, treaty: Treaty, congress: str, number: str, field: str
):
    Treaty.objects.create(slug="other", congress_received=119, number=7)
    answer = desk.post(PAGE + "number/", {"congress_received": congress, "number": number})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    treaty.refresh_from_db()
    assert treaty.number is None


@pytest.mark.django_db(transaction=True)
def test_of_two_organizers_at_once_one_enters_the_stage_and_the_other_is_told(treaty: Treaty, olive, olga):
    first, second = (SENT | {"stage": stage, "sure": "1"} for stage in ("transmitted", "in_committee"))
    assert post_in_threads((at_desk(olive), STAGES, first), (at_desk(olga), STAGES, second)) == [302, 422]
    assert StageChange.objects.count() == 1
