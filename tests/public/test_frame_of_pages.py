"""What holds for every page: languages, headers, errors, health."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory

from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition
from campaign.public import errors
from campaign.supporters.models import AccessPurpose, Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, words

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[2] / "static"
PUBLIC = ["/", PAGE, PAGE + "check-your-mail/", "/privacy/", "/legislators/", "/erased/", "/not-me/done/"]


@pytest.fixture
def secret(citizen: Citizen, petition: Petition, mine: str) -> list[str]:
    """Every page that a token opens."""
    factories.make_letter_template(petition)
    pending = factories.sign(factories.make_petition("another"))
    signed = mine + PAGE[1:]
    return [
        mine,
        mine + "data.json",
        mine + "erase/",
        *(signed + end for end in ("", "withdraw/", "letter/", "letters/")),
        citizen.link(pending, AccessPurpose.CONFIRM),
        citizen.link(pending, AccessPurpose.NOT_ME),
        f"/u/{unsubscribing.word_of(Supporter.objects.get().pk)}/",
    ]


def test_pages_behind_a_token_are_kept_by_nobody_and_tell_nobody(citizen: Citizen, secret: list[str]) -> None:
    for address in [
        *secret,
        "/my/forged/",
        "/confirm/forged/",
        "/unsubscribe/forged/",
        "/u/forged/",
        "/u/forged",
        secret[0] + "nothing/",
    ]:
        answer = citizen.get(address)
        assert answer["Referrer-Policy"] == "no-referrer", address
        assert answer["Cache-Control"] == "no-store", address
        assert answer["X-Robots-Tag"] == "noindex", address


def test_public_pages_may_be_kept_for_a_moment(citizen: Citizen, petition: Petition) -> None:
    for address in PUBLIC:
        assert re.fullmatch(r"max-age=(10|600)", citizen.get(address)["Cache-Control"]), address


def test_what_is_turned_away_at_the_door_keeps_the_policy_too(citizen: Citizen) -> None:
    answer = citizen.get("/petitions/%00/")
    assert answer.status_code == 400
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_styles_and_scripts_stay_light() -> None:
    styles = [gzip.compress(path.read_bytes()) for path in (STATIC / "css").glob("*.css")]
    scripts = [gzip.compress(path.read_bytes()) for path in (STATIC / "js").glob("*.js")]
    assert 0 < sum(map(len, styles)) <= 20_000
    assert 0 < sum(map(len, scripts)) <= 10_000


def test_no_page_breaks_its_own_policy(citizen: Citizen, secret: list[str]) -> None:
    for address in [*PUBLIC, *secret, "/es/", "/nothing/"]:
        answer = citizen.get(address)
        source = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert " style=" not in source, address
        assert "<style" not in source, address
        assert not re.search(r"<script(?![^>]*src=)", source), address
        assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", source)), address


def test_every_page_is_there_in_spanish_and_says_so(citizen: Citizen, secret: list[str]) -> None:
    for address in [*PUBLIC, *(each for each in secret if not each.endswith("json"))]:
        english, spanish = citizen.get(address), citizen.get("/es" + address)
        assert (english.status_code, spanish.status_code) == (200, 200), address
        assert '<html lang="en">' in english.content.decode()
        assert '<html lang="es">' in spanish.content.decode()
        assert f'href="/es{address}" lang="es"' in english.content.decode(), address
        assert f'href="{address}" lang="en"' in spanish.content.decode(), address


def test_public_pages_name_their_twins_for_search_engines(citizen: Citizen, petition: Petition) -> None:
    for address in ("/", PAGE, "/privacy/"):
        source = citizen.get(address).content.decode()
        assert f'<link rel="alternate" hreflang="es" href="http://testserver/es{address}">' in source
        assert f'<link rel="alternate" hreflang="en" href="http://testserver{address}">' in source


def test_a_text_that_is_not_translated_says_in_which_language_it_is(citizen: Citizen, petition: Petition) -> None:
    assert '<div class="words" lang="en">' in citizen.get("/es" + PAGE).content.decode()


def test_a_shared_petition_has_a_title_and_a_summary(citizen: Citizen, petition: Petition) -> None:
    source = citizen.get(PAGE).content.decode()
    assert '<meta property="og:title" content="Senators: withhold consent to the Convention">' in source
    assert f'<meta property="og:url" content="http://testserver{PAGE}">' in source


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(citizen: Citizen) -> None:
    assert "There is nothing at this address" in words(citizen.get("/nothing/"))
    answer = citizen.get("/api/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.not_allowed, 403),
        (errors.not_from_here, 403),
        (errors.not_found, 404),
        (errors.our_fault, 500),
    ],
)
@pytest.mark.parametrize("path", ["/x/", "/api/v1/x"])
def test_each_handler_answers_in_the_form_that_is_read(
    rf: RequestFactory, handler: Any, status: int, path: str
) -> None:
    answer = handler(rf.get(path))
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json" if "/api/" in path else "text/html")


def test_a_form_that_did_not_come_from_us_is_refused_in_our_own_words(petition: Petition) -> None:
    stranger = Client(enforce_csrf_checks=True)
    for path in ("/treaties/un-cybercrime-convention/", "/dashboard/", "/accounts/login/"):
        answer = stranger.post(path, {"email": "olive@example.org"})
        assert answer.status_code == 403
        assert "This form is too old, or did not come from this page" in words(answer)


def test_a_fault_of_ours_says_nothing_about_itself(
    citizen: Citizen, petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(request: HttpRequest) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("campaign.public.views.petitions.client_network", break_down)
    citizen.raise_request_exception = False
    answer = citizen.sign()
    assert answer.status_code == 500
    assert "a secret of ours" not in answer.content.decode()
    assert "Something broke on our side" in words(answer)


def test_without_a_database_a_sign_up_is_a_503_that_says_when_to_come_back(
    citizen: Citizen, petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_down(*args: Any) -> None:
        raise OperationalError("the server is gone")

    citizen.get(PAGE)
    monkeypatch.setattr("campaign.petitions.signing._write", be_down)
    monkeypatch.setattr("campaign.petitions.signing._gathering._write", be_down)
    answer = citizen.sign()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_alive_asks_nobody_and_ready_asks_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    assert client.get("/healthz").status_code == 200
    assert statements == []
    assert client.get("/readyz").status_code == 200
    assert len(statements) == 1

    def be_down() -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(connection, "cursor", be_down)
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.get("/healthz").status_code == 200


def test_the_privacy_page_names_the_periods_that_the_code_keeps(citizen: Citizen) -> None:
    page = words(citizen.get("/privacy/"))
    assert "erased after 7 days" in page
    assert "erased 90 days after the petition closes" in page
