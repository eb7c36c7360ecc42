"""Finding what the queue lost and what a dead worker left behind."""

import structlog
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now

from campaign.delivery.models import CRASHES_ALLOWED, Delivery, DeliveryEvent, Status
from campaign.lib.locks import Job, alone

log = structlog.get_logger(__name__)


@transaction.atomic
def sweep() -> bool:
    """Take back rows whose lease ran out; say whether anything is due.

    Before `handing_off` nothing can have arrived: the row waits again. During it nobody knows: uncertain.
    Running twice at once does it once.
    """
    if not alone(Job.SWEEPING):
        return False
    expired = Delivery.objects.filter(lease_until__lt=Now())
    _move(expired.filter(status=Status.CLAIMED, crashes__gte=CRASHES_ALLOWED - 1), Status.DEAD)
    _move(expired.filter(status=Status.CLAIMED), Status.QUEUED)
    _move(expired.filter(status=Status.HANDING_OFF), Status.UNCERTAIN)
    return Delivery.objects.due().exists()


def _move(rows: "models.QuerySet[Delivery]", to: Status) -> None:
    ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
    if not ids:
        return
    finished = {"finished_at": Now()} if to is not Status.QUEUED else {"next_at": Now()}
    Delivery.objects.filter(pk__in=ids).update(
        status=to, reason="lease ran out", claimed_by="", lease_until=None, crashes=F("crashes") + 1, **finished
    )
    DeliveryEvent.objects.bulk_create([DeliveryEvent(delivery_id=pk, status=to, reason="lease ran out") for pk in ids])
    log.warning("leases ran out", status=to, deliveries=len(ids))
