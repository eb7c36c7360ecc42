"""Stopping mail, and letting it come again: only the mailbox's owner holds the link that does it.

A *list* is the updates of one petition, and its id is the petition's. The word in a link names the mailbox and, where
the mail was about a petition, its list. It needs no row and never expires: a link that stops mail has to work for as
long as the mail is kept. It shows nothing of a person and opens nothing else.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation

from campaign.delivery.models import Scope, Suppression, SuppressionReason
from campaign.lib import tokens
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Consent, Purpose

_PURPOSE, _OLD_PURPOSE = "mail preferences", "unsubscribe"
# As many bytes of a list's id as a word has room for: with the mailbox 48 characters, so that `unsubscribe+<word>`
# stays within the 64 that a local part may have.
_LIST_BYTES = 5
_NO_LIST = bytes(_LIST_BYTES)
NONE, AGAIN = "none", "again"


@dataclass(frozen=True)
class Holder:
    """Whose mail a link is about, and which list's mail it stood in, if it was about a petition."""

    mailbox: uuid.UUID
    petition: Petition | None = None

    @property
    def list_id(self) -> uuid.UUID | None:
        """The list's id."""
        return self.petition.pk if self.petition else None


# --- words, links and headers ----------------------------------------------------------------------------------------


def word_of(mailbox: uuid.UUID, list_id: uuid.UUID | None = None) -> str:
    """The signed word in links and addresses that stop mail: 48 letters and digits, whatever their case."""
    return tokens.sealed_word(_PURPOSE, mailbox.bytes + (list_id.bytes[:_LIST_BYTES] if list_id else _NO_LIST))


def holder_of(word: str) -> Holder | None:
    """Whom a word speaks for; None for a forged one. A list that is gone leaves all updates."""
    content = tokens.content_of(_PURPOSE, word)
    if content is None:
        return None
    mailbox, start = uuid.UUID(bytes=content[:16]), content[16:]
    if start == _NO_LIST:
        return Holder(mailbox)
    rest = 16 - _LIST_BYTES
    first, last = uuid.UUID(bytes=start + bytes(rest)), uuid.UUID(bytes=start + b"\xff" * rest)
    found = Petition.objects.with_texts().filter(pk__gte=first, pk__lte=last)[:2]
    return Holder(mailbox, found[0] if len(found) == 1 else None)


def word_of_old_link(token: str) -> str | None:
    """The word for a link of before (`/unsubscribe/...`); None for a forged one."""
    mailbox = tokens.unsigned(_OLD_PURPOSE, token)
    return word_of(uuid.UUID(hex=mailbox)) if mailbox else None


def preferences_link(mailbox: uuid.UUID, language: str, list_id: uuid.UUID | None = None) -> str:
    """The full address of the page that says what we hold and send, and stops it. In every mail to a supporter."""
    with translation.override(language):
        return settings.SITE_URL + reverse("public:mail_preferences", args=[word_of(mailbox, list_id)])


@dataclass(frozen=True, slots=True)
class WaysOut:
    """How somebody stops a mailing: the page for people, and the headers for mail programs."""

    url: str
    headers: dict[str, str]


def list_headers(petition: Petition, mailing_id: uuid.UUID, language: str) -> Callable[[uuid.UUID], WaysOut]:
    """For a mailing of this petition's list: the ways out of it for each mailbox.

    What is the same for all is put together once; what is asked for each costs some microseconds. The headers are those
    of RFC 2369, 2919 and 8058, and Feedback-ID.
    """
    with translation.override(language):
        before, after = (settings.SITE_URL + reverse("public:mail_preferences", args=["~"])).split("~")
    start, middle = f"<{settings.SITE_URL}/u/", ">, <mailto:unsubscribe+"
    end = f"@{settings.MAIL_DOMAIN}?subject=unsubscribe>"
    constant = {
        "List-ID": f"<{petition.slug}.updates.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{mailing_id.hex}:{petition.slug}:updates:{_sender_id()}",
    }

    def ways_out(mailbox: uuid.UUID) -> WaysOut:
        word = word_of(mailbox, petition.pk)
        headers = constant | {"List-Unsubscribe": f"{start}{word}{middle}{word}{end}"}
        return WaysOut(f"{before}{word}{after}", headers)

    return ways_out


def _sender_id() -> str:
    """The last field of Feedback-ID: always the same for one organization, 5 to 15 letters and digits."""
    for name in (settings.ORGANIZATION_NAME, settings.MAIL_DOMAIN):
        plain = re.sub(r"[^a-z0-9]", "", name.lower())[:15]
        if len(plain) >= 5:
            return plain
    return "twothirds"


# --- stopping --------------------------------------------------------------------------------------------------------


@transaction.atomic
def unsubscribe(mailbox: uuid.UUID, scope: Scope, list_id: uuid.UUID | None = None) -> None:
    """Stop one list, all updates, or everything. The second time changes nothing.

    Beyond one list the consents are taken back as well, with the moment kept.
    """
    Suppression.objects.add(mailbox, scope, SuppressionReason.UNSUBSCRIBED, mailing_list=list_id)
    if scope != Scope.LIST:
        Consent.objects.standing().filter(supporter_id=mailbox).update(withdrawn_at=Now())


def one_click(holder: Holder) -> None:
    """What a mail program's button does: the list stops; all updates, where the mail was of no list. Twice is once."""
    unsubscribe(holder.mailbox, Scope.LIST if holder.list_id else Scope.UPDATES, holder.list_id)


def stop_by_mail(word: str) -> bool:
    """Somebody wrote to `unsubscribe+<word>@...`: as if they had clicked. False for a forged word. Twice is once."""
    holder = holder_of(word)
    if holder is None:
        return False
    one_click(holder)
    return True


@transaction.atomic
def resubscribe(mailbox: uuid.UUID) -> None:
    """Lift what the owner stopped themselves. Bounces, complaints and "not me" stay. Twice is once."""
    _own(mailbox).delete()


@transaction.atomic
def choose(mailbox: uuid.UUID, choice: str, list_id: uuid.UUID | None = None) -> bool:
    """What the owner picks on a page. Anything else changes nothing: False. Twice is once.

    Stop a "list", all "updates" or "all"; "again" for the updates of a list that was stopped; "none" to be written to
    again. Going from everything to updates lets receipts come again; a wider stop is never lifted by a list's.
    """
    if choice in {Scope.LIST, AGAIN} and list_id is None:
        return False
    if choice == Scope.LIST:
        unsubscribe(mailbox, Scope.LIST, list_id)
    elif choice == AGAIN:
        _own(mailbox).filter(scope=Scope.LIST, mailing_list=list_id).delete()
    elif choice == Scope.ALL:
        unsubscribe(mailbox, Scope.ALL)
    elif choice == Scope.UPDATES:
        _own(mailbox).filter(scope=Scope.ALL).delete()
        unsubscribe(mailbox, Scope.UPDATES)
    elif choice == NONE:
        resubscribe(mailbox)
    else:
        return False
    return True


@transaction.atomic
def consent(mailbox: uuid.UUID, list_id: uuid.UUID, wording: str) -> None:
    """The owner ticked the box and confirmed it: what they stopped of these updates before gives way.

    The box says "about this petition": where all updates were stopped, those of the others stay so, one by one, even
    where the stop itself was lifted since, for the consent to them was taken back. Twice is once.
    """
    standing = Consent.objects.standing().filter(supporter_id=mailbox, purpose=Purpose.UPDATES)
    had_none = not standing.exists()
    Consent.objects.bulk_create(
        [Consent(supporter_id=mailbox, purpose=Purpose.UPDATES, wording=wording)], ignore_conflicts=True
    )
    if _own(mailbox).filter(scope=Scope.UPDATES).delete()[0] or had_none:
        for other in _once_asked_for(mailbox, but_for=list_id):
            Suppression.objects.add(mailbox, Scope.LIST, SuppressionReason.UNSUBSCRIBED, mailing_list=other)
    _own(mailbox).filter(scope=Scope.LIST, mailing_list=list_id).delete()


def _once_asked_for(mailbox: uuid.UUID, but_for: uuid.UUID) -> list[uuid.UUID]:
    """The other lists that were once asked for. What is not confirmed yet asks when it is."""
    asked = Signature.objects.filter(supporter_id=mailbox).exclude(updates_wording="").exclude(confirmed_at=None)
    return list(asked.exclude(petition=but_for).values_list("petition_id", flat=True))


def lift_bounce(mailbox: uuid.UUID) -> bool:
    """Mail arrived where it once came back, for its owner pressed the button in it. Nothing else is lifted."""
    return bool(Suppression.objects.filter(mailbox=mailbox, reason=SuppressionReason.BOUNCED).delete()[0])


def _own(mailbox: uuid.UUID) -> "QuerySet[Suppression]":
    return Suppression.objects.filter(mailbox=mailbox, reason=SuppressionReason.UNSUBSCRIBED)


# --- what stands -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListState:
    """A list that somebody asked for by signing its petition, and whether they stopped it."""

    petition: Petition
    is_stopped: bool


@dataclass(frozen=True)
class MailState:
    """What a mailbox gets: how much is stopped and why, whether its consent to updates stands, and its lists."""

    stopped: Scope | None
    reason: str
    takes_updates: bool
    lists: tuple[ListState, ...]

    @property
    def is_own_choice(self) -> bool:
        """Whether nothing but the owner's own word stops anything: then they can take it back."""
        return self.reason in {"", SuppressionReason.UNSUBSCRIBED}


def state_of(mailbox: uuid.UUID) -> MailState:
    """What the mailbox gets now. Where the consent was taken back updates are stopped, whatever was lifted since."""
    rows = list(Suppression.objects.standing().filter(mailbox=mailbox))
    stopped_lists = {row.mailing_list for row in rows}
    wide = {row.scope: row.reason for row in rows if row.scope != Scope.LIST}
    scope = Scope.ALL if Scope.ALL in wide else Scope.UPDATES if wide else None
    consents = Consent.objects.filter(supporter_id=mailbox, purpose=Purpose.UPDATES)
    taken_back = list(consents.values_list("withdrawn_at", flat=True))
    takes_updates = None in taken_back
    petitions = _with_updates(mailbox) if takes_updates and not wide else []
    lists = tuple(ListState(petition, petition.pk in stopped_lists) for petition in petitions)
    reason = wide[scope] if scope else ""
    if scope is None and taken_back and not takes_updates:
        scope = Scope.UPDATES
    return MailState(scope, reason, takes_updates, lists)


def _with_updates(mailbox: uuid.UUID) -> list[Petition]:
    """The petitions that were signed with the box ticked."""
    signed = Signature.objects.confirmed().filter(supporter_id=mailbox).exclude(updates_wording="")
    return list(Petition.objects.with_texts().filter(signatures__in=signed).order_by("created_at"))


def stopped(mailbox: uuid.UUID) -> Scope | None:
    """How much mail the mailbox has stopped: everything, all updates, or nothing beyond single lists (None)."""
    scopes = Suppression.objects.standing().filter(mailbox=mailbox).exclude(scope=Scope.LIST)
    found = set(scopes.values_list("scope", flat=True))
    if Scope.ALL in found:
        return Scope.ALL
    return Scope.UPDATES if found else None


def has_bounced(mailbox: uuid.UUID) -> bool:
    """Whether we stopped because mail came back."""
    return Suppression.objects.standing().filter(mailbox=mailbox, reason=SuppressionReason.BOUNCED).exists()
