"""Counting in bulk: what is taken at once never adds up to more than the limit."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from campaign.lib import limits
from campaign.lib.limits import MOST_AT_ONCE, Counter

LIMIT, AGES = 120, 10**8
_names = itertools.count()


@pytest.fixture
def who() -> str:
    """Somebody whom nobody counted before."""
    return f"somebody-{next(_names)}-{time.time_ns()}"


def a_process() -> Counter:
    """A counter as another web process has it; patient, on a machine that is busy with tests."""
    return Counter(settings.REDIS_URL, 20)


def test_one_process_gives_out_exactly_the_limit_and_tells_what_is_left(who):
    purse = a_process()
    verdicts = [purse.spend("test", who, LIMIT, AGES) for _ in range(LIMIT + 30)]
    assert [verdict.allowed for verdict in verdicts] == [True] * LIMIT + [False] * 30
    assert [verdict.remaining for verdict in verdicts] == [*range(LIMIT - 1, -1, -1)] + [0] * 30


def test_valkey_is_asked_seldom_and_nobody_over_the_limit_asks_at_all(who):
    asked = []
    counter = a_process()

    def count(*call):
        asked.append(call[-1])
        return counter.count(*call)

    purse = limits.Purse()
    for _ in range(LIMIT + 1):
        purse.spend(count, "test", who, LIMIT, AGES)
    assert len(asked) < 45
    assert asked[:4] == [1, 2, 4, 8]
    before = len(asked)
    for _ in range(1000):
        assert not purse.spend(count, "test", who, LIMIT, AGES).allowed
    assert len(asked) == before
    many = limits.Purse()
    for _ in range(20_000):
        many.spend(count, "test", f"{who} plenty", 2_000_000_000, AGES)
    assert max(asked) == MOST_AT_ONCE


@pytest.mark.parametrize("processes", [2, 5])
def test_processes_together_allow_no_more_than_the_limit_and_hardly_less(who, processes):
    purses = [a_process() for _ in range(processes)]
    turns = itertools.islice(itertools.cycle(purses), 10 * LIMIT)
    assert sum(purse.spend("test", who, LIMIT, AGES).allowed for purse in turns) == LIMIT
    # One who took permits and then gets no more calls keeps them: the others have that much less.
    first, second = a_process(), a_process()
    given = sum(first.spend("test", f"{who} again", LIMIT, AGES).allowed for _ in range(8))
    given += sum(second.spend("test", f"{who} again", LIMIT, AGES).allowed for _ in range(2 * LIMIT))
    assert LIMIT - LIMIT // 8 <= given <= LIMIT


def test_what_was_counted_one_by_one_counts_here_as_well(who):
    counter = a_process()
    for _ in range(LIMIT):
        counter.hit("test", who, LIMIT, AGES)
    assert not a_process().spend("test", who, LIMIT, AGES).allowed


def test_many_threads_at_once_get_no_more_than_the_limit(who):
    purse, gate = a_process(), threading.Barrier(16)

    def calls(_number: int) -> int:
        gate.wait(20)
        return sum(purse.spend("test", who, LIMIT, AGES).allowed for _ in range(LIMIT))

    with ThreadPoolExecutor(16) as pool:
        given = sum(pool.map(calls, range(16)))
    assert given == LIMIT


def test_a_new_window_begins_anew_and_a_changed_limit_holds_at_once(who, monkeypatch):
    purse = a_process()
    assert [purse.spend("test", who, 1, 60).allowed for _ in range(2)] == [True, False]
    assert purse.spend("test", who, 5, 60).allowed
    later = time.time() + 60
    monkeypatch.setattr(limits.time, "time", lambda: later)
    assert purse.spend("test", who, 1, 60).allowed


def test_without_valkey_each_process_counts_for_itself(who):
    purse = Counter("redis://127.0.0.1:1/0", 0.05)
    verdicts = [purse.spend("test", who, 3, AGES) for _ in range(5)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False, False]


def test_not_more_people_are_remembered_than_fit(who, monkeypatch):
    monkeypatch.setattr(limits, "MOST_REMEMBERED", 10)
    purse = limits.Purse()
    for number in range(100):
        assert purse.spend(lambda *_call: (1, True), "test", f"{who} {number}", 2, AGES).allowed
    assert len(purse._held) <= 10
