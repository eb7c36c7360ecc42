"""A letter waits, or its senator has left: Ada reads why, and is led to whoever holds the seat now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.legislators.models import DataImport, Legislator, Office, Seat, Term
from campaign.letters.models import Letter, LetterDispatch
from tests.public.conftest import Citizen, words
from tests.public.letters import BODY, the_seats, typed

pytestmark = pytest.mark.django_db


def old_list() -> None:
    """Nobody has heard from Congress for two months."""
    long_ago = timezone.now() - timedelta(days=60)
    DataImport.objects.update(as_of=long_ago.date(), checked_at=None)


def test_with_an_old_list_ada_is_told_before_and_after_that_her_letters_wait(
    citizen: Citizen, desk: str, seats: list[Seat]
) -> None:
    old_list()
    assert words(citizen.get(desk)).count("You can write now, but your letter will wait") == 2
    receipts = citizen.get(citizen.post(desk, typed(seats, do="send"))["Location"])
    assert words(receipts).count("It waits: our list of senators is too old to be sure who holds the seat.") == 2
    assert "Only you can send this one" not in words(receipts)
    DataImport.objects.update(as_of=timezone.now().date())
    assert words(citizen.get(receipts.request["PATH_INFO"])).count("Only you can send this one") == 2


def test_a_seat_whose_term_has_ended_is_not_called_vacant_and_nobody_is_named(citizen: Citizen, desk: str) -> None:
    Term.objects.open().filter(seat__in=the_seats()).update(ends_on=timezone.now().date())
    page = words(citizen.get(desk))
    assert page.count("The term of this seat has ended, and we don't know yet who holds it.") == 2
    assert "vacant" not in page
    assert "Merkley" not in page


def succeed(seat: Seat) -> Legislator:
    """Somebody else was sworn in, and our list knows."""
    successor = Legislator.objects.create(
        bioguide_id="N000001", given_name="New", family_name="Comer", official_name="New Comer", party="Independent"
    )
    Office.objects.create(legislator=successor, contact_form="https://comer.senate.example/write")
    Term.objects.open().filter(seat=seat).update(legislator=successor)
    return successor


def test_a_letter_that_names_the_one_who_left_asks_to_be_read_again(
    citizen: Citizen, desk: str, seats: list[Seat]
) -> None:
    both = "Dear Senator Merkley and Senator Wyden, " + BODY
    receipts = citizen.post(desk, typed(seats, both, do="send"))["Location"]
    successor = succeed(seats[0])
    page = words(citizen.get(receipts))
    assert page.count("It waits for you: it names a senator who no longer holds the seat.") == 1
    assert "To Senator Jeff Merkley" in page
    assert page.count("Only you can send this one") == 1
    citizen.post(desk, typed(seats, "Dear Senator Comer, dear Senator Wyden, " + BODY, do="send"))
    assert words(citizen.get(receipts)).count("Only you can send this one") == 2
    assert LetterDispatch.objects.filter(legislator=successor).exists()


def test_by_hand_what_names_nobody_leads_to_the_office_of_whoever_holds_the_seat_now(
    citizen: Citizen, mine: str, desk: str, seats: list[Seat]
) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    letter = Letter.objects.get(seat=seats[0])
    former = letter.dispatches.get().legislator
    successor = succeed(seats[0])
    response = citizen.get(receipts)
    page, source = words(response), response.content.decode()
    assert page.count("Only you can send this one") == 2
    assert "To Senator New Comer" in page
    assert successor.office.contact_form in source
    assert former.official_name not in page
    assert former.office.contact_form not in source
    assert former.official_name not in words(citizen.get(mine))
    assert letter.dispatches.get().legislator == former, "looking changes nothing"
    citizen.post(f"{receipts}{letter.pk}/", {"said": "broken"})
    assert letter.dispatches.get().legislator == former
    citizen.post(f"{receipts}{letter.pk}/", {"said": "sent"})
    assert letter.dispatches.get().legislator == successor
    Term.objects.open().filter(seat=seats[0]).update(legislator=former)
    citizen.post(f"{receipts}{letter.pk}/", {"said": "sent"})
    assert "To Senator New Comer" in words(citizen.get(receipts)), "that is where it went, whoever came after"


def test_what_names_the_one_who_left_is_not_said_to_have_gone_to_the_successor(
    citizen: Citizen, desk: str, seats: list[Seat]
) -> None:
    receipts = citizen.post(desk, typed(seats, "Dear Senator Merkley, " + BODY, do="send"))["Location"]
    letter = Letter.objects.get(seat=seats[0])
    succeed(seats[0])
    citizen.post(f"{receipts}{letter.pk}/", {"said": "sent"})
    assert letter.dispatches.get().legislator.family_name == "Merkley"
    assert "To Senator Jeff Merkley" in words(citizen.get(receipts))


@pytest.mark.parametrize(("field", "hold"), [("ends_on", "the senator's term has ended"), ("closed_on", "is vacant")])
def test_by_hand_nothing_is_handed_to_a_seat_that_nobody_is_known_to_hold(
    citizen: Citizen, mine: str, desk: str, seats: list[Seat], field: str, hold: str
) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    Term.objects.open().filter(seat=seats[0]).update(**{field: timezone.now().date()})
    page = words(citizen.get(receipts))
    assert hold in page
    assert page.count("Only you can send this one") == 1
    assert "Oregon, class 2" in page
    assert "Merkley" not in page + words(citizen.get(mine))
    letter = Letter.objects.get(seat=seats[0])
    citizen.post(f"{receipts}{letter.pk}/", {"said": "sent"})
    assert letter.dispatches.get().legislator.family_name == "Merkley", "it can only have gone to the one before"
