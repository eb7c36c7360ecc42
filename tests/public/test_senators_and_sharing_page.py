"""What Ada, Bruno and Chiyo see after they confirmed."""

import re

import pytest
from django.utils import timezone

from campaign.legislators.models import Term
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import AccessPurpose, Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, words

pytestmark = pytest.mark.django_db


def of(citizen: Citizen, signature: Signature) -> str:
    return citizen.link(signature, AccessPurpose.MY_PAGE) + PAGE.lstrip("/")


def test_ada_sees_two_cards_with_party_phone_form_and_date(citizen: Citizen, petition: Petition) -> None:
    response = citizen.get(of(citizen, factories.sign_and_confirm(petition)))
    page, source = words(response), response.content.decode()
    assert source.count('class="card senator"') == 2
    assert "Party Democrat" in page
    assert 'href="tel:+1-202-224-5244"' in source
    assert 'href="https://www.wyden.senate.gov' in source
    assert re.search(r"As of \w+ \d+, 20\d\d, from the public congress-legislators data", page)
    assert "<img" not in source


def test_the_number_grows_with_the_people_before(citizen: Citizen, petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(confirmed_total=4212)
    assert "You are number 4,213 ." in words(citizen.get(of(citizen, factories.sign_and_confirm(petition))))


def test_bruno_is_told_the_truth_about_the_district(citizen: Citizen, petition: Petition) -> None:
    page = words(citizen.get(of(citizen, factories.sign_and_confirm(petition, factories.BRUNO))))
    assert "The District of Columbia and the territories have no senators." in page
    assert "in District of Columbia, no senator speaks for you" in page
    assert "Write to them" not in page


def test_chiyo_sees_the_senators_of_her_voting_residence(citizen: Citizen, petition: Petition) -> None:
    page = words(citizen.get(of(citizen, factories.sign_and_confirm(petition, factories.CHIYO, state="WA"))))
    assert "Patty Murray" in page
    assert "They speak for Washington, where you vote." in page


def test_who_votes_in_a_state_and_lives_on_palau_has_that_states_senators(citizen: Citizen, petition: Petition) -> None:
    page = words(citizen.get(of(citizen, factories.sign_and_confirm(petition, postal_code="96940"))))
    assert "Ron Wyden" in page


def test_of_a_zip_in_three_states_the_typed_one_counts(citizen: Citizen, petition: Petition) -> None:
    page = words(citizen.get(of(citizen, factories.sign_and_confirm(petition, state="WY", postal_code="57717"))))
    assert "They speak for Wyoming" in page


def test_a_vacant_seat_is_said_to_be_vacant(citizen: Citizen, petition: Petition) -> None:
    Term.objects.open().filter(legislator__bioguide_id="M001176").update(closed_on="2026-08-01")
    page = words(citizen.get(of(citizen, factories.sign_and_confirm(petition))))
    assert "Oregon, class 2 This seat is vacant." in page
    assert "Jeff Merkley" not in page


def test_sharing_is_plain_links_with_a_code_and_asks_no_other_site(citizen: Citizen, petition: Petition) -> None:
    source = citizen.get(of(citizen, factories.sign_and_confirm(petition))).content.decode()
    assert f'value="http://testserver{PAGE}?source=share-copy"' in source
    assert "mailto:?subject=Senators%3A%20withhold" in source
    for code in ("email", "whatsapp", "bluesky", "facebook", "reddit", "x"):
        assert f"share-{code}" in source
    loaded = re.findall(r'(?:src|href)="(https?:[^"]+)"', re.sub(r"<a [^>]*>", "", source))
    assert loaded == []


def test_a_signature_that_waits_can_be_confirmed_there(citizen: Citizen, petition: Petition) -> None:
    address = of(citizen, factories.sign(petition))
    assert "Your signature waits" in words(citizen.get(address))
    assert citizen.get(address + "confirm/").status_code == 303
    assert Signature.objects.get().confirmed_at is None
    answer = citizen.post(address + "confirm/")
    assert (answer.status_code, answer["Location"]) == (303, address)
    assert "You are number 1 ." in words(citizen.get(address))


def test_too_late_there_as_well(citizen: Citizen, petition: Petition) -> None:
    address = of(citizen, factories.sign(petition))
    Petition.objects.update(closed_at=timezone.now())
    assert "was closed before you confirmed" in words(citizen.get(address))
    assert citizen.post(address + "confirm/").status_code == 409


def test_a_petition_that_one_did_not_sign_is_a_404(citizen: Citizen, petition: Petition) -> None:
    address = of(citizen, factories.sign_and_confirm(petition))
    factories.make_petition("another")
    for end in ("", "confirm/", "withdraw/", "letter/", "letters/"):
        assert citizen.get(address.replace("withhold-consent", "another") + end).status_code == 404


def test_withdrawing_takes_two_steps_and_can_be_taken_back(citizen: Citizen, petition: Petition) -> None:
    address = of(citizen, factories.sign_and_confirm(petition))
    assert "Withdraw your signature" in words(citizen.get(address + "withdraw/"))
    assert Signature.objects.get().withdrawn_at is None
    for _ in range(2):
        assert citizen.post(address + "withdraw/")["Location"] == address
    assert "You have withdrawn your signature" in words(citizen.get(address))
    citizen.post(address + "confirm/")
    assert Signature.objects.get().status == "confirmed"


def test_the_page_costs_few_queries(citizen: Citizen, petition: Petition, statements: list[str]) -> None:
    address = of(citizen, factories.sign_and_confirm(petition))
    statements.clear()
    citizen.get(address)
    assert len(statements) <= 8
    assert Supporter.objects.count() == 1
