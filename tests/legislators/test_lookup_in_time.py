"""What a lookup says as time passes: terms run out, districts are drawn anew, and what we know grows old."""

from datetime import date
from typing import Any

import pytest

from campaign.api.v1.lookups import as_json
from campaign.legislators import aging, lookup
from campaign.legislators.lookup import Constituency, Reason
from campaign.legislators.models import DataImport, Subject, Term
from campaign.lib import kept

pytestmark = pytest.mark.usefixtures("furnished", "as_shipped")


@pytest.fixture
def as_shipped(db: None) -> None:
    """The facts as they are shipped: of 15 June 2026, with the ends that the law gives their terms."""
    DataImport.objects.update(checked_at=None)
    Term.objects.filter(seat__chamber="house").update(ends_on="2027-01-03")


def statuses(answer: Constituency) -> list[str]:
    return [seat["status"] for seat in as_json(answer)["seats"]]


def names(answer: Constituency) -> list[str]:
    return [seat.holder.family_name if seat.holder else "" for seat in answer.seats]


@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-10", "2027-01-02"])
def test_old_facts_say_that_they_are_old_and_still_name_who_sits(day: str, time_machine: Any) -> None:
    time_machine.move_to(day)
    ohio, florida, oregon = lookup.find("OH"), lookup.find("FL"), lookup.find("OR", "97910")
    assert ohio.reasons == florida.reasons == oregon.reasons == (Reason.DATA_STALE,)
    assert "Husted" in names(ohio)
    assert "Moody" in names(florida)
    assert names(oregon) == ["Merkley", "Wyden", "Bentz"]
    assert statuses(oregon) == ["filled"] * 3


def test_on_the_fourth_of_january_nobody_pretends_to_know_who_was_sworn_in(time_machine: Any) -> None:
    time_machine.move_to("2027-01-04")
    oregon = lookup.find("OR", "97910")
    assert names(oregon) == ["", "Wyden"], "the term of class 2 ended, that of class 3 did not"
    assert statuses(oregon) == ["unknown", "filled"]
    assert oregon.districts == (), "those were the districts of another Congress"
    assert oregon.reasons == (Reason.DATA_STALE, Reason.ADDRESS_NEEDED)
    wyoming = lookup.find("WY", "57717")
    assert (wyoming.districts, statuses(wyoming)) == (("WY-0",), ["filled", "unknown", "unknown"])
    assert wyoming.reasons == (Reason.DATA_STALE,)
    husted = lookup.find("OH")
    assert "unknown" not in statuses(husted), "who was appointed stays until somebody else is sworn in"


def test_a_source_with_nothing_newer_after_the_third_of_january_makes_nothing_newer(
    time_machine: Any,
) -> None:
    DataImport.objects.update(checked_at="2027-01-03T12:00:00Z")
    time_machine.move_to("2027-01-04")
    for state in ("OH", "FL", "OR"):
        assert Reason.DATA_STALE in lookup.find(state).reasons, state
    assert aging.age_of(Subject.LEGISLATORS).good_as_of == date(2026, 6, 15)


def test_a_process_that_lives_through_the_night_notices(time_machine: Any) -> None:
    time_machine.move_to("2027-01-02 23:59:59+00:00", tick=False)
    assert names(lookup.find("OR", "97910")) == ["Merkley", "Wyden", "Bentz"]
    time_machine.move_to("2027-01-03 00:00:01+00:00", tick=False)
    assert names(lookup.find("OR", "97910")) == ["", "Wyden"]


def test_new_people_with_old_districts_leave_the_district_open(time_machine: Any) -> None:
    time_machine.move_to("2027-01-12")
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(as_of="2027-01-10")
    Term.objects.filter(ends_on="2027-01-03").update(ends_on="2033-01-03")
    kept.forget_everything()
    with_a_zip, alone, at_large = lookup.find("OR", "97910"), lookup.find("OR"), lookup.find("WY", "82701")
    assert with_a_zip.reasons == (Reason.DATA_STALE, Reason.ADDRESS_NEEDED)
    assert alone.reasons == at_large.reasons == ()
    assert names(at_large) == ["Barrasso", "Lummis", "Hageman"]


def test_facts_that_were_found_to_be_the_newest_are_not_old(time_machine: Any) -> None:
    time_machine.move_to("2026-11-20")
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(checked_at="2026-11-16T08:00:00Z")
    kept.forget_everything()
    assert lookup.find("OR", "97910").reasons == ()


def test_without_any_facts_nothing_is_known_and_nothing_breaks() -> None:
    Term.objects.all().delete()
    DataImport.objects.all().delete()
    kept.forget_everything()
    answer = lookup.find("OR", "97910")
    assert (answer.as_of, statuses(answer)) == (None, ["vacant", "vacant"])
    assert Reason.DATA_STALE in answer.reasons
