"""MailboxCap: how much a mailbox gets that never pressed a button."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

UNANSWERED_ALLOWED = 3
BETWEEN_CONFIRMATIONS = timedelta(hours=24)


class MailboxCapQuerySet(models.QuerySet["MailboxCap"]):
    """Many caps."""

    def take(self, cap: uuid.UUID, delivery: uuid.UUID) -> bool:
        """Use up one confirmation for this mailbox; False over the cap.

        The same delivery, tried again, takes only once; the day counts from its last try, which may be the one that
        arrives.
        """
        _, made = self.get_or_create(pk=cap, defaults={"unanswered": 1, "delivery": delivery})
        if made:
            return True
        fresh = Q(unanswered__lt=UNANSWERED_ALLOWED) & (Q(last_at=None) | Q(last_at__lte=Now() - BETWEEN_CONFIRMATIONS))
        if self.filter(pk=cap, delivery=delivery).update(last_at=Now()):
            return True
        taken = self.filter(fresh, pk=cap).update(unanswered=F("unanswered") + 1, last_at=Now(), delivery=delivery)
        return bool(taken)

    def opens_at(self, cap: uuid.UUID) -> datetime | None:
        """When the next confirmation may leave; None for never."""
        found = self.get(pk=cap)
        if found.unanswered >= UNANSWERED_ALLOWED:
            return None
        return (found.last_at or timezone.now()) + BETWEEN_CONFIRMATIONS

    def answer(self, cap: uuid.UUID) -> None:
        """The owner pressed the button: the cap begins anew."""
        self.filter(pk=cap).update(unanswered=0, last_at=None, delivery=None)


class MailboxCap(models.Model):
    """How many confirmations a mailbox got without a click: one in 24 hours and three ever, over all petitions."""

    id = models.UUIDField(primary_key=True, editable=False)
    unanswered = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(null=True, db_default=Now())
    delivery = models.UUIDField(null=True, blank=True)

    objects = MailboxCapQuerySet.as_manager()

    def __str__(self) -> str:
        return f"cap {self.id}"
