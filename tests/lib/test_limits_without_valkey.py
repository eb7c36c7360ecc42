"""Valkey goes away while somebody is over their limit."""

import socket

import pytest

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
