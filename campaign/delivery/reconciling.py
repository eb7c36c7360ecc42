"""Reconciling a restored database: deciding about mail that may have left since the backup, before any more leaves.

To this database all that waited when the backup was made waits still. Much of it left afterwards, and the lost part of
the database knew. So it becomes uncertain: reports of the other side settle some of it, a person decides the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.db.models.functions import Now

from campaign.delivery import recognizing
from campaign.delivery.models import UNDER_WAY, WAITING, Delivery, DeliveryEvent, Epoch, Queue, Series
from campaign.delivery.posting import nudge

log = structlog.get_logger(__name__)
BATCH = 5_000
REASON, HELD_REASON = "restored: may have left", "restored"

_DOUBT = """
WITH moved AS (
  UPDATE delivery_delivery SET status = 'uncertain', reason = %(reason)s, finished_at = statement_timestamp(),
    lease_until = NULL, claimed_by = ''
  WHERE id IN (
    SELECT id FROM delivery_delivery
    WHERE status IN {statuses} AND reported = '' AND created_at < %(posted_before)s
    LIMIT %(batch)s FOR UPDATE
  ) RETURNING id
)
INSERT INTO delivery_deliveryevent (delivery_id, status, reason, at)
SELECT id, 'uncertain', %(reason)s, statement_timestamp() FROM moved
"""
# One after the other: for each of them there is an index.
_MAY_HAVE_LEFT = ("('queued', 'deferred')", "('claimed', 'handing_off')")
_upstairs: dict[str, Callable[[], int]] = {}


def before_sending(name: str, deed: Callable[[], int]) -> None:
    """A room upstairs says what it stops in a restored database, and how many it stopped. Twice is the later one."""
    _upstairs[name] = deed


@dataclass(frozen=True)
class Doubts:
    """What is to be decided: both epochs, how much waits in each queue, and what this database knew last."""

    epoch: str
    held: str
    is_moved: bool
    waiting: Mapping[Queue, int]
    under_way: int
    known_until: datetime | None

    @property
    def has_to_be_decided(self) -> bool:
        """Whether mail is stopped because of it."""
        return self.is_moved or self.epoch != self.held


@dataclass(frozen=True)
class Reconciled:
    """What was done: deliveries made uncertain, series held, and what rooms upstairs stopped."""

    uncertain: int
    held: int
    upstairs: Mapping[str, int]


def doubts() -> Doubts:
    """What may have left since the backup. It counts every row that waits: for the command, not for a page."""
    row = Epoch.objects.first()
    newest = DeliveryEvent.objects.order_by("-pk")[:1000].values("at")
    return Doubts(
        epoch=row.value if row else recognizing.FIRST,
        held=recognizing.held(),
        is_moved=recognizing.is_moved(row.database if row else None),
        waiting={queue: Delivery.objects.filter(status__in=WAITING).standing_in(queue).count() for queue in Queue},
        under_way=Delivery.objects.filter(status__in=UNDER_WAY).count(),
        known_until=newest.aggregate(last=Max("at"))["last"],
    )


def reconcile(*, as_uncertain: bool = True, posted_before: datetime | None = None) -> Reconciled | None:
    """Decide about what waits, then write the epoch: mail leaves again. None where both epochs agree already.

    Uncertain becomes what was posted before `posted_before`, or all there is; a person decides about each. With
    `as_uncertain=False` it stays queued: the operator has made sure that none of it left. Either way series are held,
    because more of them would be queued that left before, and what no worker holds any more runs out of its lease.
    Killed on the way it can be run again: the epoch is written last.
    """
    if not doubts().has_to_be_decided:
        return None
    upstairs = {name: deed() for name, deed in _upstairs.items()}
    running = Series.objects.running()
    held = running.update(held_at=Now(), held_reason=HELD_REASON)
    uncertain = _doubt(posted_before) if as_uncertain else 0
    changes: dict[str, Any] = {"value": recognizing.held(), "database": recognizing.asked_anew(), "set_at": Now()}
    Epoch.objects.update_or_create(pk=1, defaults=changes)
    log.warning("reconciled", epoch=recognizing.held(), uncertain=uncertain, series_held=held, **upstairs)
    for queue in Queue:
        nudge(queue)
    return Reconciled(uncertain, held, upstairs)


def _doubt(posted_before: datetime | None) -> int:
    """Some thousands in a statement, so that nothing else waits for long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        before = posted_before or cursor.fetchone()[0]
        values = {"reason": REASON, "posted_before": before, "batch": BATCH}
        return sum(_doubt_those(cursor, _DOUBT.format(statuses=statuses), values) for statuses in _MAY_HAVE_LEFT)


def _doubt_those(cursor: CursorWrapper, statement: str, values: Mapping[str, Any]) -> int:
    total = 0
    while True:
        cursor.execute(statement, values)
        total += cursor.rowcount
        if cursor.rowcount < BATCH:
            return total
