"""Delivery and its events: what is to be mailed, and what became of it."""

import hmac
import re
import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.delivery.models.series import Series
from campaign.lib import tokens


class Kind(models.IntegerChoices):
    """What kind of mail it is. The lower number goes first."""

    CONFIRMATION = 1
    RECEIPT = 2
    LETTER = 3
    MAILING = 4


def kinds() -> list[tuple[int, str]]:
    """As a callable, so that a new one makes no migration."""
    return Kind.choices


class Queue(models.TextChoices):
    """The queues of the mailroom, the first before the last: a mailing never delays a confirmation."""

    CONFIRM = "confirm", _("Confirmations and receipts")
    LETTERS = "letters", _("Letters to offices")
    MAILINGS = "mailings", _("Mailings")

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What stands in it."""
        return KINDS[self]


KINDS: dict[str, tuple[Kind, ...]] = {
    Queue.CONFIRM: (Kind.CONFIRMATION, Kind.RECEIPT),
    Queue.LETTERS: (Kind.LETTER,),
    Queue.MAILINGS: (Kind.MAILING,),
}


def queue_of(kind: int) -> Queue:
    """Where mail of this kind stands."""
    return next(queue for queue in Queue if kind in queue.kinds)


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


class Reported(models.TextChoices):
    """What somebody told us of a mail after it was handed over: django-anymail's words with its meanings.

    In the order of what outweighs what: a report never takes back a later one.
    """

    NOTHING = "", ""
    SENT = "sent", _("sent on")
    DEFERRED = "deferred", _("deferred")
    DELIVERED = "delivered", _("delivered")
    BOUNCED = "bounced", _("bounced")
    REJECTED = "rejected", _("rejected")
    FAILED = "failed", _("failed")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    COMPLAINED = "complained", _("complained")


def reports() -> list[tuple[str, str | Promise]]:
    """As a callable, so that a new one makes no migration."""
    return list(Reported.choices)


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

    def standing_in(self, queue: Queue) -> Self:
        """Of one queue."""
        return self.filter(kind__in=queue.kinds)

    def of_return_path(self, address: str) -> "Delivery | None":
        """The delivery that an envelope sender of ours names; None for any other address, and for a forged one."""
        found = _RETURN_PATH.fullmatch(address.strip().lower())
        if found is None or not hmac.compare_digest(_seal(found["id"]), found["seal"]):
            return None
        return self.filter(pk=uuid.UUID(hex=found["id"])).first()

    def of_message_id(self, message_id: str) -> "Delivery | None":
        """The delivery that carried this Message-ID; None for one that isn't ours. It proves nothing: see reporting."""
        found = _MESSAGE_ID.fullmatch(message_id.strip().lower())
        if found is None or found["domain"] != settings.MAIL_DOMAIN.lower():
            return None
        return self.filter(pk=uuid.UUID(hex=found["id"])).first()

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


def _seal(delivery: str) -> str:
    return tokens.signed("return-path", delivery).rpartition("~")[2][:16].lower()


_RETURN_PATH = re.compile(r"<?bounces\+(?P<id>[0-9a-f]{32})\.(?P<seal>[0-9a-z_-]{16})@[^@\s<>]+>?")
_MESSAGE_ID = re.compile(r"<?(?P<id>[0-9a-f]{32})@(?P<domain>[^@\s<>]+)>?")


class Delivery(models.Model):
    """One piece of mail to one address. It holds no text and no address: the recipe finds both when the mail leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120)
    kind = models.PositiveSmallIntegerField(choices=kinds)
    recipe = models.CharField(max_length=40)
    about = models.JSONField(default=dict)
    mailbox = models.UUIDField()
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="deliveries"
    )
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
    reported = models.CharField(max_length=12, choices=reports, default="", db_default="", blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="a_delivery_is_posted_once"),
            models.CheckConstraint(
                condition=Q(kind=Kind.MAILING, series__isnull=False) | (~Q(kind=Kind.MAILING) & Q(series=None)),
                name="a_mailings_mail_belongs_to_a_series",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "next_at"], condition=Q(status__in=WAITING), name="deliveries_waiting"),
            models.Index(fields=["lease_until"], condition=Q(status__in=UNDER_WAY), name="deliveries_under_way"),
            models.Index(
                fields=["series", "next_at"],
                condition=Q(status__in=WAITING, series__isnull=False),
                name="deliveries_waiting_in_series",
            ),
            models.Index(
                fields=["series", "handed_off_at", "status", "reported"],
                condition=Q(series__isnull=False),
                name="deliveries_of_a_series",
            ),
            models.Index(
                fields=["kind", "handed_off_at"],
                condition=Q(series=None, handed_off_at__isnull=False),
                name="deliveries_that_left_alone",
            ),
            models.Index(fields=["mailbox"], name="deliveries_of_a_mailbox"),
            models.Index(fields=["status"], condition=Q(status__in=TO_LOOK_AT), name="deliveries_to_look_at"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.id} ({self.status})"

    @property
    def queue(self) -> Queue:
        """Where it stands."""
        return queue_of(self.kind)

    @property
    def message_id(self) -> str:
        """Made once: the same delivery carries the same Message-ID however often it is tried."""
        return f"<{self.id.hex}@{settings.MAIL_DOMAIN}>"

    @property
    def return_path(self) -> str:
        """The envelope sender: it names the delivery and can't be forged (VERP)."""
        return f"bounces+{self.id.hex}.{_seal(self.id.hex)}@{settings.MAIL_DOMAIN}"

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
