"""Whatever somebody types: the API answers or says what is wrong with it, and never breaks."""

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
# As a program sends it that escapes nothing.
WRITTEN_OUT = st.tuples(STATES, ZIPS).map(
    lambda typed: "state={}&postal_code={}".format(*typed).encode(errors="surrogatepass")
)
ERRORS = {400, 422}


@pytest.fixture
def without_a_limit(settings: Any) -> None:
    settings.LOOKUPS_A_MINUTE = 1_000_000


def said(response: Any) -> dict[str, Any]:
    """The answer, but for what names this one call."""
    return {key: value for key, value in response.json().items() if key not in {"instance", "request_id"}}


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
@given(query=st.binary(max_size=60) | WRITTEN_OUT)
@example(query=b"state=%ff&postal_code=%00")
@example(query=b"state=OR&state=WA&postal_code=97201")
@example(query="state=Washington,D.C.\u00a0".encode())
@example(query="state=Hawai\u02bbi".encode())
@example(query="postal_code=\uff19\uff17\uff12\uff10\uff11".encode())
@example(query=b"state=\xff")
def test_any_bytes_for_a_query_get_the_same_on_both_ways(query: bytes) -> None:
    short, long = (CLIENT.get(path, QUERY_STRING=query.decode("latin-1")) for path in (LOOKUP, f"{LOOKUP}/"))
    assert short.status_code in ERRORS | {200}, query
    assert (short.status_code, said(short)) == (long.status_code, said(long)), query
