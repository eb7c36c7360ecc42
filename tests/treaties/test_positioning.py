"""Olive enters how a senator stands; what stood before is kept, and nobody's entry gets lost."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaign.legislators.models import Legislator, Term
from campaign.lib.refusals import Refused
from campaign.organizers.models import Organizer
from campaign.treaties import positioning
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.positioning import Statement
from campaign.treaties.taking_turns import ChangedMeanwhile, Seen
from tests import factories
from tests.treaties.conftest import in_the_turn_of_another

DAY = date(2026, 5, 6)
SPEECH = "https://example.org/speech"


def opposes(legislator: Legislator, **changes: Any) -> Statement:
    return Statement(
        **{"legislator": legislator, "stance": Stance.OPPOSES, "stated_on": DAY, "source_url": SPEECH} | changes
    )


def refused(treaty: Treaty, statement: Statement, by: Organizer) -> set[tuple[str, str]]:
    """Why it was not taken; nothing was written."""
    with pytest.raises(Refused) as caught:
        positioning.enter(treaty, statement, by)
    assert not treaty.positions.exists()
    return {(refusal.field, refusal.code) for refusal in caught.value.refusals}


def test_olive_enters_a_position_with_its_date_source_and_her_name(treaty, merkley, olive):
    position = positioning.enter(treaty, opposes(merkley, note="  On the floor.\r\nTwice. "), olive)
    position.refresh_from_db()
    assert (position.stance, position.stated_on, position.source_url) == ("opposes", DAY, SPEECH)
    assert (position.note, position.entered_by, position.superseded_at) == ("On the floor.\nTwice.", olive, None)


def test_the_same_again_changes_nothing(treaty, merkley, olive, vera):
    first = positioning.enter(treaty, opposes(merkley), olive)
    before = list(Position.objects.values())
    assert positioning.enter(treaty, opposes(merkley, source_url=f" {SPEECH} "), vera) == first
    assert list(Position.objects.values()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"stance": Stance.LEANS_AGAINST},
        {"stated_on": date(2026, 5, 7)},
        {"source_url": "https://example.org/letter"},
        {"note": "A letter."},
    ],
)
def test_a_later_word_supersedes_the_earlier_one_which_is_kept(treaty, merkley, olive, change):
    first = positioning.enter(treaty, opposes(merkley), olive)
    second = positioning.enter(treaty, opposes(merkley, **change), olive)
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert first.stance == Stance.OPPOSES
    assert list(treaty.positions.current()) == [second]


def test_a_senator_stands_on_each_treaty_by_itself(treaty, merkley, olive):
    other = factories.make_treaty("another")
    positioning.enter(treaty, opposes(merkley), olive)
    positioning.enter(other, opposes(merkley, stance=Stance.SUPPORTS), olive)
    assert [position.stance for position in treaty.positions.current()] == ["opposes"]


def test_unknown_needs_no_source_and_takes_a_position_back(treaty, merkley, olive):
    positioning.enter(treaty, opposes(merkley), olive)
    positioning.enter(treaty, opposes(merkley, stance=Stance.UNKNOWN, source_url=""), olive)
    assert [position.stance for position in treaty.positions.current()] == ["unknown"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"source_url": ""}, ("source_url", "required")),
        ({"source_url": "  "}, ("source_url", "required")),
        ({"source_url": "javascript:alert(1)"}, ("source_url", "not_a_web_address")),
        ({"source_url": "ftp://example.org/speech"}, ("source_url", "not_a_web_address")),
        ({"source_url": "https://www.senate.gov@example.org/"}, ("source_url", "not_a_web_address")),
        ({"source_url": "example.org/speech"}, ("source_url", "not_a_web_address")),
        ({"source_url": "https://example.org/a b"}, ("source_url", "not_a_web_address")),
        ({"source_url": "https://example.org/\n"}, None),
        ({"source_url": "https://example.org/" + "x" * 500}, ("source_url", "too_long")),
        ({"stance": "hates"}, ("stance", "unknown_position")),
        ({"stated_on": date(26, 5, 6)}, ("stated_on", "too_early")),
        ({"note": "x" * 301}, ("note", "too_long")),
        ({"note": "a\u202eb"}, ("note", "hidden_characters")),
        ({"note": "a\0b"}, ("note", "hidden_characters")),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_field(treaty, merkley, olive, change, why):
    if why is None:  # white space around an address is nobody's fault
        assert positioning.enter(treaty, opposes(merkley, **change), olive).source_url == "https://example.org/"
    else:
        assert refused(treaty, opposes(merkley, **change), olive) == {why}


def test_a_day_that_has_not_come_is_refused_and_today_is_not(treaty, merkley, olive):
    today = timezone.now().date()
    assert refused(treaty, opposes(merkley, stated_on=today + timedelta(days=1)), olive) == {
        ("stated_on", "in_the_future")
    }
    assert positioning.enter(treaty, opposes(merkley, stated_on=today), olive)


def test_all_faults_are_told_at_once(treaty, merkley, olive):
    found = refused(treaty, opposes(merkley, source_url="", note="x" * 301, stated_on=date(1066, 1, 1)), olive)
    assert {field for field, _code in found} == {"source_url", "note", "stated_on"}


def test_a_representative_and_who_left_have_no_position(treaty, merkley, olive):
    representative = Legislator.objects.filter(terms__closed_on=None, terms__seat__chamber="house").first()
    assert refused(treaty, opposes(representative), olive) == {("legislator", "not_a_senator")}
    Term.objects.open().filter(legislator=merkley).update(closed_on="2026-06-01")
    assert refused(treaty, opposes(merkley), olive) == {("legislator", "not_a_senator")}


def test_the_database_itself_keeps_one_position_at_a_time_and_its_source(treaty, merkley):
    fields = {"treaty": treaty, "legislator": merkley, "stated_on": DAY}
    Position.objects.create(**fields, stance=Stance.UNKNOWN)
    second = {"source_url": SPEECH}
    without_source = {"superseded_at": timezone.now()}
    for more in (second, without_source):
        with pytest.raises(IntegrityError), transaction.atomic():
            Position.objects.create(**fields, stance=Stance.OPPOSES, **more)


def test_unknown_over_nothing_changes_nothing(treaty, merkley, olive):
    nothing = opposes(merkley, stance=Stance.UNKNOWN, source_url="")
    assert positioning.enter(treaty, nothing, olive, Seen(None)) is None
    assert not treaty.positions.exists()
    asked = opposes(merkley, stance=Stance.UNKNOWN, source_url="", note="We asked, and got no answer.")
    assert positioning.enter(treaty, asked, olive).note == "We asked, and got no answer."


def test_who_saw_another_position_than_the_one_that_stands_is_told(treaty, merkley, olive, vera):
    first = positioning.enter(treaty, opposes(merkley), olive, Seen(None))
    other = opposes(merkley, stance=Stance.SUPPORTS)
    for seen in (Seen(None), Seen(first.pk + 1)):
        with pytest.raises(ChangedMeanwhile):
            positioning.enter(treaty, other, vera, seen)
    assert treaty.positions.get() == first
    assert positioning.enter(treaty, other, vera, Seen(first.pk)).stance == Stance.SUPPORTS


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_another_enters_a_position_waits_and_is_told(treaty, merkley, olive, vera):
    other = opposes(merkley, stance=Stance.SUPPORTS)
    came = in_the_turn_of_another(
        treaty,
        lambda: positioning.enter(treaty, opposes(merkley), olive),
        lambda: positioning.enter(treaty, other, vera, Seen(None)),
    )
    assert isinstance(came, ChangedMeanwhile)
    assert treaty.positions.get().stance == Stance.OPPOSES


@pytest.mark.django_db(transaction=True)
def test_of_many_organizers_at_once_each_is_kept_and_one_stands():
    treaty = factories.make_treaty()
    merkley = Legislator.objects.get(bioguide_id="M001176")
    olive = factories.make_organizer()
    failed: list[BaseException] = []
    line = threading.Barrier(6)

    def enter(number: int) -> None:
        line.wait()
        try:
            positioning.enter(treaty, opposes(merkley, note=f"entry {number}"), olive)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert {position.note for position in treaty.positions.all()} == {f"entry {number}" for number in range(6)}
    assert treaty.positions.current().count() == 1
