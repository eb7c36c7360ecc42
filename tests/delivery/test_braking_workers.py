"""Several workers at the same breakers and holds at once, and what sending does with them."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from campaign.delivery import braking, pausing
from campaign.delivery.models import Breaker, Queue, QueueHold
from campaign.delivery.transport import Accepted, TryLater
from campaign.lib import kept
from tests.delivery.posts import receipt_waits

pytestmark = pytest.mark.django_db(transaction=True)
NO_LINE = TryLater("connection refused", is_connection=True)
NOT_NOW = TryLater("421 4.7.0")


def at_once(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Threads with connections of their own, all at the same moment; what went wrong in them."""
    start, faults = threading.Barrier(count), []

    def go(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def pause_is_over() -> None:
    Breaker.objects.update(open_until=F("open_until") - timedelta(hours=1))
    kept.forget_everything()


def test_of_eight_workers_one_tries_the_relay():
    receipt_waits()
    for _ in range(5):
        braking.heard([("", NO_LINE)])
    pause_is_over()
    said: list[str] = []
    assert at_once(8, lambda number: said.append(braking.stopped(Queue.CONFIRM))) == []
    assert Counter(said) == {"": 1, "relay is down": 7}


def test_failures_of_several_workers_add_up():
    assert at_once(5, lambda number: braking.heard([("", NO_LINE)])) == []
    assert braking.stopped(Queue.CONFIRM) == "relay is down"


def test_the_same_domains_opened_and_closed_at_once_in_any_order_never_block():
    names = [f"{number}.example" for number in range(20)]

    def work(number: int) -> None:
        turned = names if number % 2 else names[::-1]
        for turn in range(15):
            kept.forget_everything()
            fate = Accepted("250") if (turn + number) % 3 == 0 else NOT_NOW
            braking.heard([(name, fate) for name in turned])

    assert at_once(8, work) == []
    braking.heard([(name, Accepted("250")) for name in names])
    kept.forget_everything()
    assert braking.paused_domains() == {}


def test_of_several_who_pause_at_once_one_is_named():
    done: list[bool] = []
    assert at_once(6, lambda number: done.append(pausing.pause(Queue.MAILINGS, f"organizer {number}"))) == []
    assert Counter(done) == {True: 1, False: 5}
    assert QueueHold.objects.count() == 1
    done.clear()
    assert at_once(6, lambda number: done.append(pausing.resume(Queue.MAILINGS, "operator"))) == []
    assert Counter(done) == {True: 1, False: 5}
