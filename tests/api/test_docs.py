"""The page for partners' developers."""

import re

import pytest
from django.test import Client

from campaign.api.v1 import schema
from tests.api.conftest import is_problem

DOCS = "/api/v1/docs"


def test_the_page_shows_every_operation_with_code_in_three_languages(client):
    response = client.get(DOCS)
    assert response.status_code == 200
    text = response.content.decode()
    for path, methods in schema.document()["paths"].items():
        for operation in methods.values():
            assert path in text
            assert operation["summary"] in text
            assert f'id="{operation["operationId"]}"' in text
    for word in ("curl ", "urllib.request", "await fetch", "TWOTHIRDS_KEY", "Idempotency-Key", "given_name"):
        assert word in text


def test_the_page_asks_nobody_else_for_anything_and_runs_no_script(client):
    response = client.get(DOCS)
    text = response.content.decode()
    loaded = re.findall(r'<(?:link|script|img|iframe|source)[^>]+(?:href|src)="([^"]+)"', text)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert "style=" not in text
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_has_no_operation_without_a_heading_and_ids_occur_once(client):
    text = client.get(DOCS).content.decode()
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', text):
        assert target in ids


def test_the_page_is_english_whoever_asks(client):
    response = client.get(DOCS, headers={"Accept-Language": "es"})
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en"' in response.content.decode()


@pytest.mark.parametrize("path", [DOCS, "/api/v1/openapi.json"])
def test_the_page_and_the_document_are_only_read(db, path):
    client = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "delete"):
        response = getattr(client, method)(path)
        is_problem(response, 405)
        assert response.headers["Allow"] == "GET, HEAD"
    assert client.head(path).status_code == 200


def test_there_is_nothing_behind_the_page(client, db):
    is_problem(client.get(f"{DOCS}/more"), 404)
