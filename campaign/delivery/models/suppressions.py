"""Suppression: whom we must not mail, how much of it, and why."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Scope(models.TextChoices):
    """How much a suppression stops: everything, all of the organization's updates, or those of one list."""

    ALL = "all"
    UPDATES = "updates"
    LIST = "list"


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


# A bounce is lifted by confirming again, an unsubscription by its owner's word, the others never.
_GIVES_WAY: dict[str, tuple[SuppressionReason, ...]] = {
    SuppressionReason.BOUNCED: (),
    SuppressionReason.UNSUBSCRIBED: (SuppressionReason.BOUNCED,),
    SuppressionReason.COMPLAINED: (SuppressionReason.BOUNCED, SuppressionReason.UNSUBSCRIBED),
    SuppressionReason.NOT_ME: (SuppressionReason.BOUNCED, SuppressionReason.UNSUBSCRIBED),
}


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Many suppressions."""

    def standing(self) -> Self:
        """Those that have not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def stopping(self, mailbox: uuid.UUID, scope: Scope = Scope.ALL, mailing_list: uuid.UUID | None = None) -> Self:
        """What stops mail of this scope to this mailbox; a suppression of everything always does.

        An update of a list is stopped by its list's suppression, by one of all updates, and by one of everything.
        """
        stops = Q(scope=Scope.ALL)
        if scope != Scope.ALL:
            stops |= Q(scope=Scope.UPDATES)
        if mailing_list is not None:
            stops |= Q(scope=Scope.LIST, mailing_list=mailing_list)
        return self.standing().filter(stops, mailbox=mailbox)

    def add(
        self,
        mailbox: uuid.UUID,
        scope: Scope,
        reason: SuppressionReason,
        *,
        mailing_list: uuid.UUID | None = None,
        event: str = "",
    ) -> None:
        """Stop mail to a mailbox. The second time keeps the first row, with its first reason and date.

        But what can be lifted more easily, and what has expired, gives way to the new reason: no complaint is forgotten
        because mail came back before it. `event` says what it rests on: a report's or a delivery's id.
        """
        new = Suppression(mailbox=mailbox, scope=scope, mailing_list=mailing_list, reason=reason, event=event)
        # First, because it waits for whoever writes the same row just now: then theirs is there to be outweighed.
        Suppression.objects.bulk_create([new], ignore_conflicts=True)
        gives_way = Q(reason__in=_GIVES_WAY[reason]) | Q(expires_at__lte=Now())
        same = self.filter(mailbox=mailbox, scope=scope, mailing_list=mailing_list)
        same.filter(gives_way).exclude(reason=reason, expires_at=None).update(
            reason=reason, event=event, expires_at=None, created_at=Now()
        )


class Suppression(models.Model):
    """A mailbox we must not mail, and why. It holds the keyed hash only, so it outlives the person's erasure."""

    mailbox = models.UUIDField()
    scope = models.CharField(max_length=10, choices=scopes)
    mailing_list = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=suppression_reasons)
    event = models.CharField(max_length=80, default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "scope"],
                condition=Q(mailing_list=None),
                name="a_mailbox_is_suppressed_once_per_wide_scope",
            ),
            models.UniqueConstraint(
                fields=["mailbox", "mailing_list"],
                condition=Q(mailing_list__isnull=False),
                name="a_mailbox_is_suppressed_once_per_list",
            ),
            models.CheckConstraint(
                condition=Q(scope=Scope.LIST, mailing_list__isnull=False)
                | (~Q(scope=Scope.LIST) & Q(mailing_list=None)),
                name="a_suppression_names_a_list_or_goes_beyond_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.mailbox}"
