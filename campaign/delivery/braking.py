"""Braking: what slows mail down or stops it, for all workers at once: holds, breakers, buckets and the epoch."""

from django.db import connection

from campaign.delivery import recognizing
from campaign.delivery.breaking import (
    forget_old as forget_old,
)
from campaign.delivery.breaking import (
    heard as heard,
)
from campaign.delivery.breaking import (
    paused_domains as paused_domains,
)
from campaign.delivery.breaking import (
    relay_subject,
    try_once,
)
from campaign.delivery.metering import allowance as allowance
from campaign.delivery.models import Queue, QueueHold

QUEUE_HELD, WRONG_EPOCH, RELAY_DOWN = "queue held", "wrong epoch", "relay is down"

_LOOK = """
SELECT (SELECT value FROM delivery_epoch WHERE id = 1), (SELECT database FROM delivery_epoch WHERE id = 1),
  EXISTS (SELECT 1 FROM delivery_queuehold WHERE queue = %s),
  (SELECT open_until > statement_timestamp() FROM delivery_breaker WHERE subject = %s)
"""


def stopped(queue: Queue) -> str:
    """Why nothing of this queue may leave now; empty where it may. One query.

    Once a relay's pause is over, the first worker to ask that has something to send may, and the others wait for what
    it finds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [queue.value, relay_subject()])
        value, database, is_held, is_open = cursor.fetchone()
    if not recognizing.may_send(value, database):
        return WRONG_EPOCH
    if is_held:
        return QUEUE_HELD
    if is_open or (is_open is False and not try_once(queue)):
        return RELAY_DOWN
    return ""


def hold(queue: Queue, by: str) -> bool:
    """Nothing of this queue leaves until it is resumed. Held already: False, and the first hold stays.

    `by` says who, as an id. What a worker is handing over at this moment still leaves. Whoever holds and resumes for a
    person does it by `pausing`.
    """
    return QueueHold.objects.get_or_create(pk=queue.value, defaults={"held_by": by[:40]})[1]


def resume(queue: Queue) -> bool:
    """What waits in this queue may leave. The second time: False."""
    return bool(QueueHold.objects.filter(pk=queue.value).delete()[0])
