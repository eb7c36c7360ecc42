"""Settling: writing down what became of the deliveries that a worker had in hand."""

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import Now

from campaign.delivery.models import CRASHES_ALLOWED, Delivery, DeliveryEvent, Scope, Status, Suppression
from campaign.delivery.models import SuppressionReason as Because
from campaign.delivery.recipes import Postponed, Withheld
from campaign.delivery.transport import Accepted, Fate, Outgoing, Refused, TryLater, Unsure

log = structlog.get_logger(__name__)
GIVE_UP_AFTER, LEAST_TRIES = timedelta(days=3), 5
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 4 * 3600
PAUSE_AFTER_A_CRASH_SECONDS = 30
SOMEBODY_DECIDED = "organizer: "

# `|| ''` as in promising: by the ids, whatever the planner believes of new rows.
# By key, and not over all that is under way: see promising.
_SETTLE = """
WITH told AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(statuses)s::text[], %(reasons)s::text[], %(pauses)s::float8[],
    %(crashes)s::int[], %(attempts)s::int[], %(news)s::bool[])
    AS t(id, status, reason, pause, crashes, attempts, is_news)
), moved AS (
  UPDATE delivery_delivery AS d SET status = told.status, reason = told.reason, crashes = told.crashes,
    attempts = told.attempts, lease_until = NULL,
    next_at = CASE WHEN pause IS NULL THEN d.next_at ELSE statement_timestamp() + pause * interval '1 second' END,
    finished_at = CASE WHEN pause IS NULL THEN statement_timestamp() END
  FROM told WHERE d.id = told.id AND d.status || '' IN ('claimed', 'handing_off') AND d.claimed_by = %(worker)s
  RETURNING d.id, d.status, d.reason, told.is_news
)
INSERT INTO delivery_deliveryevent (delivery_id, status, reason) SELECT id, status, reason FROM moved WHERE is_news
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a delivery goes from here. With a pause, in seconds, it waits and is due again after it."""

    delivery: Delivery
    status: Status
    reason: str
    pause: float | None = None
    crashes: int = 0
    attempts: int | None = None

    @property
    def is_news(self) -> bool:
        """What waits on for the reason it waited for already needs no event."""
        return self.status != Status.DEFERRED or self.delivery.reason != self.reason


def settle(worker: str, outcomes: Sequence[Outcome]) -> None:
    """Write all of it at once, events included. What somebody else moved meanwhile stays where it is."""
    if not outcomes:
        return
    values: dict[str, Any] = {
        "ids": [each.delivery.pk for each in outcomes],
        "statuses": [str(each.status) for each in outcomes],
        "reasons": [_kept(each.reason) for each in outcomes],
        "pauses": [each.pause for each in outcomes],
        "crashes": [each.crashes for each in outcomes],
        "attempts": [each.delivery.attempts if each.attempts is None else each.attempts for each in outcomes],
        "news": [each.is_news for each in outcomes],
        "worker": worker,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
    _tell(outcomes)


def _kept(reason: str) -> str:
    """A line that the database takes: what a provider said may hold NUL or half a character."""
    return "".join(each if each.isprintable() else "?" for each in reason[:80])


def _tell(outcomes: Sequence[Outcome]) -> None:
    """A line for each, but for those that went as they should: of those, how many."""
    accepted = [each for each in outcomes if each.status == Status.ACCEPTED]
    if len(accepted) == 1:
        log.info("delivery accepted", delivery=str(accepted[0].delivery.pk), recipe=accepted[0].delivery.recipe)
    elif accepted:
        log.info("deliveries accepted", count=len(accepted), first=str(accepted[0].delivery.pk))
    for each in outcomes:
        if each.status != Status.ACCEPTED:
            log.info("delivery " + each.status, delivery=str(each.delivery.pk), reason=each.reason[:80])


def not_now(delivery: Delivery, answer: Withheld | Postponed) -> Outcome:
    """What a recipe said instead of a mail."""
    if isinstance(answer, Withheld):
        return Outcome(delivery, Status.SUPPRESSED, answer.reason)
    return Outcome(delivery, Status.DEFERRED, answer.reason, pause=answer.minutes * 60)


def capped(delivery: Delivery, seconds: float | None) -> Outcome:
    """Over one confirmation a day it waits for the day to pass; over three without a click (None) it never goes."""
    if seconds is None:
        return Outcome(delivery, Status.SUPPRESSED, "capped")
    return Outcome(delivery, Status.DEFERRED, "capped", pause=seconds, attempts=0)


def domain_pauses(delivery: Delivery, seconds: float) -> Outcome:
    """The receiving domain wants to be left alone; not all come back at the same moment."""
    return Outcome(delivery, Status.DEFERRED, "domain pauses", pause=seconds + random.uniform(1, 60))  # noqa: S311


def crashed(delivery: Delivery) -> Outcome:
    """Three crashes and the row is set aside for a person to look at; the rest flows."""
    crashes = delivery.crashes + 1
    if crashes >= CRASHES_ALLOWED:
        return Outcome(delivery, Status.DEAD, "crashed", crashes=crashes)
    return Outcome(delivery, Status.QUEUED, "crashed", pause=PAUSE_AFTER_A_CRASH_SECONDS, crashes=crashes)


def answered(window: Iterable[Outgoing], fates: "dict[uuid.UUID, Fate]") -> list[Outcome]:
    """What the server said of each. A mailbox that does not exist is suppressed."""
    put_off = [each.delivery.pk for each in window if isinstance(fates.get(each.delivery.pk), TryLater)]
    given_up = _too_long_put_off(put_off) if put_off else set()
    outcomes = []
    for each in window:
        fate = fates.get(each.delivery.pk)
        if fate is None:  # the lease will say so: nobody knows
            continue
        if isinstance(fate, Refused) and fate.bad_address:
            mailbox = each.mail.mailbox or each.delivery.mailbox
            Suppression.objects.add(mailbox, Scope.ALL, Because.BOUNCED, event=str(each.delivery.pk))
        outcomes.append(_outcome(each.delivery, fate, has_to_end=each.delivery.pk in given_up))
    return outcomes


def _outcome(delivery: Delivery, fate: Fate, *, has_to_end: bool) -> Outcome:
    if isinstance(fate, Accepted):
        return Outcome(delivery, Status.ACCEPTED, fate.words)
    if isinstance(fate, Unsure):
        return Outcome(delivery, Status.UNCERTAIN, str(fate))
    if isinstance(fate, Refused):
        return Outcome(delivery, Status.REFUSED, str(fate))
    return put_off(delivery, str(fate), has_to_end=has_to_end)


def put_off(delivery: Delivery, reason: str, *, has_to_end: bool = False) -> Outcome:
    """Back off with full jitter, up to twice as long each time."""
    if has_to_end:
        return Outcome(delivery, Status.REFUSED, f"gave up: {reason}")
    longest = min(LONGEST_PAUSE_SECONDS, 15 * 2 ** min(delivery.attempts, 12))
    pause = random.uniform(SHORTEST_PAUSE_SECONDS, longest)  # noqa: S311 - jitter, not a secret
    return Outcome(delivery, Status.DEFERRED, reason, pause=pause)


def _too_long_put_off(ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Three days after the server first heard of a mail it is refused, if it heard of it five times.

    Not three days after it was posted: a letter may have waited for weeks, and our own server may be down for long. Nor
    at the first word after a pause of days. Where a person sent it again, the days begin anew.
    """
    heard_of = DeliveryEvent.objects.filter(delivery__in=ids, status=Status.HANDING_OFF)
    decided = DeliveryEvent.objects.filter(
        delivery=OuterRef("delivery"), pk__gt=OuterRef("pk"), status=Status.QUEUED, reason__startswith=SOMEBODY_DECIDED
    )
    tries = heard_of.filter(~Exists(decided)).order_by().values("delivery").annotate(n=Count("pk"), first=Min("at"))
    long_ago = Now() - GIVE_UP_AFTER
    return set(tries.filter(n__gte=LEAST_TRIES, first__lt=long_ago).values_list("delivery", flat=True))
