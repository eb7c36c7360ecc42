"""How old what we know from outside is, what was refused, what contradicts, and what follows from it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaign.dashboard import knowledge
from campaign.legislators.models import DataImport, Seat, Subject, Term
from campaign.organizers.models import Organizer
from campaign.treaties.models import Treaty
from tests.dashboard.conftest import at_desk

DATA, TODAY = "/dashboard/data/", "/dashboard/"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def nothing_known(db: None) -> None:
    """Before anything was brought in."""
    DataImport.objects.all().delete()


def bring(what: Subject, when: datetime = NOON, **fields: Any) -> DataImport:
    """One try, good unless it says why not."""
    defaults = {"as_of": when.date(), "finished_at": when, "source": f"https://example.org/{what}", "sha256": ""}
    return DataImport.objects.create(what=what, **(defaults | fields))


def read(olive: Organizer, when: datetime = NOON, address: str = DATA) -> str:
    with time_machine.travel(when, tick=False):
        answer = at_desk(olive).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def row_of(page: str, name: str) -> str:
    """The line of one kind of data."""
    return next(row for row in page.split("<tr ") if f'scope="row">{name}' in row)


@pytest.mark.parametrize(
    ("days", "sentence", "status"),
    [
        (0, "Letters go", ""),
        (14, "Letters go", ""),
        (15, "something keeps it from coming", "getting old"),
        (45, "something keeps it from coming", "getting old"),
        (46, "Letters wait.", "letters wait"),
    ],
)
def test_after_two_weeks_it_warns_and_after_45_days_letters_wait(
    olive: Organizer, nothing_known: None, days: int, sentence: str, status: str
):
    bring(Subject.LEGISLATORS, NOON - timedelta(days=days))
    page = read(olive)
    assert sentence in page
    states = re.findall(r'<span class="status[^"]*">([^<]*)</span>', row_of(page, "Members of Congress"))
    assert states == ([status] if status else [])
    assert ("manage.py sync_legislators</code>" in page) is bool(status)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (datetime(2027, 1, 2, 12, tzinfo=UTC), "Letters go"),
        (datetime(2027, 1, 3, 12, tzinfo=UTC), "Letters wait."),
        (datetime(2027, 1, 4, 12, tzinfo=UTC), "Letters wait."),
    ],
)
def test_what_is_of_before_the_third_of_january_is_too_old_after_it(olive, nothing_known, day: datetime, sentence: str):
    bring(Subject.LEGISLATORS, datetime(2026, 12, 28, 12, tzinfo=UTC))
    assert sentence in read(olive, day)
    assert ("Letters wait." in read(olive, day, TODAY)) is (sentence == "Letters wait.")


def test_data_of_the_new_congress_are_good(olive: Organizer, nothing_known: None):
    bring(Subject.LEGISLATORS, datetime(2027, 1, 4, 9, tzinfo=UTC))
    assert "Letters go" in read(olive, datetime(2027, 1, 4, 12, tzinfo=UTC))


def test_on_4_january_2027_it_lists_whose_term_is_over_and_calls_nobody_vacant(olive: Organizer, db: None):
    merkley = Term.objects.open().get(legislator__bioguide_id="M001176")
    Term.objects.filter(pk=merkley.pk).update(ends_on=date(2027, 1, 3))
    page = read(olive, datetime(2027, 1, 4, 12, tzinfo=UTC))
    listed = page.split('id="empty"')[1]
    assert "terms are over" in listed
    assert "Jeff Merkley" in listed
    assert "Oregon, class 2" in listed
    before = read(olive, datetime(2027, 1, 2, 12, tzinfo=UTC)).split('id="empty"')[1]
    assert "Merkley" not in before


def test_a_vacant_seat_is_listed(desk: Client, db: None):
    Term.objects.filter(seat=Seat.objects.senate().of_state("OR").first()).update(closed_on="2026-07-01")
    listed = desk.get(DATA).content.decode().split('id="empty"')[1]
    assert "Senate: Oregon, class" in listed
    assert "Letters to a vacant seat wait" in listed


def test_before_anything_came_every_kind_says_so(desk: Client, nothing_known: None):
    page = desk.get(DATA).content.decode()
    assert page.count("never brought in") == len(knowledge.FIELDS) == len(Subject)
    assert "Nobody told us yet who sits in Congress" in page


def test_each_kind_says_from_where_how_much_and_what_it_changed(olive: Organizer, nothing_known: None):
    bring(
        Subject.COMMITTEES,
        checked_at=NOON,
        counts={"committees": 231, "memberships": 3_915},
        difference={"joined": ["SSFR: Ron Wyden"], "changed": [], "notes": ["A <b>note</b>"]},
    )
    page = read(olive)
    row = row_of(page, "Committees")
    assert "https://example.org/committees" in row
    assert "committees 231" in row
    assert "memberships 3,915" in row
    assert "sync_committees" in row
    changed = page.split('id="differences"')[1]
    assert "Came (1)" in changed
    assert "SSFR: Ron Wyden" in changed
    assert "A &lt;b&gt;note&lt;/b&gt;" in changed


def test_what_came_as_a_file_was_never_asked_for(olive: Organizer, nothing_known: None):
    bring(Subject.ZIPS, source="zips.txt")
    assert "never: it came as a file" in row_of(read(olive), "ZIPs of the Census")


def test_zips_do_not_grow_old_and_districts_do_with_their_congress(olive: Organizer, nothing_known: None):
    bring(Subject.ZIPS, as_of=date(2020, 1, 1))
    bring(Subject.DISTRICTS, as_of=date(2024, 1, 1), congress=119)
    assert '<span class="status' not in row_of(read(olive), "Districts")
    assert '<span class="status' not in row_of(read(olive), "ZIPs of the Census")
    assert "another Congress sits: not used" in row_of(read(olive, datetime(2027, 1, 4, tzinfo=UTC)), "Districts")


def test_only_what_was_refused_since_the_last_good_one_is_told(olive: Organizer, nothing_known: None):
    bring(Subject.LEGISLATORS, NOON - timedelta(days=3), refused_because="It lists 12 senators; long ago.")
    bring(Subject.LEGISLATORS, NOON - timedelta(days=2))
    assert 'id="refused"' not in read(olive)
    bring(Subject.LEGISLATORS, refused_because="It lists 90 senators; <i>fewer</i> than 95 is not believed.")
    page = read(olive)
    told = page.split('id="refused"')[1].split("</section>")[0]
    assert "It lists 90 senators; &lt;i&gt;fewer" in told
    assert "long ago" not in told
    assert "Letters go" in page


def test_of_many_refusals_the_latest_are_shown_and_all_are_counted(olive: Organizer, nothing_known: None):
    for number in range(8):
        bring(Subject.SENATE_LIST, NOON - timedelta(hours=number), refused_because=f"reason {number}")
    told = read(olive).split('id="refused"')[1].split("</section>")[0]
    assert told.count("reason") - told.count('class="reasons"') == knowledge.MOST_REFUSED
    assert "reason 0" in told
    assert "8 refused in all" in told


def test_a_network_that_is_down_for_weeks_hides_nothing_else_and_is_no_alarm(olive: Organizer, nothing_known: None):
    bring(Subject.LEGISLATORS, NOON - timedelta(days=10))
    bring(Subject.LEGISLATORS, NOON - timedelta(days=9), refused_because="It lists 90 senators.")
    for number in range(12):
        asked_at = NOON - timedelta(hours=6 * number)
        for what in (Subject.LEGISLATORS, Subject.ZIPS):
            bring(what, started_at=asked_at, finished_at=None, refused_because="The source could not be reached.")
    told = read(olive).split('id="refused"')[1].split("</section>")[0]
    assert told.count("could not be reached") == 2
    assert told.count(f'<time datetime="{NOON.isoformat()}">') == 2
    assert "It lists 90 senators." in told
    assert "13 refused in all" in told
    assert "refused: ZIPs" not in read(olive, address=TODAY)
    bring(Subject.LEGISLATORS, NOON)
    bring(Subject.ZIPS, NOON)
    assert 'id="refused"' not in read(olive)


def test_contradictions_are_told_and_go_with_the_next_good_import(olive: Organizer, nothing_known: None):
    bring(Subject.SENATE_LIST, NOON - timedelta(days=1), difference={"contradictions": ["OR, class 2: two names"]})
    assert "OR, class 2: two names" in read(olive).split('id="contradictions"')[1]
    bring(Subject.SENATE_LIST)
    assert "two names" not in read(olive)


@pytest.mark.parametrize(
    "odd", [{}, {"contradictions": None}, {"joined": "a word"}, {"notes": {"a": 1}}, {"other": [1]}]
)
def test_a_difference_of_another_shape_breaks_nothing(olive: Organizer, nothing_known: None, odd: dict[str, Any]):
    bring(Subject.LEGISLATORS, difference=odd)
    assert "Letters go" in read(olive)
    read(olive, address=TODAY)


def test_it_takes_few_queries_however_many_imports_there_were(desk: Client, db, django_assert_max_num_queries):
    for number in range(30):
        bring(Subject.COMMITTEES, timezone.now() - timedelta(days=number), refused_because="No." * (number % 2))
    with django_assert_max_num_queries(6):
        desk.get(DATA)


def test_without_a_key_it_says_that_congress_is_not_asked_about_treaties(
    desk: Client, treaty: Treaty, settings, nothing_known: None
):
    settings.CONGRESS_API_KEY = ""
    assert "CONGRESS_API_KEY" in desk.get(DATA).content.decode()
    assert "CONGRESS_API_KEY" in desk.get("/dashboard/treaties/a-convention/number/").content.decode()
    settings.CONGRESS_API_KEY = "very-secret"
    page = desk.get(DATA).content.decode()
    assert "CONGRESS_API_KEY" not in page
    assert "very-secret" not in page


def test_vera_may_read_it(viewing: Client, db: None):
    page = viewing.get(DATA).content.decode()
    assert "Members of Congress" in page
    assert '<form method="post"' not in page
