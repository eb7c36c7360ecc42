"""The hundred offices, and the addresses that somebody found."""

import pytest
from django.test import Client
from django.urls import reverse

from campaign.legislators.models import Office, Seat, Term
from campaign.organizers.models import Organizer

OFFICES = "/dashboard/offices/"


@pytest.fixture
def wyden(db: None) -> Office:
    """An office in Oregon."""
    return Office.objects.get(legislator__family_name="Wyden")


def address(office: Office) -> str:
    return reverse("dashboard:office", args=[office.pk])


def test_all_hundred_seats_are_there_with_phone_and_form(desk: Client, db, django_assert_num_queries):
    with django_assert_num_queries(4):
        page = desk.get(OFFICES).content.decode()
    assert page.count('<th role="rowheader" scope="row">') == 100
    assert "Oregon, class 3: Ron Wyden" not in page
    assert "Ron Wyden (D)" in page
    assert "tel:+1202" in page
    assert "0 of 100 offices have an address" in page


@pytest.mark.parametrize(("wanted", "count"), [("or", 2), ("OREGON", 2), ("wyden", 1), ("nobody", 0), ("new y", 2)])
def test_olive_finds_an_office_by_state_or_name(desk: Client, db, wanted: str, count: int):
    page = desk.get(OFFICES, {"q": wanted}).content.decode()
    found = page.count('<th role="rowheader" scope="row">')
    assert found >= count if wanted == "or" else found == count


def test_a_vacant_seat_says_so(desk: Client, db):
    Term.objects.filter(seat=Seat.objects.senate().of_state("OR").first()).update(closed_on="2026-07-01")
    assert "vacant" in desk.get(OFFICES, {"q": "Oregon"}).content.decode()


def test_olive_enters_an_address_and_it_says_who_did(desk: Client, olive: Organizer, wyden: Office):
    answer = desk.post(address(wyden), {"email": " Casework@Wyden.Senate.gov "})
    assert answer["Location"] == OFFICES
    wyden.refresh_from_db()
    assert wyden.email == "Casework@wyden.senate.gov"
    assert wyden.email_entered_by == olive.email
    assert "entered by olive@example.org" in desk.get(address(wyden)).content.decode()
    assert "1 of 100 offices" in desk.get(OFFICES).content.decode()


def test_olive_removes_it_again(desk: Client, wyden: Office):
    wyden.enter_email("casework@wyden.senate.gov", by="olive@example.org")
    desk.post(address(wyden), {"remove": "1"})
    desk.post(address(wyden), {"remove": "1"})
    wyden.refresh_from_db()
    assert wyden.email is None


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a@b", "two@example.org, three@example.org", "x@example.org\nBcc: y"]
)
def test_what_is_no_address_is_refused(desk: Client, wyden: Office, email: str):
    answer = desk.post(address(wyden), {"email": email})
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()
    wyden.refresh_from_db()
    assert wyden.email is None


def test_a_sandbox_address_is_called_one(desk: Client, wyden: Office):
    Office.objects.give_sandbox_addresses("sandbox.example")
    assert "demo inbox" in desk.get(OFFICES).content.decode()
    assert "Nothing sent there reaches a Senate office" in desk.get(address(wyden)).content.decode()


def test_a_seat_whose_holder_s_term_is_over_is_not_called_vacant(desk: Client, db):
    Term.objects.filter(seat=Seat.objects.senate().of_state("OR").first()).update(ends_on="2026-01-03")
    page = desk.get(OFFICES, {"q": "Oregon"}).content.decode()
    assert "term over, successor not known" in page
    assert "vacant" not in page
