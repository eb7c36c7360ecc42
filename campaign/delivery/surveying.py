"""Surveying the mailroom: what waits, leaves and stops. Every count has a bound, since a million rows may wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaign.delivery import breaking, recognizing
from campaign.delivery.deciding import Group
from campaign.delivery.models import Breaker, Epoch, Queue, QueueHold, Report, Status

MOST_COUNTED = 10_000
MOST_BREAKERS = 50
MOST_REPORTS = 10
MOST_GROUPS = 50
# Of so many series, the newest, it is counted what left.
MOST_SERIES = 20


@dataclass(frozen=True)
class Count:
    """How many, or that there are more than anybody counted."""

    number: int
    is_more: bool = False

    @classmethod
    def of(cls, found: int) -> "Count":
        """From a count that stopped one behind the bound."""
        return cls(min(found, MOST_COUNTED), is_more=found > MOST_COUNTED)

    def __bool__(self) -> bool:
        return self.number > 0

    def __str__(self) -> str:
        return f"{'more than ' if self.is_more else ''}{self.number:,}"


@dataclass(frozen=True)
class QueueNow:
    """A queue as it stands: `due_since` is when the first mail could have left that is still here."""

    queue: Queue
    waiting: Count
    due_since: datetime | None
    sent: Count
    held_at: datetime | None = None
    held_by: str = ""

    @property
    def is_held(self) -> bool:
        """Whether somebody paused it."""
        return self.held_at is not None


@dataclass(frozen=True)
class EpochNow:
    """What the database and the operator hold, and whether they agree."""

    database: str
    operator: str
    is_moved: bool

    @property
    def is_wrong(self) -> bool:
        """Whether no mail leaves because of it."""
        return self.is_moved or self.database != self.operator


@dataclass(frozen=True)
class BreakerNow:
    """A relay or a domain that is left alone, and until when."""

    name: str
    is_relay: bool
    failures: int
    reason: str
    open_until: datetime | None


@dataclass(frozen=True)
class Trouble:
    """A group of mail that needs a look, and how many it is."""

    group: Group
    count: int


@dataclass(frozen=True)
class Brakes:
    """What stops mail just now."""

    epoch: EpochNow
    paused: Sequence[Queue]
    relay_is_down: bool

    @property
    def is_any(self) -> bool:
        """Whether something is stopped."""
        return self.epoch.is_wrong or bool(self.paused) or self.relay_is_down


_BRAKES = """
SELECT (SELECT value FROM delivery_epoch WHERE id = 1), (SELECT database FROM delivery_epoch WHERE id = 1),
  ARRAY(SELECT queue FROM delivery_queuehold),
  EXISTS (SELECT 1 FROM delivery_breaker WHERE subject = %s AND open_until > statement_timestamp())
"""


def brakes() -> Brakes:
    """For the first page of the desk. One small query."""
    with connection.cursor() as cursor:
        cursor.execute(_BRAKES, [breaking.relay_subject()])
        value, database, held, relay_is_down = cursor.fetchone()
    return Brakes(_epoch(value, database), [queue for queue in Queue if queue.value in held], relay_is_down)


def epoch() -> EpochNow:
    """Both epochs."""
    row = Epoch.objects.first()
    return _epoch(row.value if row else None, row.database if row else None)


def _epoch(value: str | None, database: str | None) -> EpochNow:
    return EpochNow(recognizing.FIRST if value is None else value, recognizing.held(), recognizing.is_moved(database))


# A subquery that stops counts no further. Of each kind the first in its index is the one that is due longest.
_WAITING = """
SELECT (SELECT count(*) FROM (
    SELECT 1 FROM delivery_delivery WHERE kind = %(kind)s AND status IN ('queued', 'deferred') LIMIT %(most)s
  ) AS counted),
  (SELECT next_at FROM delivery_delivery WHERE kind = %(kind)s AND status IN ('queued', 'deferred')
    AND next_at <= statement_timestamp() ORDER BY next_at LIMIT 1)
"""
_SENT = """
SELECT count(*) FROM (
  SELECT 1 FROM delivery_delivery WHERE series_id IS NULL AND handed_off_at > statement_timestamp() - %(within)s
    AND kind = %(kind)s AND status = 'accepted' LIMIT %(most)s
) AS counted
"""
_SENT_IN_SERIES = """
SELECT count(*) FROM (
  SELECT 1 FROM (SELECT id FROM delivery_series ORDER BY created_at DESC LIMIT %(series)s) AS s
  JOIN delivery_delivery AS d ON d.series_id = s.id
  WHERE d.handed_off_at > statement_timestamp() - %(within)s AND d.status = 'accepted' LIMIT %(most)s
) AS counted
"""
_TROUBLES = """
SELECT status, kind, reason, count(*) FROM (
  SELECT status, kind, reason FROM delivery_delivery WHERE status IN ('uncertain', 'dead') LIMIT %(most)s
) AS counted GROUP BY status, kind, reason ORDER BY status DESC, count(*) DESC, kind, reason
"""


def queues() -> list[QueueNow]:
    """Every queue in its order."""
    holds = {hold.queue: hold for hold in QueueHold.objects.all()}
    return [_queue(queue, holds.get(queue.value)) for queue in Queue]


def _queue(queue: Queue, hold: QueueHold | None) -> QueueNow:
    values: dict[str, Any] = {"most": MOST_COUNTED + 1, "within": timedelta(hours=1), "series": MOST_SERIES}
    waiting, sent, since = 0, 0, []
    for kind in queue.kinds:
        found, first = _row(_WAITING, values | {"kind": kind.value})
        waiting += found
        since += [first] if first else []
        sent += _row(_SENT_IN_SERIES if queue is Queue.MAILINGS else _SENT, values | {"kind": kind.value})[0]
    return QueueNow(
        queue,
        Count.of(waiting),
        min(since, default=None),
        Count.of(sent),
        hold.held_at if hold else None,
        hold.held_by if hold else "",
    )


def breakers() -> list[BreakerNow]:
    """Those that are open, the relay's first, then those that are open longest."""
    rows = Breaker.objects.open().order_by("-open_until")[:MOST_BREAKERS]
    found = [
        BreakerNow(
            name=row.subject.partition(":")[2],
            is_relay=row.subject.startswith(breaking.RELAY),
            failures=row.failures,
            reason=row.reason,
            open_until=row.open_until,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_relay)


def troubles() -> list[Trouble]:
    """What needs a look, by status, queue and reason; of more than ten thousand the first ten thousand found."""
    found: dict[Group, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TROUBLES, {"most": MOST_COUNTED})
        for status, kind, reason, count in cursor.fetchall():
            queue = next(queue for queue in Queue if kind in queue.kinds)
            group = Group(Status(status), queue, reason)
            found[group] = found.get(group, 0) + count
    return [Trouble(group, count) for group, count in found.items()][:MOST_GROUPS]


def reports() -> list[Report]:
    """What was heard last."""
    return list(Report.objects.order_by("-heard_at")[:MOST_REPORTS])


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
