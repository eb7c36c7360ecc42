"""Who speaks for me: Ada, Bruno and Chiyo ask, each reason is said with a way forward, and no address stays."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from campaign.legislators import geocoding
from campaign.legislators.geocoding import asking
from campaign.legislators.models import Term
from tests.public.conftest import Citizen, value_of, words

pytestmark = pytest.mark.django_db
PAGE, STEP = "/legislators/", "/legislators/address/"
ADDRESS = "1221 Quixotic Lane, Fort Lauderdale, FL"


def ask(citizen: Citizen, **query: str) -> Any:
    return citizen.get(PAGE, query)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    asking.breaker.cache_clear()
    yield
    asking.breaker.cache_clear()


@pytest.fixture
def census(settings: Any) -> Iterator[Any]:
    """The Census geocoder, as far as these stories need it: it answers with `geoid`, or with a status."""

    class Handler(BaseHTTPRequestHandler):
        geoid, congress, status = "1223", "119", 200
        asked: list[str]

        def do_GET(self) -> None:
            self.asked.append(self.path)
            row = {"GEOID": self.geoid, "STATE": self.geoid[:2], "CDSESSN": self.congress}
            layers = {f"{self.congress}th Congressional Districts": [row]}
            body = json.dumps({"result": {"addressMatches": [{"geographies": layers}] if self.geoid else []}}).encode()
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    Handler.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.ADDRESS_BACKEND = "census"
    settings.CENSUS_GEOCODER_URL = f"http://127.0.0.1:{server.server_port}"
    yield Handler
    server.shutdown()
    thread.join()
    server.server_close()


def step(citizen: Citizen, **changes: str) -> Any:
    typed = {"state": "FL", "postal_code": "33311", "address": ADDRESS, "consent": "yes"} | changes
    return citizen.post(STEP, {name: value for name, value in typed.items() if value})


# --- the page


def test_the_page_asks_for_a_state_or_a_zip_and_is_linked_from_every_foot(citizen: Citizen) -> None:
    page = citizen.get(PAGE)
    assert page.status_code == 200
    assert "A state or a ZIP is enough" in words(page)
    assert page["Cache-Control"] == "max-age=10"
    assert 'href="/legislators/"' in citizen.get("/privacy/").content.decode()


def test_ada_sees_her_senators_with_party_phone_and_form(citizen: Citizen) -> None:
    answer = ask(citizen, state="OR", postal_code="97201")
    page, source = words(answer), answer.content.decode()
    assert answer.status_code == 200
    assert "Ron Wyden (D) Seat Senator, Oregon Party Democrat Phone 202-224-5244" in page
    assert "Jeff Merkley" in page
    assert 'href="https://www.wyden.senate.gov' in source
    assert "As of June 15, 2026" in page
    assert 'value="OR" selected' in source
    assert value_of(answer, "postal_code") == "97201"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "private, max-age=10"


def test_bruno_has_a_delegate_and_no_senators(citizen: Citizen) -> None:
    page = words(ask(citizen, postal_code="20001"))
    assert "The District of Columbia and the territories have no senators." in page
    assert "Eleanor Holmes Norton" in page
    assert "Delegate, without a vote" in page


def test_chiyo_is_asked_where_she_votes_and_then_sees_who_speaks_for_her(citizen: Citizen) -> None:
    page = words(ask(citizen, postal_code="09001"))
    assert "Which state is your voting residence?" in page
    assert "In the Senate" not in page
    answer = ask(citizen, postal_code="09001", state="WA")
    assert "Patty Murray" in words(answer)


def test_a_zip_in_three_states_offers_all_of_them_as_links(citizen: Citizen) -> None:
    answer = ask(citizen, postal_code="57717")
    source = answer.content.decode()
    assert "This ZIP code lies in more than one state." in words(answer)
    for code in ("SD", "MT", "WY"):
        assert f'href="?state={code}&amp;postal_code=57717"' in source
    assert "They speak for" not in source
    assert "John Barrasso" in words(ask(citizen, postal_code="57717", state="WY"))


def test_a_state_that_is_not_the_zips_is_asked_about_and_never_overruled(citizen: Citizen) -> None:
    source = ask(citizen, state="OR", postal_code="98101").content.decode()
    assert 'href="?state=OR&amp;postal_code="' in source, "whoever chooses the typed state leaves the ZIP behind"
    assert 'href="?state=WA&amp;postal_code=98101"' in source


def test_at_large_states_need_no_more_than_their_name(citizen: Citizen) -> None:
    page = words(ask(citizen, state="Wyoming"))
    assert "Representative, Wyoming" in page
    assert "several districts" not in page


def test_a_state_alone_names_its_senators_and_asks_for_the_zip(citizen: Citizen) -> None:
    answer = ask(citizen, state="CA")
    assert "California has several districts. With your ZIP code we can tell more." in words(answer)
    assert "Alex Padilla" in words(answer)


def test_palau_has_no_seats(citizen: Citizen) -> None:
    page = words(ask(citizen, postal_code="96940"))
    assert "have no seats in Congress" in page
    assert "In the Senate" not in page


@pytest.mark.parametrize(
    ("query", "says", "field"),
    [
        ({"postal_code": "2134"}, "Did you mean 02134?", "postal_code"),
        ({"postal_code": "\uff19\uff17\uff12\uff10\uff11"}, "with the digits 0 to 9", "postal_code"),
        ({"state": "Narnia"}, "We don't know this state", "state"),
        ({"state": "", "postal_code": " "}, "Please give a state or a ZIP code.", "state"),
    ],
)
def test_what_cannot_be_read_is_a_422_beside_its_field(
    citizen: Citizen, query: dict[str, str], says: str, field: str
) -> None:
    answer = ask(citizen, **query)
    assert answer.status_code == 422
    assert says in words(answer)
    assert f'id="{field}-error"' in answer.content.decode()


def test_a_zip_that_was_meant_is_a_link(citizen: Citizen) -> None:
    assert '<a href="?state=&amp;postal_code=02134">' in ask(citizen, postal_code="2134").content.decode()


def test_an_unknown_zip_leaves_the_typed_state_as_it_is(citizen: Citizen) -> None:
    page = words(ask(citizen, state="OR", postal_code="99999"))
    assert "We don't know this ZIP code." in page
    assert "Ron Wyden" in page


def test_a_vacant_seat_is_said_to_be_vacant(citizen: Citizen) -> None:
    Term.objects.open().filter(legislator__bioguide_id="M001176").update(closed_on="2026-08-01")
    assert "Senator, Oregon, class 2 This seat is vacant." in words(ask(citizen, state="OR"))


def test_after_a_term_ran_out_nobody_is_named_as_its_holder(citizen: Citizen) -> None:
    Term.objects.open().filter(legislator__bioguide_id="M001176").update(ends_on="2027-01-03")
    with time_machine.travel("2027-01-04T12:00:00Z"):
        page = words(ask(citizen, state="OR"))
    assert "We do not know who holds this seat: the term of Jeff Merkley ended on Jan. 3, 2027." in page
    assert "What we know of Congress is of June 15, 2026, and that is old." in page


def test_a_zip_in_two_districts_names_both_and_where_to_ask_while_the_step_is_off(citizen: Citizen) -> None:
    answer = ask(citizen, state="FL", postal_code="33311")
    source = answer.content.decode()
    assert 'href="?state=FL&amp;postal_code=33311&amp;district=FL-20"' in source
    assert 'href="?state=FL&amp;postal_code=33311&amp;district=FL-23"' in source
    assert "We can't look up addresses here." in words(answer)
    assert STEP not in source


def test_a_district_that_is_known_is_shown_alone_and_can_be_taken_back(citizen: Citizen) -> None:
    answer = ask(citizen, state="FL", postal_code="33311", district="FL-23")
    assert "Representative, Florida, district 23" in words(answer)
    assert "district 20" not in words(answer)
    assert 'href="?state=FL&amp;postal_code=33311">This is not my district' in answer.content.decode()


@pytest.mark.parametrize("district", ["FL-99", "WA-3", "fl-23", "FL-23'", "<b>", "FL-\u0663", "0" * 5000])
def test_a_district_that_is_nobodys_or_another_states_is_passed_over(citizen: Citizen, district: str) -> None:
    answer = ask(citizen, state="FL", postal_code="33311", district=district)
    assert answer.status_code == 200
    assert "If you know yours, choose it" in words(answer)


def test_a_district_alone_is_enough(citizen: Citizen) -> None:
    page = words(ask(citizen, district="OR-3"))
    assert "Ron Wyden" in page
    assert "Representative, Oregon, district 3" in page


@given(state=st.text(max_size=80), postal_code=st.text(max_size=20), district=st.text(max_size=12))
@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_there_is_an_answer(state: str, postal_code: str, district: str) -> None:
    query = {"state": state, "postal_code": postal_code, "district": district}
    readable = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
    assert Client().get(PAGE, readable).status_code in {200, 400, 422}


# --- the address step


def test_without_a_back_end_the_step_leads_back(citizen: Citizen) -> None:
    for answer in (citizen.get(STEP, {"state": "FL", "address": ADDRESS}), step(citizen, postal_code="")):
        assert (answer.status_code, answer["Location"]) == (303, "/legislators/?state=FL")


def test_the_step_is_offered_where_the_zip_does_not_decide(citizen: Citizen, census: Any) -> None:
    source = ask(citizen, state="FL", postal_code="33311").content.decode()
    assert f'href="{STEP}?state=FL&amp;postal_code=33311"' in source


def test_the_receiver_is_named_and_nothing_is_ticked(citizen: Citizen, census: Any) -> None:
    answer = citizen.get(STEP, {"state": "FL", "postal_code": "33311", "address": ADDRESS})
    source = answer.content.decode()
    assert "Send this address to the U.S. Census Bureau to find my district. We don't keep it." in words(answer)
    assert " checked" not in source
    assert "Quixotic" not in source, "an address in a link is not taken up"
    assert value_of(answer, "postal_code") == "33311"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert census.asked == []


def test_after_the_step_only_the_district_stays(citizen: Citizen, census: Any) -> None:
    answer = step(citizen)
    assert (answer.status_code, answer["Location"]) == (303, "/legislators/?state=FL&postal_code=33311&district=FL-23")
    assert "Representative, Florida, district 23" in words(citizen.get(answer["Location"]))
    assert len(census.asked) == 1


def test_an_address_alone_says_the_state_too(citizen: Citizen, census: Any) -> None:
    answer = step(citizen, state="", postal_code="")
    assert answer["Location"] == "/legislators/?state=FL&district=FL-23"


def test_without_consent_nothing_is_sent(citizen: Citizen, census: Any) -> None:
    answer = step(citizen, consent="")
    assert answer.status_code == 422
    assert "Without this we send nothing to the U.S. Census Bureau." in words(answer)
    assert ADDRESS in answer.content.decode(), "what was typed stays"
    assert census.asked == []


@pytest.mark.parametrize(
    ("doing", "says"),
    [
        ({"geoid": ""}, "This address was not found."),
        ({"congress": "120"}, "speaks of the districts of another Congress"),
        ({"status": 500}, "does not answer just now"),
        ({"geoid": "5303"}, "lie in different states: Florida, Washington."),
    ],
)
def test_what_stands_in_the_way_is_said_beside_the_field_and_nothing_is_lost(
    citizen: Citizen, census: Any, doing: dict[str, Any], says: str
) -> None:
    for name, value in doing.items():
        setattr(census, name, value)
    answer = step(citizen)
    source = answer.content.decode()
    assert answer.status_code == 422
    assert says in words(answer)
    assert 'id="address-error"' in source
    assert "We did not find your district." in words(answer)
    assert "Nothing was sent" not in words(answer), "it was"
    assert ADDRESS in source
    assert 'value="yes" checked' in source


def test_all_that_is_missing_is_said_at_once(citizen: Citizen, census: Any) -> None:
    source = step(citizen, address="", consent="").content.decode()
    assert 'href="#address"' in source
    assert 'href="#consent"' in source


@pytest.mark.parametrize("address", ["", " \n", "x" * 300, "1 Main\u202e St"])
def test_what_is_no_address_is_not_sent(citizen: Citizen, census: Any, address: str) -> None:
    answer = step(citizen, address=address)
    assert answer.status_code == 422
    assert 'id="address-error"' in answer.content.decode()
    assert census.asked == []


def test_a_state_that_cannot_be_read_is_mended_on_the_page_before(citizen: Citizen, census: Any) -> None:
    answer = step(citizen, state="Narnia")
    assert answer["Location"] == "/legislators/?state=Narnia&postal_code=33311"
    assert "Quixotic" not in answer["Location"]


def test_a_network_that_asks_too_often_is_told_when_to_come_back(
    citizen: Citizen, census: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "MOST_OF_A_NETWORK", 2)
    for _ in range(2):
        assert step(citizen).status_code == 303
    answer = step(citizen)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= geocoding.IN_SECONDS
    assert ADDRESS in answer.content.decode()
    assert len(census.asked) == 2


def test_no_log_line_of_the_step_holds_the_address(
    citizen: Citizen, census: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    census.status = 500
    step(citizen)

    def break_down(*args: object) -> None:
        raise RuntimeError("of ours")

    monkeypatch.setattr("campaign.legislators.lookup.find", break_down)
    citizen.raise_request_exception = False
    assert step(citizen).status_code == 500
    assert "address_not_placed" in caplog.text
    assert "Quixotic" not in caplog.text


def test_no_other_site_needs_a_token_of_ours_and_gains_nothing(census: Any) -> None:
    assert Client(enforce_csrf_checks=True).post(STEP, {"address": ADDRESS}).status_code == 422


def test_a_point_needs_no_consent_for_it_stays_in_the_house(citizen: Citizen, settings: Any) -> None:
    settings.ADDRESS_BACKEND, settings.DISTRICT_POLYGONS = "polygons", "/nowhere.zip"
    page = citizen.get(STEP)
    source = page.content.decode()
    assert "It does not leave this site, and we don't keep it." in words(page)
    assert "data-locate" in source
    assert "js/location.js" in source
    assert 'name="consent"' not in source
    answer = citizen.post(STEP, {"address": "somewhere"})
    assert answer.status_code == 422
    assert "45.5200, -122.6800" in words(answer)
