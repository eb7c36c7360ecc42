"""Workers with a fault planted in them, for the tests of the tests: `celery -A tests.chaos.planted worker`.

PLANTED=send_then_mark gives mail to the server without a promise, so that a killed worker leaves it waiting.
PLANTED=mark_then_send writes `accepted` before the server has anything.
"""

import os
from collections.abc import Sequence

from celery import signals

from campaign.celery import app as app


@signals.worker_process_init.connect
def _plant(**_: object) -> None:
    """In each child of the pool, when Django is ready."""
    from campaign.delivery import sending
    from campaign.delivery.models import Delivery, Queue, Status
    from campaign.delivery.transport import Outgoing

    promise = sending.promise

    def send_then_mark(queue: Queue, worker: str, window: Sequence[Outgoing]) -> list[Outgoing]:
        return list(window)

    def mark_then_send(queue: Queue, worker: str, window: Sequence[Outgoing]) -> list[Outgoing]:
        promised = promise(queue, worker, window)
        ids = [each.delivery.pk for each in promised]
        Delivery.objects.filter(pk__in=ids).update(status=Status.ACCEPTED, lease_until=None)
        return promised

    sending.promise = {"send_then_mark": send_then_mark, "mark_then_send": mark_then_send}[os.environ["PLANTED"]]
