"""Finding what the queue lost, what a dead worker left behind, and what nobody wants to send any more."""

import time

import structlog
from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.functions import Now

from campaign.delivery import braking, reporting
from campaign.delivery.models import CRASHES_ALLOWED, Delivery, DeliveryEvent, Queue, Status
from campaign.lib.locks import Job, alone

log = structlog.get_logger(__name__)
BATCH = 1000
# Of a cancelled mailing so many rows are let go at each step, and so long: the worker that does it has other things to
# do.
BATCH_OF_LET_GO, SECONDS_OF_LET_GO = 10_000, 2.0

# The series first: to look for it from the rows would be to look at all that waits. In their order, so by the index.
_LET_GO = """
WITH ended AS MATERIALIZED (
  SELECT id FROM delivery_series AS s WHERE ended_at IS NOT NULL AND (
    SELECT min(next_at) FROM delivery_delivery WHERE series_id = s.id AND status IN ('queued', 'deferred')
  ) IS NOT NULL LIMIT 1
), waiting AS MATERIALIZED (
  SELECT id FROM delivery_delivery WHERE series_id = (SELECT id FROM ended) AND status IN ('queued', 'deferred')
  ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE delivery_delivery AS d SET status = 'suppressed', reason = 'cancelled', lease_until = NULL,
  finished_at = statement_timestamp()
FROM waiting WHERE d.id = waiting.id
"""


def sweep() -> list[Queue]:
    """Take back rows whose lease ran out, let go of what its series ended; in which queues something is due.

    Before `handing_off` nothing can have arrived: the row waits again. During it nobody knows: uncertain, unless the
    other side reported meanwhile that it had the mail. Running twice at once does it once.
    """
    due = _sweep()
    until = time.monotonic() + SECONDS_OF_LET_GO
    while _let_go_of_ended() and time.monotonic() < until:
        pass
    braking.forget_old()
    return due


@transaction.atomic
def _sweep() -> list[Queue]:
    if not alone(Job.SWEEPING):
        return []
    expired = Delivery.objects.filter(lease_until__lt=Now())
    _move(expired.filter(status=Status.CLAIMED, crashes__gte=CRASHES_ALLOWED - 1), Status.DEAD)
    _move(expired.filter(status=Status.CLAIMED), Status.QUEUED)
    _move(expired.filter(status=Status.HANDING_OFF), Status.UNCERTAIN)
    reporting.reconcile()
    return [queue for queue in Queue if Delivery.objects.due().standing_in(queue).exists()]


def _move(rows: "models.QuerySet[Delivery]", to: Status) -> None:
    ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return
    finished = {"finished_at": Now()} if to is not Status.QUEUED else {"next_at": Now()}
    Delivery.objects.filter(pk__in=ids).update(
        status=to, reason="lease ran out", claimed_by="", lease_until=None, crashes=F("crashes") + 1, **finished
    )
    DeliveryEvent.objects.bulk_create([DeliveryEvent(delivery_id=pk, status=to, reason="lease ran out") for pk in ids])
    log.warning("leases ran out", status=to, deliveries=len(ids))


@transaction.atomic
def _let_go_of_ended() -> bool:
    """What waits in a cancelled series never leaves; some thousands at a time. Says whether there may be more."""
    if not alone(Job.LETTING_GO):
        return False
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [BATCH_OF_LET_GO])
        return cursor.rowcount > 0
