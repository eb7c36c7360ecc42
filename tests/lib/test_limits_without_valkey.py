"""Valkey goes away while somebody is over their limit."""

import socket
import time

import pytest

import campaign.settings
from campaign.lib import limits
from campaign.lib.limits import Counter
from embedded.valkey import Valkey


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path)
    server.start()
    yield server
    server.stop()


def test_whoever_was_over_the_limit_stays_over_it_and_the_count_goes_on(valkey):
    counter = Counter(valkey.url(), timeout=5)
    assert [counter.hit("calls", "ada", 3, 3600).allowed for _time in range(4)] == [True, True, True, False]
    assert counter.hit("calls", "bruno", 3, 3600).remaining == 2
    valkey.stop()
    lost = counter.hit("calls", "ada", 3, 3600)
    assert (lost.allowed, lost.shared) == (False, False)
    assert counter.hit("calls", "bruno", 3, 3600).remaining == 1
    assert counter.hit("calls", "chiyo", 3, 3600).allowed


def test_the_window_is_forgotten_when_it_is_over(valkey):
    counter = Counter(valkey.url(), timeout=5)
    counter.hit("calls", "ada", 3, 3600, cost=2)
    counter.hit("calls", "ada", 3, 3600)
    client = counter._shared.storage
    (key,) = client.keys("*calls:ada*")
    assert 0 < client.ttl(key) <= 3600
    client.close()


def test_a_line_that_broke_is_made_anew(valkey, monkeypatch):
    counter = Counter(valkey.url(), timeout=5)
    counter.hit("calls", "ada", 3, 3600)
    counter._line()._sock.shutdown(socket.SHUT_RDWR)
    assert not counter.hit("calls", "ada", 3, 3600).shared
    counter._resting_until = 0.0
    assert counter.hit("calls", "ada", 3, 3600).shared


@pytest.fixture
def silent():
    """A server that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


def test_a_valkey_that_never_answers_is_waited_for_50_ms_and_not_again_at_once(silent):
    # The suite itself is more patient (tests/settings.py).
    counter = Counter(silent, campaign.settings.VALKEY_TIMEOUT_SECONDS)
    began = time.monotonic()
    verdicts = [counter.hit("calls", "ada", 60, 3600) for _time in range(100)]
    assert time.monotonic() - began < 0.5
    assert [verdict.allowed for verdict in verdicts] == [True] * 60 + [False] * 40
    assert not any(verdict.shared for verdict in verdicts)


def test_the_counter_of_the_house_has_the_patience_that_is_set(silent, settings):
    assert campaign.settings.VALKEY_TIMEOUT_SECONDS == 0.05
    settings.REDIS_URL, settings.VALKEY_TIMEOUT_SECONDS = silent, 0.2
    limits.counter.cache_clear()
    try:
        began = time.monotonic()
        assert not limits.hit("calls", "ada", 60, 3600).shared
        assert 0.2 <= time.monotonic() - began < 1
    finally:
        limits.counter.cache_clear()
