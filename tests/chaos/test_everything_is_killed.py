"""Everything is killed while people sign and mail leaves: nothing acknowledged is lost, nothing arrives twice.

The long stories are in test_killing_for_long.py.
"""

import time

import pytest

from campaign.delivery.models import Kind
from embedded.troubles import Trouble, defer, drop_after_dot, slow
from tests.chaos import mailroom
from tests.chaos.checking import faults
from tests.chaos.ground import Ground
from tests.stories.conftest import until

pytestmark = pytest.mark.timeout(180)


def test_whatever_is_killed_nothing_is_lost_and_nothing_arrives_twice(ground: Ground):
    """Of each: workers, the connection after the final dot, the mail server's patience, the broker, the database."""
    began = time.monotonic()
    acknowledged = mailroom.fill(ground, signed=40, confirmed=20)
    assert mailroom.counted() == {Kind.CONFIRMATION: 40, Kind.RECEIPT: 20, Kind.LETTER: 40, Kind.MAILING: 20}
    ground.sink.suffer(slow(0.01, 0.01))
    ground.start("worker", "mailer", "beat")
    ground.go_on()
    more = mailroom.crowd(ground, 40, first=40, threads=2)
    time.sleep(0.3)
    ground.kill_one("worker")
    ground.kill_one("mailer")
    ground.sink.suffer(drop_after_dot(kept=True))
    ground.sink.suffer(drop_after_dot(kept=False))
    time.sleep(0.3)
    ground.flush_valkey()
    ground.sink.suffer(defer(seconds=0.5))
    ground.kill_all("mailer")
    ground.kill_postgres()
    ground.kill_valkey()
    ground.kill_one("worker")
    more.wait()
    ground.drain()
    print(ground.told(began))  # noqa: T201 - for whoever asks with -s
    assert faults(ground.books(acknowledged | more.acknowledged)) == []
    assert len(acknowledged | more.acknowledged) == 80


@pytest.mark.parametrize(
    ("planted", "trouble", "found"),
    [
        ("send_then_mark", slow(before=0, after=0.4), "arrived twice"),
        pytest.param(
            "mark_then_send",
            slow(before=0.4, after=0),
            "lost: accepted and never arrived",
            marks=pytest.mark.full,
        ),
    ],
)
def test_a_worker_with_a_fault_is_found_out(ground: Ground, planted: str, trouble: Trouble, found: str):
    """The story above finds what it looks for: with mail marked after, or before, it is sent, a kill shows."""
    acknowledged = mailroom.fill(ground, signed=10, confirmed=4, mailings=0)
    ground.sink.suffer(trouble)
    ground.start("worker", planted=planted)
    for _ in range(2):
        ground.go_on()
        there = len(ground.sink.messages())
        until(lambda there=there: len(ground.sink.messages()) > there, "mail under way", patience=20)
        time.sleep(0.2)
        ground.kill_one("worker")
        ground.kill_one("worker")
    ground.sink.recover()
    ground.drain()
    assert any(found in fault for fault in faults(ground.books(acknowledged)))
