"""Stopping mail, and letting it come again: only the mailbox's owner holds the link that does it."""

import uuid

from django.db import transaction
from django.db.models.functions import Now

from campaign.delivery.models import Scope, Suppression, SuppressionReason
from campaign.lib import tokens
from campaign.supporters.models import Consent

_PURPOSE = "unsubscribe"


def link_token(mailbox: uuid.UUID) -> str:
    """The signed word in unsubscribe links. It needs no row, so it works as long as the mail is kept."""
    return tokens.signed(_PURPOSE, mailbox.hex)


def mailbox_of(token: str) -> uuid.UUID | None:
    """The mailbox a link speaks for; None for a forged one."""
    word = tokens.unsigned(_PURPOSE, token)
    return uuid.UUID(hex=word) if word else None


@transaction.atomic
def unsubscribe(mailbox: uuid.UUID, scope: Scope) -> None:
    """Stop updates, or everything. Consents are taken back with the moment kept. The second time changes nothing."""
    Suppression.objects.add(mailbox, scope, SuppressionReason.UNSUBSCRIBED)
    Consent.objects.standing().filter(supporter_id=mailbox).update(withdrawn_at=Now())


@transaction.atomic
def resubscribe(mailbox: uuid.UUID) -> None:
    """Lift what the owner stopped themselves. Bounces, complaints and "not me" stay. Twice is once."""
    Suppression.objects.filter(mailbox=mailbox, reason=SuppressionReason.UNSUBSCRIBED).delete()


@transaction.atomic
def choose(mailbox: uuid.UUID, choice: str) -> bool:
    """What the owner picks on a page: stop "updates", stop "all", or "none" to be written to again.

    Anything else changes nothing: False. Twice is once; going from everything to updates lets receipts come again.
    """
    if choice not in {"none", *Scope.values}:
        return False
    if choice != Scope.ALL:
        resubscribe(mailbox)
    if choice != "none":
        unsubscribe(mailbox, Scope(choice))
    return True


def stopped(mailbox: uuid.UUID) -> Scope | None:
    """How much mail the mailbox has stopped: everything, updates, or nothing (None)."""
    scopes = set(Suppression.objects.standing().filter(mailbox=mailbox).values_list("scope", flat=True))
    if Scope.ALL in scopes:
        return Scope.ALL
    return Scope.UPDATES if scopes else None
