"""The token bucket of a relay: exact for all workers at once, and a mailing leaves something for a confirmation."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from campaign.delivery import braking
from campaign.delivery.models import Bucket, Queue

pytestmark = pytest.mark.django_db(transaction=True)
_SECOND = timedelta(seconds=1)


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Threads with connections of their own, all at the same moment."""
    start = threading.Barrier(count)

    def go(number: int) -> None:
        start.wait()
        try:
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_without_a_rate_all_may_go_and_nothing_is_asked(settings, django_assert_num_queries):
    settings.MAIL_RATE = 0
    with django_assert_num_queries(0):
        assert braking.allowance(Queue.MAILINGS, 50) == 50
        assert braking.allowance(Queue.CONFIRM, 0) == 0


def test_a_bucket_is_asked_in_one_statement(settings, django_assert_num_queries):
    settings.MAIL_RATE = 100
    braking.allowance(Queue.CONFIRM, 1)
    with django_assert_num_queries(1):
        braking.allowance(Queue.MAILINGS, 50)


def test_sixteen_workers_never_take_more_than_the_rate_and_one_burst_and_none_starves(settings):
    settings.MAIL_RATE = 200
    taken = [0] * 16
    began = time.monotonic()
    until = began + 2.0

    def work(number: int) -> None:
        while time.monotonic() < until:
            taken[number] += braking.allowance(Queue.CONFIRM, 7)
            time.sleep(0.002)

    at_once(16, work)
    seconds = time.monotonic() - began
    assert sum(taken) <= 200 * seconds + 200
    assert sum(taken) >= 200 * 2.0 * 0.9
    assert min(taken) > 0


def test_of_two_workers_at_once_only_one_gets_the_last_token(settings):
    settings.MAIL_RATE = 1
    assert braking.allowance(Queue.CONFIRM, 1) == 1  # of a burst of two
    got = [0] * 8

    def work(number: int) -> None:
        got[number] = braking.allowance(Queue.CONFIRM, 1)

    at_once(8, work)
    assert sum(got) == 1


def test_a_mailing_leaves_a_quarter_of_the_burst_for_confirmations(settings):
    settings.MAIL_RATE = 100
    assert braking.allowance(Queue.MAILINGS, 500) == 75
    assert braking.allowance(Queue.MAILINGS, 50) <= 1
    assert braking.allowance(Queue.LETTERS, 500) <= 20
    assert braking.allowance(Queue.CONFIRM, 8) == 8


def test_a_mailing_that_takes_all_it_can_get_never_keeps_a_confirmation_waiting(settings):
    settings.MAIL_RATE = 100
    is_over = threading.Event()
    waits: list[float] = []

    def work(number: int) -> None:
        if number:
            while not is_over.is_set():
                braking.allowance(Queue.MAILINGS, 50)
                time.sleep(0.005)
            return
        for _ in range(40):  # 20 a second, of 100
            asked = time.monotonic()
            while not braking.allowance(Queue.CONFIRM, 1):
                time.sleep(0.005)
            waits.append(time.monotonic() - asked)
            time.sleep(0.05)
        is_over.set()

    at_once(5, work)
    assert len(waits) == 40
    assert sorted(waits)[-3] < 0.1


def test_even_one_mail_a_second_lets_every_queue_go(settings):
    settings.MAIL_RATE = 1
    for queue in Queue:
        Bucket.objects.all().delete()
        assert braking.allowance(queue, 50) >= 1
        assert braking.allowance(queue, 50) == 0 or queue is Queue.CONFIRM


def test_a_rest_brings_one_burst_back_and_no_more(settings):
    settings.MAIL_RATE = 10
    assert braking.allowance(Queue.CONFIRM, 100) == 10
    Bucket.objects.update(filled_at=F("filled_at") - 3600 * _SECOND)
    assert braking.allowance(Queue.CONFIRM, 100) == 10
    assert braking.allowance(Queue.CONFIRM, 100) == 0


def test_a_lower_rate_holds_from_the_next_mail_on(settings):
    settings.MAIL_RATE = 1000
    braking.allowance(Queue.CONFIRM, 1)
    settings.MAIL_RATE = 10
    assert braking.allowance(Queue.CONFIRM, 1000) == 10
