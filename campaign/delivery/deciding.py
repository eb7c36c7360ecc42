"""Deciding about mail that needs a look: what is uncertain may have arrived, what is dead took its worker down.

A decision moves a row only from where it stood when somebody looked. What a report settled meanwhile stays settled.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet, TextChoices

from campaign.delivery.models import Delivery, Queue, Series, Status, queue_of
from campaign.delivery.posting import nudge
from campaign.delivery.settling import SOMEBODY_DECIDED

log = structlog.get_logger(__name__)
MOST_AT_ONCE = 1_000


class Decision(TextChoices):
    """What a person may decide."""

    ARRIVED = "arrived"
    SEND_AGAIN = "send_again"
    TRY_AGAIN = "try_again"
    LET_GO = "let_go"


@dataclass(frozen=True)
class Step:
    """From where to where a decision moves a row, and the reason that its event keeps."""

    before: Status
    after: Status
    reason: str


STEPS = {
    Decision.ARRIVED: Step(Status.UNCERTAIN, Status.ACCEPTED, SOMEBODY_DECIDED + "arrived"),
    Decision.SEND_AGAIN: Step(Status.UNCERTAIN, Status.QUEUED, SOMEBODY_DECIDED + "send again"),
    Decision.TRY_AGAIN: Step(Status.DEAD, Status.QUEUED, SOMEBODY_DECIDED + "try again"),
    Decision.LET_GO: Step(Status.DEAD, Status.SUPPRESSED, SOMEBODY_DECIDED + "let go"),
}

# What waits again begins anew, but for one thing: where a worker may have died of it, it goes alone and takes nothing
# else down.
_MOVE = """
WITH moved AS (
  UPDATE delivery_delivery SET status = %(after)s, reason = %(reason)s, claimed_by = '', lease_until = NULL,
    crashes = CASE WHEN %(after)s = 'queued' THEN least(crashes, 1) ELSE crashes END,
    attempts = CASE WHEN %(after)s = 'queued' THEN 0 ELSE attempts END,
    next_at = CASE WHEN %(after)s = 'queued' THEN statement_timestamp() ELSE next_at END,
    finished_at = CASE WHEN %(after)s = 'queued' THEN NULL ELSE statement_timestamp() END
  WHERE id = ANY(%(ids)s) AND status = %(before)s
  RETURNING id, kind, series_id
), told AS (
  INSERT INTO delivery_deliveryevent (delivery_id, status, reason, at)
  SELECT id, %(after)s, %(reason)s, statement_timestamp() FROM moved
)
SELECT id, kind, series_id FROM moved
"""


@dataclass(frozen=True)
class Group:
    """Mail of one queue that needs the same look, for the same reason."""

    status: Status
    queue: Queue
    reason: str

    def deliveries(self) -> QuerySet[Delivery]:
        """The rows, the oldest first."""
        rows = Delivery.objects.filter(status=self.status, reason=self.reason).standing_in(self.queue)
        return rows.order_by("created_at", "pk")


def possible(status: str) -> list[Decision]:
    """What may be decided about mail that stands so."""
    return [decision for decision, step in STEPS.items() if step.before == status]


def decide(delivery: uuid.UUID, decision: Decision, by: str) -> bool:
    """One delivery. False where somebody or a report was faster: nothing changed. `by` is an id, never an address.

    Mail that is sent again is asked once more whether it may leave at all: suppressed or withdrawn it does not.
    """
    return bool(_decide([delivery], decision, by))


def decide_all(group: Group, decision: Decision, by: str) -> int:
    """The oldest thousand of a group; how many. Done again it goes on with the next ones."""
    if STEPS[decision].before != group.status:
        return 0
    with transaction.atomic():
        chosen = group.deliveries().select_for_update(skip_locked=True).values_list("pk", flat=True)
        return _decide(list(chosen[:MOST_AT_ONCE]), decision, by)


def _decide(deliveries: Sequence[uuid.UUID], decision: Decision, by: str) -> int:
    step = STEPS[decision]
    values: dict[str, Any] = {
        "ids": list(deliveries),
        "before": step.before.value,
        "after": step.after.value,
        "reason": step.reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        moved = cursor.fetchall()
    if moved:
        log.warning("decided about mail", decision=decision.value, by=by, deliveries=len(moved), first=str(moved[0][0]))
    Series.objects.recount({series for _pk, _kind, series in moved if series})
    if step.after is Status.QUEUED:
        for queue in {queue_of(kind) for _pk, kind, _series in moved}:
            transaction.on_commit(lambda queue=queue: nudge(queue))  # type: ignore[misc]
    return len(moved)
