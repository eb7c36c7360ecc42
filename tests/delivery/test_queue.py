"""The queue is a nudge: without it nothing waits and nothing is lost."""

import time

from campaign.delivery import posting
from campaign.lib import limits
from embedded.ports import free_port


def test_a_nudge_returns_at_once_and_never_fails():
    began = time.perf_counter()
    for _ in range(1000):
        posting.nudge()
    assert time.perf_counter() - began < 0.2


def test_a_limit_is_exact_in_its_window():
    verdicts = [limits.hit("test", "somebody", limit=3, seconds=3600) for _ in range(5)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0, 0]
    assert all(verdict.shared for verdict in verdicts)


def test_without_valkey_a_process_counts_for_itself_and_hardly_waits():
    counter = limits.Counter(f"redis://127.0.0.1:{free_port()}/0", timeout=0.05)
    began = time.perf_counter()
    verdicts = [counter.hit("test", "somebody", limit=3, seconds=3600) for _ in range(100)]
    assert time.perf_counter() - began < 0.5
    assert [verdict.allowed for verdict in verdicts[:5]] == [True, True, True, False, False]
    assert not any(verdict.shared for verdict in verdicts)
