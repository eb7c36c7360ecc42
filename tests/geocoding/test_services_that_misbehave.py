"""Whatever a service does, the answer comes in time, says what stands in the way, and betrays no address."""

import http.client
import io
import logging
import threading
import time
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import structlog
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.legislators import geocoding
from campaign.legislators.fetching import Refused, TryLater
from campaign.legislators.geocoding import Answer, Trouble, asking
from campaign.legislators.geocoding.asking import Question
from campaign.lib import refusals
from tests.geocoding.conftest import ADDRESS, Service, match, matches

UNAVAILABLE = Answer(trouble=Trouble.UNAVAILABLE)
WORDS_OF_THE_ADDRESS = ("Quixotic", "1221", "97201", "Portland")


def _named(disorder: dict[str, Any]) -> str:
    """A name that is the same in every process: pytest-xdist compares them."""
    return str({key: getattr(value, "__name__", value) for key, value in disorder.items()})


def drip_a_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            handler.wfile.write(b"X-%d: y\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.05)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def talk_nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\xff\xfenonsense " + ADDRESS.encode() + b"\r\n\r\n")


@pytest.mark.parametrize("behave", [drip_a_body, drip_headers])
def test_a_try_ends_in_time_however_slowly_it_drips(
    census: Service, monkeypatch: pytest.MonkeyPatch, behave: Any
) -> None:
    monkeypatch.setattr(asking, "TRY_SECONDS", 0.4)
    census.behave = behave
    began = time.monotonic()
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
    assert time.monotonic() - began < 2 * 0.4 + 0.6
    assert len(census.asked) == 2, "two tries"


def test_a_name_that_takes_for_ever_to_resolve_is_not_waited_for(
    census: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TRY_SECONDS", 0.2)
    gave_up = threading.Event()
    monkeypatch.setattr(http.client.HTTPConnection, "connect", lambda self: gave_up.wait(3))
    began = time.monotonic()
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
    assert time.monotonic() - began < 1
    gave_up.set()


def test_what_is_cut_before_it_is_connected_asks_nobody(service: Service) -> None:
    call = asking._Call(Question(service.url, {}))
    call.cut()
    with pytest.raises(TryLater):
        call.run()
    assert service.asked == []


@pytest.mark.parametrize("behave", [hang_up, talk_nonsense])
def test_a_line_that_breaks_is_tried_twice(census: Service, behave: Any) -> None:
    census.behave = behave
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
    assert len(census.asked) == 2


@pytest.mark.parametrize(("status", "tries"), [(500, 2), (503, 2), (429, 1), (403, 1), (418, 1)])
def test_a_service_in_disorder_is_unavailable(census: Service, status: int, tries: int) -> None:
    census.answers({}, status)
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
    assert len(census.asked) == tries, "asking again is for what may pass"


def test_the_second_try_may_do_it(census: Service) -> None:
    def first_fail(handler: BaseHTTPRequestHandler) -> None:
        census.behave = None
        handler.send_error(502)

    census.answers(matches(match()))
    census.behave = first_fail
    assert geocoding.district_of(ADDRESS) == Answer("OR-3")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Down for maintenance</title>",
        b'{"result": {"addressMatches": [',
        b"[" * 100_000,
        b"\xed\xa0\x80",
        b"null",
        b"[]",
        b'{"result": []}',
        b'{"result": {"addressMatches": 7}}',
        b'{"result": {"addressMatches": [null]}}',
        b'{"result": {"addressMatches": [{"geographies": {"119th Congressional Districts": [[]]}}]}}',
        b'{"result": {"addressMatches": [{"geographies": {"119th Congressional Districts": [{}]}}]}}',
        b'{"result": {"addressMatches": [{"geographies": {}}]}}',
    ],
    ids=lambda body: body[:40].decode(errors="replace"),
)
def test_what_is_no_answer_is_not_read_as_one(census: Service, body: bytes) -> None:
    census.body = body
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE


def test_a_flood_is_not_read_to_its_end(census: Service) -> None:
    census.body = b" " * (asking.MOST_BYTES + 1)
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_to_another_place(census: Service, status: int) -> None:
    census.status, census.location = status, f"{census.url}/elsewhere"
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
    assert all("elsewhere" not in path for path, _params in census.asked)


def test_the_breaker_opens_after_five_failures_and_closes_again(census: Service) -> None:
    census.answers({}, 500)
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        for _ in range(3):
            assert geocoding.district_of(ADDRESS) == UNAVAILABLE
        assert len(census.asked) == asking.MOST_FAILURES, "the sixth try was not made"
        census.answers(matches(match()))
        assert geocoding.district_of(ADDRESS) == UNAVAILABLE
        assert len(census.asked) == asking.MOST_FAILURES, "left alone"
        clock.shift(asking.REST_SECONDS + 1)
        assert geocoding.district_of(ADDRESS) == Answer("OR-3")
        assert asking.breaker("census").current_state == "closed"


def test_a_failed_trial_lets_it_rest_again(census: Service) -> None:
    census.answers({}, 500)
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        for _ in range(3):
            geocoding.district_of(ADDRESS)
        clock.shift(asking.REST_SECONDS + 1)
        assert geocoding.district_of(ADDRESS) == UNAVAILABLE
        assert len(census.asked) == asking.MOST_FAILURES + 1, "one trial"


def test_addresses_that_are_not_found_do_not_open_it(census: Service) -> None:
    census.answers(matches())
    for _ in range(7):
        assert geocoding.district_of(ADDRESS).trouble == Trouble.NOT_FOUND
    assert asking.breaker("census").current_state == "closed"


def test_a_slow_answer_makes_nobody_else_wait(census: Service) -> None:
    """The library's own call() holds a lock while it asks: eight people would wait for each other."""

    def think(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        body = b'{"result": {"addressMatches": []}}'
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    census.behave = think
    question = Question(f"{census.url}/x", {})
    threads = [threading.Thread(target=asking.ask, args=("census", question)) for _ in range(6)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 6 * 0.4


@pytest.mark.parametrize(
    "disorder",
    [
        {"status": 500},
        {"status": 302, "location": f"https://elsewhere.example/?{ADDRESS}"},
        {"body": b"<html>" + ADDRESS.encode()},
        {"body": b'{"result": {"addressMatches": "' + ADDRESS.encode() + b'"}}'},
        {"behave": talk_nonsense},
        {"behave": hang_up},
        {"status": 400, "body": b'{"errors": ["Vintage is wrong for ' + ADDRESS.encode() + b'"]}'},
        {},
    ],
    ids=_named,
)
def test_no_log_line_holds_the_address(
    census: Service, caplog: pytest.LogCaptureFixture, disorder: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    census.answers(matches(match()))
    for name, value in disorder.items():
        setattr(census, name, value)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        with structlog.testing.capture_logs() as events:
            geocoding.district_of(ADDRESS)
        geocoding.district_of(ADDRESS)
    finally:
        logging.getLogger().removeHandler(handler)
    said = f"{events} {caplog.text} {stream.getvalue()}"
    assert not [word for word in WORDS_OF_THE_ADDRESS if word in said]


@pytest.mark.parametrize("disorder", [{"status": 500}, {"behave": talk_nonsense}, {"body": b"<html>"}], ids=_named)
def test_no_traceback_holds_the_address(census: Service, disorder: dict[str, Any]) -> None:
    for name, value in disorder.items():
        setattr(census, name, value)
    question = Question(f"{census.url}/geocode", {"address": ADDRESS, "key": "a-key"})
    with pytest.raises((TryLater, Refused)) as caught:
        asking.ask("census", question)
    said = "".join(traceback.format_exception(caught.value)) + repr(question)
    assert not [word for word in (*WORDS_OF_THE_ADDRESS, "a-key") if word in said]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        (" \t\n", "required"),
        ("x" * 201, "too_long"),
        ("1 Main\x00 St", "hidden_characters"),
        ("1 Main\u202e St", "hidden_characters"),
        ("1 Main \ud800 St", "hidden_characters"),
    ],
)
def test_what_can_be_no_address_is_refused_before_anybody_is_asked(census: Service, typed: str, code: str) -> None:
    with pytest.raises(refusals.Refused) as caught:
        geocoding.district_of(typed)
    assert [(refusal.field, refusal.code) for refusal in caught.value.refusals] == [("address", code)]
    assert census.asked == []


def test_an_address_on_several_lines_is_asked_for_as_one(census: Service) -> None:
    census.answers(matches(match()))
    assert geocoding.district_of(" 1221 Quixotic Lane\r\n Portland,\tOR  97201 ") == Answer("OR-3")
    assert census.asked[0][1]["address"] == "1221 Quixotic Lane Portland, OR 97201"


@given(st.text(max_size=250))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_an_answer_or_refused(census: Service, typed: str) -> None:
    census.answers(matches())
    with suppress(refusals.Refused):
        assert geocoding.district_of(typed).trouble == Trouble.NOT_FOUND
