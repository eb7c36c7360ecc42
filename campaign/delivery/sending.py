"""Sending: claim, ask the recipe, promise, hand over, write down what the server said."""

import os
import random
import socket
import time
import uuid
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from campaign.delivery import recipes
from campaign.delivery.models import (
    CRASHES_ALLOWED,
    LEASE,
    Delivery,
    MailboxCap,
    Scope,
    Status,
    Suppression,
    SuppressionReason,
)
from campaign.delivery.recipes import Mail, Postponed, Withheld
from campaign.delivery.transport import Refused, Transport, TryLater, Unsure

log = structlog.get_logger(__name__)
BATCH = 50
# A batch that met a slow server gives the rest back: what is claimed never outlives its lease or the task's time, and a
# worker that is asked to stop has finished soon.
LONGEST_BATCH_SECONDS = 20.0
GIVE_UP_AFTER = timedelta(days=3)
LONGEST_PAUSE_SECONDS = 4 * 3600


def send_due() -> int:
    """Send one batch of what is due; how many were taken.

    A second worker at the same moment takes other rows. A worker that dies leaves rows that the sweeper finds; one that
    is stopped, or has no more time, gives back what it did not begin.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}:{time.monotonic_ns()}"
    try:
        return _send_batch(worker)
    finally:
        Delivery.objects.give_back(worker)


def _send_batch(worker: str) -> int:
    taken, until = 0, time.monotonic() + LONGEST_BATCH_SECONDS
    with Transport() as transport:
        for delivery in Delivery.objects.claim(worker, BATCH):
            if time.monotonic() > until:
                return taken
            _send(delivery, transport)
            taken += 1
        while taken < BATCH and time.monotonic() < until and (suspects := Delivery.objects.claim_suspect(worker)):
            _send(suspects[0], transport)
            taken += 1
    return taken


def _send(delivery: Delivery, transport: Transport) -> None:
    """One delivery, from claimed to wherever it gets. A fault of ours counts as a crash and never stops the others."""
    try:
        mail = recipes.follow(delivery)
        if isinstance(mail, Withheld):
            _finish(delivery, Status.SUPPRESSED, mail.reason)
        elif isinstance(mail, Postponed):
            again_at = Now() + timedelta(minutes=mail.minutes)
            is_news = delivery.reason != mail.reason
            changes = {"next_at": again_at, "lease_until": None, "crashes": 0}
            delivery.move(Status.DEFERRED, reason=mail.reason, is_news=is_news, **changes)
        else:
            _hand_over(delivery, mail, transport)
    except Exception:
        log.exception("a delivery failed", delivery=str(delivery.pk), recipe=delivery.recipe)
        # After the promise only the end of the lease may say what became of it: uncertain.
        delivery.refresh_from_db(fields=["status"])  # a promise that failed was rolled back
        if delivery.status == Status.CLAIMED:
            _crashed(delivery)


def _hand_over(delivery: Delivery, mail: Mail, transport: Transport) -> None:
    """Promise, then give it to the server, and write down the server's word."""
    try:
        transport.ready()
        if _promise(delivery, mail):
            _finish(delivery, Status.ACCEPTED, transport.hand_over(delivery, mail))
    except TryLater as error:
        _defer(delivery, str(error))
    except Refused as error:
        if error.bad_address:
            Suppression.objects.add(mail.mailbox or delivery.mailbox, Scope.ALL, SuppressionReason.BOUNCED)
        _finish(delivery, Status.REFUSED, str(error))
    except Unsure as error:
        _finish(delivery, Status.UNCERTAIN, str(error))


def _promise(delivery: Delivery, mail: Mail) -> bool:
    """Commit `handing_off` before the text leaves, after a last look at suppressions and caps; False if it must not."""
    with transaction.atomic():
        stopped = Suppression.objects.stopping(mail.mailbox or delivery.mailbox, mail.scope).first()
        if stopped is not None:
            _finish(delivery, Status.SUPPRESSED, stopped.reason)
            return False
        if mail.cap is not None and not MailboxCap.objects.take(mail.cap, delivery.pk):
            _capped(delivery, mail.cap)
            return False
        return delivery.move(Status.HANDING_OFF, handed_off_at=Now(), lease_until=Now() + LEASE)


def _capped(delivery: Delivery, cap: uuid.UUID) -> None:
    """Over one a day: it waits for the day to pass. Over three without a click: never."""
    opens_at = MailboxCap.objects.opens_at(cap)
    if opens_at is None:
        _finish(delivery, Status.SUPPRESSED, "capped")
    else:
        delivery.move(Status.DEFERRED, reason="capped", next_at=opens_at, lease_until=None, attempts=0)


def _finish(delivery: Delivery, status: Status, reason: str) -> None:
    delivery.move(status, reason=reason[:80], finished_at=Now(), lease_until=None)
    log.info("delivery " + status, delivery=str(delivery.pk), recipe=delivery.recipe, reason=reason[:80])


def _defer(delivery: Delivery, reason: str) -> None:
    """Back off with full jitter, twice as long each time; three days after the server first heard of it it is refused.

    Not three days after it was posted: a letter may have waited for weeks, and our own server may be down for long.
    """
    if delivery.events.filter(status=Status.HANDING_OFF, at__lt=Now() - GIVE_UP_AFTER).exists():
        _finish(delivery, Status.REFUSED, f"gave up: {reason}")
        return
    longest = min(LONGEST_PAUSE_SECONDS, 15 * 2 ** min(delivery.attempts, 12))
    pause = timedelta(seconds=random.uniform(5, longest))  # noqa: S311 - jitter, not a secret
    delivery.move(Status.DEFERRED, reason=reason[:80], next_at=Now() + pause, lease_until=None, crashes=0)
    log.info("delivery deferred", delivery=str(delivery.pk), reason=reason[:80], attempts=delivery.attempts)


def _crashed(delivery: Delivery) -> None:
    """Three crashes and the row is set aside for a person to look at; the rest flows."""
    if delivery.crashes + 1 >= CRASHES_ALLOWED:
        delivery.move(Status.DEAD, reason="crashed", crashes=F("crashes") + 1, finished_at=Now(), lease_until=None)
        return
    delivery.move(
        Status.QUEUED,
        reason="crashed",
        crashes=F("crashes") + 1,
        next_at=Now() + timedelta(seconds=30),
        lease_until=None,
    )
