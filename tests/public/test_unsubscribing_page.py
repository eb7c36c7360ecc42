"""What stops mail with one click, for mail programs (RFC 8058) and for links of before."""

import pytest
from django.http import HttpResponse
from django.test import Client

from campaign.delivery.models import Scope, Suppression
from campaign.lib import tokens
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Consent, Supporter
from tests import factories
from tests.public.conftest import Citizen, words

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def signature(petition: Petition) -> Signature:
    """Ada asked for updates."""
    return factories.sign_and_confirm(petition, updates_consent=True)


@pytest.fixture
def word(signature: Signature) -> str:
    """The word in an update of the petition."""
    return unsubscribing.word_of(signature.supporter_id, signature.petition_id)


@pytest.fixture
def old(signature: Signature) -> str:
    """A link in a mail from before there were lists."""
    return f"/unsubscribe/{tokens.signed('unsubscribe', signature.supporter_id.hex)}/"


def click(address: str, form: str = "urlencoded") -> HttpResponse:
    """What a mail program does: no cookie, no page seen before."""
    program = Client(enforce_csrf_checks=True)
    if form == "multipart":
        return program.post(address, ONE_CLICK)
    return program.post(
        address, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded; charset=utf-8"
    )


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
@pytest.mark.parametrize("address", ["/u/{}", "/u/{}/", "/es/u/{}", "/es/u/{}/"])
def test_one_click_stops_the_list_without_cookie_csrf_or_redirect(
    petition: Petition, word: str, address: str, form: str
) -> None:
    answer = click(address.format(word), form)
    assert answer.status_code == 200
    assert not answer.cookies
    row = Suppression.objects.get()
    assert (row.scope, row.mailing_list) == (Scope.LIST, petition.pk)
    assert Consent.objects.standing().exists(), "what was agreed to for other petitions stands"


def test_one_click_without_a_list_stops_all_updates(signature: Signature) -> None:
    assert click(f"/u/{unsubscribing.word_of(signature.supporter_id)}").status_code == 200
    assert unsubscribing.stopped(signature.supporter_id) == Scope.UPDATES
    assert not Consent.objects.standing().exists()


def test_one_click_twice_is_once(word: str) -> None:
    assert [click(f"/u/{word}").status_code for _ in range(2)] == [200, 200]
    assert Suppression.objects.count() == 1


def test_a_word_that_was_shouted_is_the_same_word(word: str) -> None:
    assert click(f"/u/{word.upper()}").status_code == 200
    assert Suppression.objects.exists()


def test_looking_changes_nothing(citizen: Citizen, word: str, old: str) -> None:
    for address in (f"/u/{word}", f"/u/{word}/"):
        assert "Which mail do you want?" in words(citizen.get(address))
        assert citizen.head(address).status_code == 200
    for ask in (citizen.get, citizen.head):
        assert ask(old).status_code == 302
    assert not Suppression.objects.exists()
    assert Consent.objects.standing().exists()


def test_a_link_of_before_leads_to_the_new_page(citizen: Citizen, old: str, signature: Signature) -> None:
    answer = citizen.get(old)
    assert answer["Location"] == f"/u/{unsubscribing.word_of(signature.supporter_id)}/"
    assert citizen.get(answer["Location"]).status_code == 200
    assert citizen.get("/es" + old)["Location"].startswith("/es/u/")


def test_a_link_of_before_is_answered_as_it_was(citizen: Citizen, old: str, signature: Signature) -> None:
    answer = click(old)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert unsubscribing.stopped(signature.supporter_id) == Scope.UPDATES
    assert citizen.post(old, {"scope": "all"}).status_code == 303
    assert unsubscribing.stopped(signature.supporter_id) == Scope.ALL


@pytest.mark.parametrize("root", ["u", "unsubscribe"])
def test_a_forged_link_stops_nothing(citizen: Citizen, word: str, root: str) -> None:
    changed = word[:-1] + ("a" if word[-1] != "a" else "b")
    for token in ("nonsense", changed, word[:-1], word + "a", "~", "x~y", "ü" * 48, "=" * 48, "a" * 48):
        assert citizen.get(f"/{root}/{token}/").status_code == 404, token
        assert citizen.post(f"/{root}/{token}/", ONE_CLICK).status_code == 404, token
    assert not Suppression.objects.exists()


def test_a_confirmation_link_is_no_way_to_stop_mail(citizen: Citizen, signature: Signature) -> None:
    assert citizen.post(f"/u/{tokens.random_text()}/", ONE_CLICK).status_code == 404


def test_a_post_without_a_choice_is_refused(citizen: Citizen, word: str) -> None:
    assert citizen.post(f"/u/{word}/").status_code == 422
    assert citizen.post(f"/u/{word}/", {"scope": "everything"}).status_code == 422
    assert citizen.post(f"/u/{word}/", b"{}", content_type="application/json").status_code == 415
    assert citizen.put(f"/u/{word}/").status_code == 405
    assert not Suppression.objects.exists()


def test_the_link_outlives_the_person(citizen: Citizen, word: str) -> None:
    Supporter.objects.get().delete()
    assert click(f"/u/{word}").status_code == 200
    assert Suppression.objects.count() == 1
