"""The address step: an address decides between districts, and never leaves without leave."""

import json
import logging

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from campaign.legislators import geocoding
from campaign.legislators.geocoding import Answer, Receiver, Trouble
from tests.api.conftest import is_problem

LOOKUP = "/api/v1/legislators/lookup"
HOME = {"state": "OR", "postal_code": "97201", "address": "1120 SW Fifth Avenue, Portland, OR"}


class Service:
    """Who is asked where an address lies, in place of one outside; it keeps what it was asked for this story only."""

    def __init__(self) -> None:
        self.answer = Answer("OR-3")
        self.asked: list[str] = []

    @property
    def receiver(self) -> Receiver:
        return Receiver("the US Census Bureau")

    def speaks_of(self, congress: int) -> bool:
        return congress == 119

    def read(self, typed: str) -> str:
        return geocoding.census.BACKEND.read(typed)

    def find(self, readable: str, congress: int) -> Answer:
        self.asked.append(readable)
        return self.answer


@pytest.fixture
def service(settings, monkeypatch) -> Service:
    """The operator turned the address step on."""
    found = Service()
    settings.ADDRESS_BACKEND = "census"
    monkeypatch.setitem(geocoding._BACKENDS, "census", found)
    return found


def test_an_address_decides_the_district(anybody, db, service):
    response = anybody.post(LOOKUP, {**HOME, "address_may_leave": True})
    assert response.status_code == 200
    found = response.json()
    assert (found["address"], found["districts"], found["confidence"], found["reasons"]) == (
        "found",
        ["OR-3"],
        "exact",
        [],
    )
    assert [seat["district"] for seat in found["seats"]] == [None, None, "OR-3"]
    assert service.asked == [HOME["address"]]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("leave", [{}, {"address_may_leave": False}, {"address_may_leave": None}])
def test_without_the_persons_leave_nobody_outside_is_asked(anybody, db, service, leave):
    problem = is_problem(anybody.post(LOOKUP, HOME | leave), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/address_may_leave", "leave_needed")
    ]
    assert "US Census Bureau" in problem["errors"][0]["detail"]
    assert service.asked == []


def test_a_back_end_in_the_house_needs_no_leave(anybody, db, service, monkeypatch):
    monkeypatch.setattr(Service, "receiver", Receiver("this site", is_outside=False))
    assert anybody.post(LOOKUP, HOME).json()["address"] == "found"


def test_nobody_is_asked_where_there_is_nothing_to_decide(anybody, db, service):
    for body in ({"state": "WY", "address": "1 Main St"}, {"postal_code": "02134", "address": "1 Main St"}):
        found = anybody.post(LOOKUP, body | {"address_may_leave": True}).json()
        assert (found["address"], len(found["districts"]), found["confidence"]) == ("not_needed", 1, "exact")
    assert service.asked == []


def test_an_address_alone_is_enough_where_somebody_can_be_asked(anybody, db, service):
    found = anybody.post(LOOKUP, {"address": HOME["address"], "address_may_leave": True}).json()
    assert (found["states"], found["districts"]) == (["OR"], ["OR-3"])


@pytest.mark.parametrize("trouble", [Trouble.NOT_FOUND, Trouble.UNAVAILABLE, Trouble.AMBIGUOUS])
def test_what_the_service_does_not_know_stays_open(anybody, db, service, trouble):
    service.answer = Answer(trouble=trouble)
    found = anybody.post(LOOKUP, HOME | {"address_may_leave": True}).json()
    assert (found["address"], found["districts"]) == (trouble.value, [])
    assert "address_needed" in found["reasons"]


def test_where_nobody_is_asked_the_answer_says_so(anybody, db):
    for leave in ({}, {"address_may_leave": True}):
        found = anybody.post(LOOKUP, HOME | leave).json()
        assert (found["address"], found["states"]) == ("off", ["OR"])
        assert "address_needed" in found["reasons"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"state": "OR"}, "/address", "required"),
        ({"address": ""}, "/address", "required"),
        ({"address": None}, "/address", "required"),
        ({**HOME, "address": 5}, "/address", "not_text"),
        ({**HOME, "address": ["1 Main St"]}, "/address", "not_text"),
        ({**HOME, "state": {}}, "/state", "not_text"),
        ({**HOME, "postal_code": 97201}, "/postal_code", "not_text"),
        ({**HOME, "address_may_leave": "true"}, "/address_may_leave", "not_true_or_false"),
        ({**HOME, "address_may_leave": 1}, "/address_may_leave", "not_true_or_false"),
        ({**HOME, "zip": "97201"}, "/zip", "unknown_field"),
        ({**HOME, "state": "Atlantis"}, "/state", "unknown_state"),
        ({**HOME, "postal_code": "2134"}, "/postal_code", "too_short"),
        ({"address": "1 Main St"}, "/state", "required"),
        ({**HOME, "address": "x" * 201}, "/address", "too_long"),
    ],
)
def test_a_body_that_cannot_be_is_refused_with_the_field(anybody, db, body, pointer, code):
    problem = is_problem(anybody.post(LOOKUP, body), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("address", ["x" * 5000, "1 Main\x07St", "\u202e1 Main St", "   "])
def test_what_is_no_address_is_refused_and_nobody_is_asked(anybody, db, service, address):
    problem = is_problem(anybody.post(LOOKUP, {**HOME, "address": address, "address_may_leave": True}), 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/address"]
    assert "1 Main" not in json.dumps(problem)
    assert service.asked == []


def test_an_address_is_in_no_log_and_no_answer(anybody, db, service, caplog):
    caplog.set_level(logging.DEBUG)
    for answer in (Answer("OR-3"), Answer(trouble=Trouble.NOT_FOUND)):
        service.answer = answer
        text = anybody.post(LOOKUP, HOME | {"address_may_leave": True}).content.decode()
        assert "Fifth Avenue" not in text
    assert "Fifth Avenue" not in caplog.text


def test_an_address_in_the_url_is_refused(client, db, service):
    is_problem(client.get(f"{LOOKUP}?state=OR&address=1+Main+Street"), 422)
    assert service.asked == []


def test_bodies_that_cannot_be_read_and_other_forms_are_refused(anybody, db):
    is_problem(anybody.post(LOOKUP, raw="{"), 400)
    is_problem(anybody.post(LOOKUP, raw='{"address": "a\\u0000b"}'), 400)
    is_problem(anybody.post(LOOKUP, raw="[]"), 422)
    is_problem(anybody.post(LOOKUP, raw="address=1+Main", content_type="application/x-www-form-urlencoded"), 415)
    is_problem(anybody.post(LOOKUP, raw='{"address": "' + "x" * 100_000 + '"}'), 413)
    is_problem(anybody.post(LOOKUP, HOME, accept="text/html"), 406)


def test_addresses_have_a_limit_of_their_own(anybody, client, db, service):
    answers = [anybody.post(LOOKUP, HOME | {"address_may_leave": True}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"addresses";q=20;w=600'
    is_problem(answers[20], 429)
    assert len(service.asked) == 20
    assert client.get(f"{LOOKUP}?state=OR").status_code == 200


def test_no_page_needs_a_cookie_or_a_csrf_token_for_it(db):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(LOOKUP, json.dumps(HOME), content_type="application/json")
    assert response.status_code == 200
    assert not strict.cookies


_texts = (
    st.none() | st.text(st.characters(codec=None), max_size=80) | st.sampled_from(["OR", "97201", "57717", "٩٧٢٠١"])
)
_anything = _texts | st.integers() | st.booleans() | st.lists(st.text(max_size=3), max_size=2)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "state": _texts,
            "postal_code": _texts,
            "address": _texts | _anything,
            "address_may_leave": _anything,
            "other": _anything,
        },
    )
)
def test_whatever_is_sent_gets_an_answer_or_a_clear_refusal(anybody, db, service, monkeypatch, body):
    monkeypatch.setattr("campaign.legislators.geocoding.MOST_OF_A_NETWORK", 1_000_000)
    response = anybody.post(LOOKUP, raw=json.dumps(body).encode())
    if response.status_code != 200:
        assert response.status_code in {400, 422}
        is_problem(response, response.status_code)


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(
        st.sampled_from(["state", "postal_code", "limit", "x"]), st.text(st.characters(codec="utf-8"), max_size=60)
    )
)
def test_whatever_is_asked_gets_an_answer_or_a_clear_refusal(client, db, settings, asked):
    settings.LOOKUPS_A_MINUTE = 1_000_000
    response = client.get(LOOKUP, query_params=asked)
    if response.status_code != 200:
        assert response.status_code in {400, 422}
        is_problem(response, response.status_code)
