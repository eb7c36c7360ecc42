"""Citizens at their browsers."""

import html
import re
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from django.http import HttpResponse
from django.test import Client

from campaign.legislators.models import Seat
from campaign.letters.models import LetterTemplate
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import AccessPurpose, AccessToken
from campaign.treaties.models import Treaty
from tests import factories
from tests.public.letters import the_seats

PAGE = "/petitions/withhold-consent/"


class Citizen(Client):
    """A browser with a small vocabulary. It refuses every cookie: a page that needs one would fail."""

    def sign(self, typed: Mapping[str, Any] = factories.ADA, page: str = PAGE, **changes: Any) -> HttpResponse:
        return self.post(page, {**typed, **changes})

    def link(self, signature: Signature, purpose: AccessPurpose) -> str:
        """The address that was mailed."""
        token = AccessToken.objects.mint(purpose, signature.supporter_id, subject=signature.pk)
        roots = {AccessPurpose.CONFIRM: "confirm", AccessPurpose.NOT_ME: "not-me", AccessPurpose.MY_PAGE: "my"}
        return f"/{roots[purpose]}/{token}/"

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        assert not response.cookies, "no page of a citizen's sets a cookie"
        assert "Cookie" not in response.headers.get("Vary", ""), "or reads one"
        return response


@pytest.fixture
def citizen() -> Citizen:
    return Citizen()


@pytest.fixture
def mine(citizen: Citizen, petition: Petition) -> str:
    """The address of Ada's own page; her signature is confirmed."""
    return citizen.link(factories.sign_and_confirm(petition), AccessPurpose.MY_PAGE)


@pytest.fixture
def template(petition: Petition) -> LetterTemplate:
    """Words to begin a letter from."""
    return factories.make_letter_template(petition)


@pytest.fixture
def desk(mine: str, template: LetterTemplate) -> str:
    """The address at which Ada writes to her senators."""
    return mine + PAGE.lstrip("/") + "letter/"


@pytest.fixture
def seats() -> list[Seat]:
    """Those of Ada's senators."""
    return the_seats()


@pytest.fixture
def treaty(db: None) -> Treaty:
    """A treaty of which nothing is known yet."""
    return factories.make_treaty(short_title="The Convention")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is said to PostgreSQL in this thread, through Django or past it."""
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def listening(self: psycopg.Cursor, query: Any, *args: Any, **kwargs: Any) -> Any:
        said.append(str(query))
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", listening)
    return said


def words(response: HttpResponse) -> str:
    """What somebody reads on the page."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def value_of(response: HttpResponse, name: str) -> str:
    """What stands in a field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    return html.unescape(found[1]) if found else ""
