"""The OpenAPI document tells the truth: its examples are sent, and what comes back has the shape it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from campaign.api.v1 import examples, schema, shapes, shapes_of_congress
from campaign.api.v1.urls import documented
from campaign.lib.usps import NAMES
from campaign.petitions.checking import OPTIONAL, REQUIRED, check
from campaign.treaties import founding
from tests import factories
from tests.api.conftest import as_described

METHODS = {"get", "post", "put", "patch", "delete"}


@dataclass(frozen=True)
class Case:
    """One example of the document: a call, and the status and shape it should get."""

    name: str
    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any
    status: int
    media_type: str
    shape: dict[str, Any]
    answer: Any


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema.document()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def cases() -> Iterator[Case]:
    for path, method, operation in operations():
        for status, response in operation["responses"].items():
            for media_type, content in response.get("content", {}).items():
                for name, example in content.get("examples", {}).items():
                    values = {"path": {}, "query": {}, "header": {}}
                    for parameter in operation.get("parameters", []):
                        if name in parameter.get("examples", {}):
                            values[parameter["in"]][parameter["name"]] = parameter["examples"][name]["value"]
                    bodies = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                    yield Case(
                        name=name,
                        method=method,
                        path=path.format(**values["path"]),
                        query=values["query"],
                        headers=values["header"],
                        body=bodies.get("examples", {}).get(name, {}).get("value"),
                        status=int(status),
                        media_type=media_type,
                        shape=content["schema"],
                        answer=example["value"],
                    )


CASES = list(cases())


def fits(value: Any, shape: dict[str, Any]) -> None:
    """Raises where the value does not have the shape."""
    document = Resource.from_contents(schema.document(), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", document)
    wanted = json.loads(json.dumps(shape).replace("#/components", "urn:document#/components"))
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(wanted, registry=registry, format_checker=checker).validate(value)


def test_the_document_is_openapi_3_1(client):
    response = client.get("/api/v1/openapi.json")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    found = response.json()
    assert found["openapi"] == "3.1.1"
    validate(found)


def test_the_document_is_the_same_in_every_language(client):
    english = client.get("/api/v1/openapi.json").content
    schema.document.cache_clear()
    assert client.get("/api/v1/openapi.json", headers={"Accept-Language": "es"}).content == english


def test_every_address_and_method_is_described():
    described = {(path, method) for path, method, _operation in operations()}
    served = {
        (as_described(f"/api/v1/{address.pattern}"), method)
        for address in documented
        for method in METHODS
        if hasattr(address.callback.view_class, method)
    }
    assert described == served


def test_the_fields_of_a_sign_up_are_those_that_are_checked():
    assert set(shapes.FIELDS) == {*REQUIRED, *OPTIONAL}
    assert set(shapes.SIGN_UP["properties"]) == {*REQUIRED, *OPTIONAL}
    assert shapes.SIGN_UP["required"] == list(REQUIRED)
    assert shapes.SIGN_UP["additionalProperties"] is False


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["OR", "Oregon"])
def test_what_the_check_takes_fits_the_described_shape(state):
    typed = {**factories.ADA, "state": state, "comment": "c" * 1000, "source": "s" * 64, "referrer": "r" * 200}
    check(typed)
    fits(typed, shapes.SIGN_UP)
    assert state in {*NAMES, *NAMES.values()}


def test_the_document_has_examples_of_success_and_of_failure_for_every_operation():
    for path, method, _operation in operations():
        statuses = {case.status for case in CASES if case.method == method and resolves_alike(case.path, path)}
        assert any(status < 300 for status in statuses), (path, method)
        assert any(status >= 400 for status in statuses), (path, method)


def resolves_alike(called: str, described: str) -> bool:
    try:
        return resolve(called).route == resolve(re.sub(r"\{\w+\}", "slug", described)).route
    except Resolver404:
        return False


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.name}")
def test_every_example_gets_the_answer_that_the_document_says(case, db, riverkeepers):
    factories.make_petition(examples.PETITION)
    founding.found_treaty(founding.SHIPPED / examples.PETITION)
    headers = dict(case.headers)
    if case.status != 401:
        headers["Authorization"] = f"Bearer {riverkeepers}"
    if case.body is not None:
        request = {"data": json.dumps(case.body), "content_type": "application/json"}
    else:
        request = {"query_params": case.query} if case.query else {}
    response = getattr(Client(), case.method)(case.path, headers=headers, **request)
    assert response.status_code == case.status
    assert response.headers["Content-Type"] == case.media_type
    fits(response.json(), case.shape)
    fits(case.answer, case.shape)
    if case.status >= 400:
        assert faults(response.json()) == faults(case.answer)


def faults(problem: dict[str, Any]) -> Any:
    return problem["status"], problem["instance"], [(each["pointer"], each["code"]) for each in problem["errors"]]


def test_good_answers_fit_their_shapes(client, petition):
    fits(client.get("/api/v1/petitions").json(), shapes.PETITION_PAGE)
    type(petition).objects.update(closed_at=petition.opened_at)
    fits(client.get(f"/api/v1/petitions/{petition.slug}").json(), shapes.PETITION)
    for query in ("state=OR", "state=DC", "postal_code=09001", "state=ME&postal_code=97201", "state=PR"):
        fits(client.get(f"/api/v1/legislators/lookup?{query}").json(), shapes_of_congress.CONSTITUENCY)


def test_only_the_sign_up_needs_a_key():
    needing = {operation["operationId"] for _path, _method, operation in operations() if operation.get("security")}
    assert needing == {"record_sign_up"}
    assert schema.document()["components"]["securitySchemes"]["partnerKey"]["scheme"] == "bearer"


def test_the_headers_of_the_answers_are_described(rivers, petition):
    described = schema.document()["paths"]["/api/v1/petitions/{slug}/signatures"]["post"]["responses"]
    for typed, key, status in ((factories.ADA, "a", "202"), ({}, "b", "422")):
        response = rivers.sign(petition, typed, idempotency_key=key)
        assert str(response.status_code) == status
        told = set(described[status]["headers"])
        assert {"RateLimit", "RateLimit-Policy"} <= set(response.headers) & told


def test_whoever_is_turned_away_for_now_is_told_until_when():
    turned_away = [
        (path, method, status)
        for path, method, operation in operations()
        for status in {"429", "503"} & operation["responses"].keys()
        if "Retry-After" not in operation["responses"][status].get("headers", {})
    ]
    assert turned_away == []
