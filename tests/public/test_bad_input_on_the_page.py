"""What strangers and machines send to the sign form: a clear 4xx, nothing stored, never a 500."""

import io
from typing import Any

import pytest
from django.test import Client

from campaign.lib.requests import Utf8Request
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, value_of, words

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _nothing_is_stored(petition: Petition) -> Any:
    yield
    assert not Signature.objects.exists()
    assert not Supporter.objects.exists()


def test_what_was_typed_stays_and_each_error_stands_beside_its_field(citizen: Citizen) -> None:
    answer = citizen.sign(
        email="ada@", postal_code="1234", comment="My words stay.", source="letter", updates_consent="on"
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert value_of(answer, "email") == "ada@"
    assert value_of(answer, "given_name") == "Ada"
    assert value_of(answer, "source") == "letter"
    assert "My words stay." in page
    assert 'value="OR" selected' in page
    assert 'value="yes" checked' in page
    assert 'id="email-error"' in page
    assert 'aria-describedby="email-error"' in page
    assert page.count('aria-invalid="true"') == 2
    assert '<a href="#email">' in page
    assert '<a href="#postal_code">' in page
    assert "Did you mean 01234?" in words(answer)


def test_an_empty_form_is_answered_field_by_field(citizen: Citizen) -> None:
    answer = citizen.post(PAGE)
    assert answer.status_code == 422
    for name in ("given_name", "family_name", "email", "state", "postal_code"):
        assert f'href="#{name}"' in answer.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "Ada\x00"},
        {"given_name": "Ada\u202eLopez"},
        {"family_name": "https://example.org"},
        {"family_name": " "},
        {"given_name": "x" * 500},
        {"email": "ada@example.org, bea@example.org"},
        {"email": "ada@example.org\r\nBcc: everybody@example.org"},
        {"email": "no mailbox"},
        {"state": "Narnia"},
        {"state": "AE"},
        {"state": "PW", "postal_code": "96940"},
        {"postal_code": "00000"},
        {"postal_code": "97201\x00"},
        {"postal_code": "\uff19\uff17\uff12\uff10\uff11"},
        {"postal_code": "98101"},
        {"comment": "Buy at www.example.com"},
        {"comment": "x" * 5000},
        {"comment": "\u2066hidden\u2069"},
    ],
    ids=str,
)
def test_bad_values_are_refused_with_the_form(citizen: Citizen, changes: dict[str, str]) -> None:
    answer = citizen.sign(**changes)
    assert answer.status_code == 422
    assert 'class="trouble"' in answer.content.decode()


def test_bytes_that_are_no_text_are_refused(citizen: Citizen) -> None:
    body = b"given_name=%ED%A0%80Ada&family_name=L&email=ada@example.org&state=OR&postal_code=97201"
    assert citizen.post(PAGE, body, content_type=FORM).status_code == 422


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/xml", ""],
)
def test_what_is_no_form_is_a_415(citizen: Citizen, content_type: str) -> None:
    answer = citizen.post(PAGE, b'{"given_name": "Ada"}', content_type=content_type)
    assert answer.status_code == 415
    assert "as a form" in words(answer)


@pytest.mark.parametrize("charset", ["utf-16", "hex", "latin-1", "nonsense"])
def test_what_is_not_in_utf_8_is_a_415(citizen: Citizen, charset: str) -> None:
    content_type = f"{FORM}; charset={charset}"
    assert citizen.generic("POST", PAGE, b"given_name=%41da", content_type=content_type).status_code == 415


def test_a_query_is_read_as_utf_8_whatever_the_header_names() -> None:
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": "source=%41", "CONTENT_TYPE": "text/html; charset=hex"}
    assert Utf8Request(environ | {"wsgi.input": io.BytesIO()}).GET["source"] == "A"


def test_a_form_that_is_cut_off_is_a_400(citizen: Citizen) -> None:
    answer = citizen.post(PAGE, b"--x\r\nContent-Disposition", content_type="multipart/form-data")
    assert answer.status_code == 400


def test_a_megabyte_is_a_413(citizen: Citizen) -> None:
    assert citizen.sign(comment="x" * 1_000_000).status_code == 413


def test_a_thousand_fields_are_a_400(citizen: Citizen) -> None:
    body = "&".join(f"f{n}=1" for n in range(1000))
    assert citizen.post(PAGE, body, content_type=FORM).status_code == 400


def test_a_hundred_thousand_brackets_are_only_text(citizen: Citizen) -> None:
    assert citizen.sign(comment="[" * 60_000).status_code == 422


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_a_405_that_names_those_allowed(citizen: Citizen, method: str) -> None:
    answer = getattr(citizen, method)(PAGE)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


def test_a_head_says_what_a_get_says_without_a_body(citizen: Citizen) -> None:
    answer = citizen.head(PAGE)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/petitions/%00/", "/petitions/%ff/", "/petitions/" + "x" * 900 + "/", "/petitions/ä/"]
)
def test_addresses_that_name_nothing_are_a_4xx(citizen: Citizen, path: str) -> None:
    assert citizen.get(path).status_code in {400, 404}


def test_no_other_site_needs_a_token_of_ours_to_post_here_and_gains_nothing(petition: Petition) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(PAGE, {**factories.ADA, "email": "no"}).status_code == 422
