"""Seats, terms and offices keep their promises in the database."""

import pytest
from django.db import IntegrityError, transaction

from campaign.legislators.models import Legislator, Office, PostalCode, Seat, Term

pytestmark = pytest.mark.usefixtures("furnished")


def seat_of(state: str, senate_class: int) -> Seat:
    return Seat.objects.senate().get(state=state, senate_class=senate_class)


def test_a_seat_has_one_holder_at_a_time() -> None:
    newcomer = Legislator.objects.create(
        bioguide_id="N000001", given_name="New", family_name="Comer", official_name="New Comer", party="Independent"
    )
    term = Term(seat=seat_of("OR", 2), legislator=newcomer, starts_on="2026-07-01", ends_on="2027-01-03")
    with pytest.raises(IntegrityError, match="a_seat_has_one_holder_at_a_time"), transaction.atomic():
        term.save()
    Term.objects.open().filter(seat=term.seat).update(closed_on="2026-07-01")
    term.save()
    assert seat_of("OR", 2).holder == newcomer


def test_nobody_holds_two_seats() -> None:
    wyden = Legislator.objects.get(bioguide_id="W000779")
    Term.objects.open().filter(seat=seat_of("OR", 2)).update(closed_on="2026-07-01")
    with pytest.raises(IntegrityError, match="a_legislator_holds_one_seat_at_a_time"):
        Term.objects.create(seat=seat_of("OR", 2), legislator=wyden, starts_on="2026-07-01", ends_on="2027-01-03")


@pytest.mark.parametrize("senate_class", [None, 0, 4])
def test_a_senate_seat_has_a_class(senate_class: int | None) -> None:
    with pytest.raises(IntegrityError, match="a_senate_seat_has_a_class"):
        Seat.objects.create(state="OR", senate_class=senate_class)


def test_a_vacant_seat_stays_a_seat() -> None:
    Term.objects.open().filter(seat=seat_of("OR", 2)).update(closed_on="2026-07-01")
    senate = Seat.objects.senate()
    assert (senate.filled().count(), [str(seat) for seat in senate.vacant()]) == (99, ["senate OR 2"])
    vacant, held = senate.of_state("OR").with_holders()
    assert vacant.holder is None
    assert held.holder is not None
    assert seat_of("OR", 2).holder is None


def test_a_seat_and_its_holder_have_names_for_people() -> None:
    seat = seat_of("OR", 2)
    assert seat.label == "Oregon, class 2"
    assert seat.holder is not None
    assert (seat.salutation, seat.holder.party_letter) == ("Senator Merkley", "D")


def test_an_office_address_says_who_entered_it() -> None:
    office = Office.objects.get(legislator__bioguide_id="M001176")
    with pytest.raises(IntegrityError, match="an_office_address_says_who_entered_it"), transaction.atomic():
        Office.objects.filter(pk=office.pk).update(email="staff@merkley.senate.gov", email_entered_by="")
    office.enter_email("staff@merkley.senate.gov", by="olive@example.org")
    assert Office.objects.exclude(email=None).get() == office
    assert not office.is_sandbox
    office.forget_email()
    assert not Office.objects.exclude(email=None).exists()


def test_the_sandbox_gives_addresses_only_to_offices_without_one() -> None:
    office = Office.objects.get(legislator__bioguide_id="M001176")
    office.enter_email("staff@merkley.senate.gov", by="olive@example.org")
    assert Office.objects.give_sandbox_addresses("sandbox.example") == 99
    assert Office.objects.give_sandbox_addresses("sandbox.example") == 0
    office.refresh_from_db()
    assert (office.email, office.is_sandbox) == ("staff@merkley.senate.gov", False)
    wyden = Office.objects.get(legislator__bioguide_id="W000779")
    assert (wyden.email, wyden.is_sandbox) == ("senator-w000779@sandbox.example", True)


def test_an_office_without_a_known_form_leads_to_its_website() -> None:
    moody = Office.objects.get(legislator__bioguide_id="M001244")
    assert (moody.contact_form, moody.form_or_website) == ("", "https://www.moody.senate.gov")


@pytest.mark.parametrize(
    ("zip_code", "states"), [("9720", ["OR"]), ("\uff19\uff17\uff12\uff10\uff11", ["OR"]), ("97299", [])]
)
def test_the_table_of_zips_holds_only_zips(zip_code: str, states: list[str]) -> None:
    with pytest.raises(IntegrityError, match="a_zip_"):
        PostalCode.objects.create(zip=zip_code, states=states)


def test_a_term_closes_after_it_starts() -> None:
    with pytest.raises(IntegrityError, match="a_term_closes_after_it_starts"):
        Term.objects.open().filter(seat=seat_of("OR", 2)).update(closed_on="2001-01-01")
