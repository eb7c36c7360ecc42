"""Whatever somebody types: the API answers or says what is wrong with it, and never breaks."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaign.lib import usps

pytestmark = pytest.mark.usefixtures("furnished", "without_a_limit")
LOOKUP = "/api/v1/legislators/lookup"
CLIENT = Client(raise_request_exception=False)
STATES = st.text(max_size=80) | st.sampled_from(sorted([*usps.NAMES, *usps.NAMES.values()]))
ZIPS = st.text(max_size=12) | st.from_regex(r"\A[0-9]{5}\Z") | st.sampled_from(["97910", "57717", "09001", "96940"])
ANYTHING = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ERRORS = {400, 415, 422}


@pytest.fixture
def without_a_limit(settings: Any) -> None:
    settings.LOOKUPS_A_MINUTE = 1_000_000


@ANYTHING
@given(state=STATES, zip_code=ZIPS)
@example(state="\0", zip_code="\0")
@example(state="\ud800", zip_code="\uff10\uff11\uff10\uff10\uff11")
def test_any_text_in_the_query_gets_an_answer_or_its_fault(state: str, zip_code: str) -> None:
    query = f"state={quote(state, errors='surrogatepass')}&postal_code={quote(zip_code, errors='surrogatepass')}"
    response = CLIENT.get(f"{LOOKUP}?{query}")
    assert response.status_code in ERRORS | {200}, (state, zip_code)
    assert "reasons" in response.json() if response.status_code == 200 else response.json()["status"] in ERRORS


@ANYTHING
@given(query=st.binary(max_size=60))
@example(query=b"state=%ff&postal_code=%00")
@example(query=b"state=OR&state=WA&postal_code=97201")
def test_any_bytes_for_a_query_get_an_answer_or_their_fault(query: bytes) -> None:
    response = CLIENT.get(LOOKUP, QUERY_STRING=query.decode("latin-1"))
    assert response.status_code in ERRORS | {200}, query


@ANYTHING
@given(state=STATES, zip_code=ZIPS, address=st.text(max_size=300))
def test_any_text_in_the_body_gets_an_answer_or_its_fault(state: str, zip_code: str, address: str) -> None:
    body = json.dumps({"state": state, "postal_code": zip_code, "address": address})
    response = CLIENT.post(LOOKUP, body, content_type="application/json")
    assert response.status_code in ERRORS | {200, 429}, body
