import json
import re
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from campaign.api.v1 import schema
from campaign.petitions.models import Petition
from tests import factories


def as_described(route: str) -> str:
    """A route in the document's way of writing."""
    return re.sub(r"<slug:(\w+)>", r"{\1}", route)


@pytest.fixture(autouse=True)
def _only_what_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of every story here has a status that the OpenAPI document names for the operation."""
    ask = Client.request

    def request(self: Client, **environ: Any) -> Any:
        response = ask(self, **environ)
        with suppress(Resolver404):
            route = as_described("/" + resolve(environ["PATH_INFO"]).route.rstrip("/"))
            described = schema.document()["paths"].get(route, {}).get(environ["REQUEST_METHOD"].lower())
            assert described is None or str(response.status_code) in described["responses"], response.content
        return response

    monkeypatch.setattr(Client, "request", request)


class Caller:
    """A partner's server: it speaks JSON and brings its key."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.client = Client(headers={"Authorization": f"Bearer {key}"} if key else {})

    def post(self, path: str, body: Any = None, *, raw: bytes | str | None = None, **headers: str) -> Any:
        """POST the body as JSON, or the raw text as it is."""
        sent = json.dumps(body) if raw is None else raw
        kind = headers.pop("content_type", "application/json")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, sent, content_type=kind, headers=named)

    def sign(self, petition: Petition, typed: Any = factories.ADA, **headers: Any) -> Any:
        """Hand over a sign-up."""
        return self.post(f"/api/v1/petitions/{petition.slug}/signatures", typed, **headers)


@pytest.fixture
def rivers(riverkeepers: str) -> Caller:
    """The Riverkeepers' server."""
    return Caller(riverkeepers)


@pytest.fixture
def acme_server(acme: str) -> Caller:
    """Acme Civic's server."""
    return Caller(acme)


@pytest.fixture
def anybody() -> Caller:
    """Somebody without a key."""
    return Caller(None)


def is_problem(response: Any, status: int) -> dict[str, Any]:
    """The problem in an answer, after a look at its shape."""
    assert response.status_code == status, response.content[:500]
    assert response.headers["Content-Type"] == "application/problem+json"
    found = response.json()
    assert set(found) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert found["status"] == status
    assert found["detail"]
    assert found["request_id"] == response.headers["X-Request-Id"]
    return found
