"""Delivery, its events, Suppression and MailboxCap: what is to be mailed, what became of it, whom we must not mail."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils import timezone

from campaign.lib import tokens


class Kind(models.IntegerChoices):
    """The queue a delivery stands in. The lower number goes first."""

    CONFIRMATION = 1
    RECEIPT = 2
    LETTER = 3


def kinds() -> list[tuple[int, str]]:
    """As a callable, so that a new one makes no migration."""
    return Kind.choices


class Status(models.TextChoices):
    """The fate of a delivery. `uncertain` may have arrived: it is never sent again blindly."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDING_OFF = "handing_off"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"
    DEAD = "dead"


def statuses() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return Status.choices


LEASE = timedelta(minutes=4)
CRASHES_ALLOWED = 3
WAITING = (Status.QUEUED, Status.DEFERRED)
UNDER_WAY = (Status.CLAIMED, Status.HANDING_OFF)
TO_LOOK_AT = (Status.UNCERTAIN, Status.DEAD)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Many deliveries."""

    def due(self) -> Self:
        """Waiting, and their time has come by the database's clock."""
        return self.filter(status__in=WAITING, next_at__lte=Now())

    def claim(self, worker: str, most: int) -> list["Delivery"]:
        """Take up to `most` due rows that never met a crash. A row that another worker holds is passed over."""
        return self._claim(self.due().filter(crashes=0), worker, most)

    def claim_suspect(self, worker: str) -> list["Delivery"]:
        """Take one due row that was in hand when a worker crashed: alone, so that it can take no other with it."""
        return self._claim(self.due().filter(crashes__gt=0), worker, 1)

    def give_back(self, worker: str) -> int:
        """What the worker holds and did not begin waits again, as if it had never been claimed. Twice is once."""
        unbegun = self.filter(status=Status.CLAIMED, claimed_by=worker)
        return unbegun.update(status=Status.QUEUED, claimed_by="", lease_until=None, attempts=F("attempts") - 1)

    def let_go(self) -> None:
        """What these were about is gone: those that wait never leave, and no key of theirs stops new mail."""
        self.filter(status__in=WAITING).update(
            status=Status.SUPPRESSED, reason="erased", finished_at=Now(), lease_until=None
        )
        self.update(key=Concat(Value("let go:"), Cast("pk", models.CharField())))

    def _claim(self, rows: "DeliveryQuerySet", worker: str, most: int) -> list["Delivery"]:
        """The attempt is counted at the claim, so a row that kills its worker is counted too."""
        with transaction.atomic():
            due = rows.order_by("kind", "next_at").select_for_update(skip_locked=True)
            ids = list(due.values_list("pk", flat=True)[:most])
            self.filter(pk__in=ids).update(
                status=Status.CLAIMED, claimed_by=worker, lease_until=Now() + LEASE, attempts=F("attempts") + 1
            )
        return list(self.filter(pk__in=ids, claimed_by=worker).order_by("kind", "next_at"))


class Delivery(models.Model):
    """One piece of mail to one address. It holds no text and no address: the recipe finds both when the mail leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120)
    kind = models.PositiveSmallIntegerField(choices=kinds)
    recipe = models.CharField(max_length=40)
    about = models.JSONField(default=dict)
    mailbox = models.UUIDField()
    status = models.CharField(max_length=12, choices=statuses, default=Status.QUEUED, db_default=Status.QUEUED)
    reason = models.CharField(max_length=80, default="", db_default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    handed_off_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["key"], name="a_delivery_is_posted_once")]
        indexes = [
            models.Index(fields=["kind", "next_at"], condition=Q(status__in=WAITING), name="deliveries_waiting"),
            models.Index(fields=["lease_until"], condition=Q(status__in=UNDER_WAY), name="deliveries_under_way"),
            models.Index(fields=["mailbox"], name="deliveries_of_a_mailbox"),
            models.Index(fields=["status"], condition=Q(status__in=TO_LOOK_AT), name="deliveries_to_look_at"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.id} ({self.status})"

    @property
    def message_id(self) -> str:
        """Made once: the same delivery carries the same Message-ID however often it is tried."""
        return f"<{self.id.hex}@{settings.MAIL_DOMAIN}>"

    @property
    def return_path(self) -> str:
        """The envelope sender: it names the delivery and can't be forged (VERP)."""
        seal = tokens.signed("return-path", self.id.hex).rpartition("~")[2][:16].lower()
        return f"bounces+{self.id.hex}.{seal}@{settings.MAIL_DOMAIN}"

    def move(self, to: Status, *, reason: str = "", is_news: bool = True, **changes: Any) -> bool:
        """Go on from where this copy of the row stands; False where somebody else moved it. Writes the event.

        What waits on for the reason it waited for already is no news and needs no event.
        """
        moved = Delivery.objects.filter(pk=self.pk, status=self.status, claimed_by=self.claimed_by).update(
            status=to, reason=reason, **changes
        )
        if moved:
            self.status = to
            if is_news:
                DeliveryEvent.objects.create(delivery=self, status=to, reason=reason)
        return bool(moved)


class DeliveryEvent(models.Model):
    """A step in the fate of a delivery. The first, `queued`, is the row's own created_at."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=12, choices=statuses)
    reason = models.CharField(max_length=80, default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.status} {self.delivery_id}"


class Scope(models.TextChoices):
    """How much a suppression stops: everything, or what is sent on one organization's behalf to a list."""

    ALL = "all"
    UPDATES = "updates"


def scopes() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return Scope.choices


class SuppressionReason(models.TextChoices):
    """Why we must not mail an address."""

    UNSUBSCRIBED = "unsubscribed"
    NOT_ME = "not_me"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


def suppression_reasons() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return SuppressionReason.choices


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Many suppressions."""

    def standing(self) -> Self:
        """Those that have not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def stopping(self, mailbox: uuid.UUID, scope: Scope = Scope.ALL) -> Self:
        """What stops mail of this scope to this mailbox; a suppression of everything always does."""
        return self.standing().filter(mailbox=mailbox, scope__in={Scope.ALL, scope})

    def add(self, mailbox: uuid.UUID, scope: Scope, reason: SuppressionReason) -> None:
        """Stop mail to a mailbox. The second time keeps the first row, with its first reason and date.

        But what the owner stopped themselves and may lift, and what has expired, gives way to the new reason.
        """
        gives_way = Q(reason=SuppressionReason.UNSUBSCRIBED) | Q(expires_at__lte=Now())
        self.filter(gives_way, mailbox=mailbox, scope=scope).exclude(reason=reason, expires_at=None).update(
            reason=reason, expires_at=None, created_at=Now()
        )
        Suppression.objects.bulk_create(
            [Suppression(mailbox=mailbox, scope=scope, reason=reason)], ignore_conflicts=True
        )


class Suppression(models.Model):
    """A mailbox we must not mail, and why. It holds the keyed hash only, so it outlives the person's erasure."""

    mailbox = models.UUIDField()
    scope = models.CharField(max_length=10, choices=scopes)
    reason = models.CharField(max_length=12, choices=suppression_reasons)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "scope"], name="a_mailbox_is_suppressed_once_per_scope")
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.mailbox}"


UNANSWERED_ALLOWED = 3
BETWEEN_CONFIRMATIONS = timedelta(hours=24)


class MailboxCapQuerySet(models.QuerySet["MailboxCap"]):
    """Many caps."""

    def take(self, cap: uuid.UUID, delivery: uuid.UUID) -> bool:
        """Use up one confirmation for this mailbox; False over the cap. The same delivery takes only once."""
        _, made = self.get_or_create(pk=cap, defaults={"unanswered": 1, "delivery": delivery})
        if made:
            return True
        fresh = Q(unanswered__lt=UNANSWERED_ALLOWED) & (Q(last_at=None) | Q(last_at__lte=Now() - BETWEEN_CONFIRMATIONS))
        again = self.filter(pk=cap, delivery=delivery).exists()
        return again or bool(
            self.filter(fresh, pk=cap).update(unanswered=F("unanswered") + 1, last_at=Now(), delivery=delivery)
        )

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
