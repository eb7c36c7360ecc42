"""The link in every mail that stops it, for people and for mail programs (RFC 8058)."""

import pytest
from django.test import Client

from campaign.delivery.models import Scope, Suppression
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition
from campaign.supporters.models import Consent, Supporter
from tests import factories
from tests.public.conftest import Citizen, words

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(petition: Petition) -> str:
    signature = factories.sign_and_confirm(petition, updates_consent=True)
    return f"/unsubscribe/{unsubscribing.link_token(signature.supporter_id)}/"


def test_looking_changes_nothing(citizen: Citizen, link: str) -> None:
    assert "Which mail do you want?" in words(citizen.get(link))
    assert citizen.head(link).status_code == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_one_click_needs_no_cookie_no_token_and_gets_no_redirect(link: str, form: str) -> None:
    program = Client(enforce_csrf_checks=True)
    if form == "multipart":
        answer = program.post(link, ONE_CLICK)
    else:
        body = b"List-Unsubscribe=One-Click"
        answer = program.post(link, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.cookies
    assert unsubscribing.stopped(Supporter.objects.get().pk) == Scope.UPDATES
    assert not Consent.objects.standing().exists()


def test_one_click_twice_is_once(citizen: Citizen, link: str) -> None:
    assert {citizen.post(link, ONE_CLICK).status_code for _ in range(2)} == {200}
    assert Suppression.objects.count() == 1


def test_people_choose_and_can_take_it_back(citizen: Citizen, link: str) -> None:
    mailbox = Supporter.objects.get().pk
    for scope, stopped, sentence in (
        ("updates", Scope.UPDATES, "You get no updates."),
        ("all", Scope.ALL, "You get no mail from us at all."),
        ("none", None, "We write about what you do yourself"),
    ):
        answer = citizen.post(link, {"scope": scope})
        assert (answer.status_code, answer["Location"]) == (303, link)
        assert unsubscribing.stopped(mailbox) == stopped
        assert sentence in words(citizen.get(link))


def test_the_link_works_in_spanish_too(citizen: Citizen, link: str) -> None:
    assert citizen.post("/es" + link, {"scope": "all"})["Location"] == "/es" + link


def test_a_forged_link_stops_nothing(citizen: Citizen, link: str) -> None:
    for token in ("nonsense", link.split("/")[2][:-1] + "!", "~", "x~y"):
        assert citizen.get(f"/unsubscribe/{token}/").status_code == 404
        assert citizen.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 404
    assert not Suppression.objects.exists()


def test_a_post_without_a_choice_is_refused(citizen: Citizen, link: str) -> None:
    assert citizen.post(link).status_code == 422
    assert citizen.post(link, b"{}", content_type="application/json").status_code == 415


def test_the_link_outlives_the_person(citizen: Citizen, link: str) -> None:
    Supporter.objects.get().delete()
    assert citizen.post(link, ONE_CLICK).status_code == 200
    assert Suppression.objects.count() == 1
