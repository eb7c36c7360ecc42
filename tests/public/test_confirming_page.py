"""The mailed link: a page with one button, and the button."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaign.petitions import confirming
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from campaign.supporters.models import AccessPurpose, AccessToken, Consent, Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(citizen: Citizen, petition: Petition) -> str:
    return citizen.link(factories.sign(petition), AccessPurpose.CONFIRM)


def test_looking_at_the_link_changes_nothing(citizen: Citizen, link: str) -> None:
    for _ in range(3):
        assert citizen.get(link).status_code == 200
        assert citizen.head(link).status_code == 200
    assert Signature.objects.get().confirmed_at is None
    assert not AccessToken.objects.filter(purpose=AccessPurpose.MY_PAGE).exists()


def test_the_page_says_what_is_about_to_be_confirmed(citizen: Citizen, petition: Petition) -> None:
    signature = factories.sign(petition, updates_consent=True)
    page = words(citizen.get(citizen.link(signature, AccessPurpose.CONFIRM)))
    assert "Senators: withhold consent to the Convention" in page
    assert "Ada Lopez" in page
    assert "Oregon" in page
    assert "yes, you asked for them" in page


def test_the_button_leads_to_the_number_and_the_senators(citizen: Citizen, link: str) -> None:
    answer = citizen.post(link)
    assert answer.status_code == 303
    assert answer["Location"].endswith(PAGE)
    page = words(citizen.get(answer["Location"]))
    assert "You are number 1 ." in page
    assert "These are your senators" in page
    assert "Ron Wyden" in page
    assert "Jeff Merkley" in page


def test_pressing_it_twice_is_pressing_it_once(citizen: Citizen, link: str) -> None:
    citizen.post(link)
    first = Signature.objects.get().confirmed_at
    answer = citizen.post(link)
    assert answer.status_code == 303
    assert "You are number 1 ." in words(citizen.get(answer["Location"]))
    assert Signature.objects.get().confirmed_at == first
    assert "You have confirmed this already" in words(citizen.get(link))


def test_a_consent_that_was_ticked_is_kept_with_its_wording(citizen: Citizen, petition: Petition) -> None:
    signature = factories.sign(petition, updates_consent=True)
    assert not Consent.objects.exists()
    citizen.post(citizen.link(signature, AccessPurpose.CONFIRM))
    assert Consent.objects.get().wording == "updates-2026-11"


def test_ada_mends_what_a_stranger_typed(citizen: Citizen, link: str) -> None:
    mended = {"given_name": "Ada Maria", "family_name": "Lopez", "state": "WA", "postal_code": "98101"}
    assert citizen.post(link, mended).status_code == 303
    supporter = Supporter.objects.get()
    assert (supporter.name, supporter.state, supporter.postal_code) == ("Ada Maria Lopez", "WA", "98101")
    assert Signature.objects.get().state == "WA"


def test_a_mend_that_does_not_fit_is_refused_and_nothing_is_confirmed(citizen: Citizen, link: str) -> None:
    answer = citizen.post(link, {"given_name": "Ada", "family_name": "Lopez", "state": "WA", "postal_code": "97201"})
    assert answer.status_code == 422
    assert "The ZIP 97201 is in Oregon, not in Washington" in words(answer)
    assert "<details open>" in answer.content.decode()
    assert 'value="WA" selected' in answer.content.decode()
    assert Signature.objects.get().confirmed_at is None


def test_whom_we_know_already_is_not_mended_from_a_link_about_a_new_signature(
    citizen: Citizen, petition: Petition
) -> None:
    factories.sign_and_confirm(petition)
    second = factories.sign(factories.make_petition("another"), given_name="Mallory")
    link = citizen.link(second, AccessPurpose.CONFIRM)
    assert "Correct it" not in words(citizen.get(link))
    citizen.post(link, {"given_name": "Mallory", "family_name": "X", "state": "WA", "postal_code": "98101"})
    assert Supporter.objects.get().name == "Ada Lopez"
    assert Signature.objects.get(pk=second.pk).confirmed_at


@pytest.mark.parametrize("root", ["confirm", "not-me", "my"])
def test_a_forged_link_is_a_404_that_helps_on(citizen: Citizen, petition: Petition, root: str) -> None:
    for token in ("forged", "x" * 32, "%F0%9F%92%A9", "x" * 2000):
        for answer in (citizen.get(f"/{root}/{token}/"), citizen.post(f"/{root}/{token}/")):
            assert answer.status_code == 404
            assert "This link leads nowhere" in words(answer)


def test_an_expired_link_confirms_nothing_and_says_how_to_get_another(citizen: Citizen, link: str) -> None:
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = citizen.post(link)
    assert answer.status_code == 404
    assert "Sign the petition again, and we mail you a new one" in words(answer)
    assert Signature.objects.get().confirmed_at is None


def test_a_link_of_one_purpose_opens_nothing_else(citizen: Citizen, petition: Petition) -> None:
    signature = factories.sign(petition)
    token = citizen.link(signature, AccessPurpose.CONFIRM).split("/")[2]
    for address in (f"/my/{token}/", f"/not-me/{token}/", f"/my/{token}{PAGE}", f"/my/{token}/erase/"):
        assert citizen.get(address).status_code == 404
        assert citizen.post(address).status_code == 404
    assert Signature.objects.get().confirmed_at is None


def test_a_petition_that_closed_meanwhile_is_too_late(citizen: Citizen, petition: Petition, link: str) -> None:
    Petition.objects.filter(pk=petition.pk).update(closed_at=timezone.now())
    assert "was closed before you confirmed" in words(citizen.get(link))
    answer = citizen.post(link)
    assert answer.status_code == 409
    assert "was closed before you confirmed" in words(answer)
    assert Signature.objects.get().confirmed_at is None


def test_a_signature_that_is_gone_leaves_nothing_to_confirm(citizen: Citizen, link: str) -> None:
    Signature.objects.all().delete()
    assert citizen.get(link).status_code == 404
    assert citizen.post(link).status_code == 404


def test_this_was_not_me_erases_and_stays_erased(citizen: Citizen, petition: Petition) -> None:
    link = citizen.link(factories.sign(petition), AccessPurpose.NOT_ME)
    for _ in range(2):
        assert "never write to you again" in words(citizen.get(link))
        citizen.head(link)
    assert Supporter.objects.count() == 1
    answer = citizen.post(link)
    assert (answer.status_code, answer["Location"]) == (303, "/not-me/done/")
    assert "It is erased" in words(citizen.get(answer["Location"]))
    assert not Supporter.objects.exists()
    again = citizen.post(link)
    assert again.status_code == 404
    assert "nothing left to do" in words(again)


def test_whoever_confirmed_others_keeps_them_when_one_was_strange(citizen: Citizen, petition: Petition) -> None:
    kept = factories.sign_and_confirm(petition)
    strange = factories.sign(factories.make_petition("another", title="Another ask"))
    link = citizen.link(strange, AccessPurpose.NOT_ME)
    page = words(citizen.get(link))
    assert "These stay: Senators: withhold consent to the Convention" in page
    assert "Another ask" not in page
    assert citizen.post(link).status_code == 303
    assert list(Signature.objects.all()) == [kept]


@pytest.mark.parametrize("gone", ["person", "signature"])
def test_who_is_erased_while_the_button_is_under_way_gets_the_page_of_a_stale_link(
    citizen: Citizen, link: str, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    confirm = confirming.confirm

    def erased_first(*asked: Any) -> Signature:
        erasing.erase(Supporter.objects.get().pk) if gone == "person" else Signature.objects.all().delete()
        return confirm(*asked)

    monkeypatch.setattr(confirming, "confirm", erased_first)
    assert citizen.post(link).status_code == 404


def test_what_was_typed_while_the_page_was_open_is_shown_before_it_counts(citizen: Citizen, petition: Petition) -> None:
    signature = factories.sign(petition)
    link = citizen.link(signature, AccessPurpose.CONFIRM)
    seen = confirming.sight_of(signature)
    factories.sign(petition, comment="Words of a stranger.")
    page = citizen.post(link, {"seen": seen})
    assert page.status_code == 409
    assert "Words of a stranger." in words(page)
    assert not Signature.objects.confirmed().exists()
    assert citizen.post(link, {"seen": confirming.sight_of(Signature.objects.get())}).status_code == 303
