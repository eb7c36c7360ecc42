"""LetterTemplate, Letter and LetterDispatch: the words we offer, one constituent's letter to one seat, and its ways."""

import hashlib
import uuid
from datetime import datetime
from typing import NamedTuple, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Legislator, Seat
from campaign.lib import languages, text
from campaign.lib.sealing import SealedTextField
from campaign.petitions.models import Petition
from campaign.supporters.models import Supporter


class Hold(models.TextChoices):
    """Why a letter waits with us, in words for its sender."""

    SEAT_VACANT = "seat_vacant", _("It waits: the seat is vacant. It can go when a successor is sworn in.")
    TERM_ENDED = "term_ended", _("It waits: the senator's term has ended, and we don't know yet who holds the seat.")
    DATA_STALE = "data_stale", _("It waits: our list of senators is too old to be sure who holds the seat.")
    SUCCEEDED = (
        "succeeded",
        _("It waits for you: it names a senator who no longer holds the seat. Please read it again."),
    )


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    """Many letter templates."""

    def offered(self) -> Self:
        """Those a constituent may begin from."""
        return self.filter(retired_at=None)


class LetterTemplate(models.Model):
    """Words we offer to a constituent, in one tone and language. A letter keeps its own text."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="letter_templates")
    language = models.CharField(_("language"), max_length=5, choices=languages.offered, default="en")
    tone = models.CharField(_("tone"), max_length=80)
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("letter"), max_length=10_000)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "language", "tone"],
                condition=models.Q(retired_at=None),
                name="a_petition_offers_a_tone_once_per_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tone} ({self.language})"


def digest_of(subject: str, body: str) -> str:
    """What proves later which text a constituent sent."""
    return hashlib.sha256(f"{subject}\n\n{body}".encode()).hexdigest()


class LetterQuerySet(models.QuerySet["Letter"]):
    """Many letters."""

    def with_holders(self) -> Self:
        """With their seats and who holds them."""
        return self.prefetch_related(models.Prefetch("seat", Seat.objects.with_holders()))

    def of_supporter(self, supporter_id: uuid.UUID) -> Self:
        """One person's, oldest first, with all that their receipts need."""
        return (
            self.filter(supporter_id=supporter_id)
            .select_related("petition")
            .with_holders()
            .prefetch_related("dispatches__delivery__events", "dispatches__legislator")
            .order_by("written_at", "pk")
        )


class Letter(models.Model):
    """One constituent's letter to one seat about one petition: the exact text, its hash, and what they agreed to.

    When the constituent is erased the text goes and the hash stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="letters")
    supporter = models.ForeignKey(Supporter, on_delete=models.SET_NULL, null=True, related_name="letters")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="letters")
    template = models.ForeignKey(LetterTemplate, on_delete=models.SET_NULL, null=True, related_name="letters")
    language = models.CharField(max_length=5, default="en")
    subject = SealedTextField(null=True)
    body = SealedTextField(null=True)
    sha256 = models.CharField(max_length=64)
    wording = models.CharField(max_length=40)
    written_at = models.DateTimeField(db_default=Now())

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "supporter", "seat"], name="a_constituent_writes_to_a_seat_once_per_petition"
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.id}"

    @property
    def has_gone(self) -> bool:
        """Whether it is on its way or there: from then on its text can't be replaced."""
        return any(dispatch.has_gone for dispatch in self.dispatches.all())

    def names(self, legislator: Legislator) -> bool:
        """Whether its words name this person."""
        return text.speaks_of(f"{self.subject or ''} {self.body or ''}", legislator.family_name)

    def addressee(self, written_to: Legislator) -> Legislator | None:
        """Whose letter it is by now: of the seat's holder, unless its words name the one whom it was written to.

        None while we know of nobody who holds the seat.
        """
        holder = self.seat.holder
        return written_to if holder and holder != written_to and self.names(written_to) else holder


class ChannelName(models.TextChoices):
    """The ways to reach an office that exist so far."""

    EMAIL = "email", _("E-mail to the office")
    HANDOFF = "handoff", _("The office's own form")


def channel_names() -> list[tuple[str, str | Promise]]:
    """As a callable, so that a new one makes no migration."""
    return list(ChannelName.choices)


class Said(models.TextChoices):
    """What the constituent told us after using the office's own form."""

    SENT = "sent", _("I sent it")
    BROKEN = "broken", _("The form did not work")
    NOT_NOW = "not_now", _("Not now")


def answers() -> list[tuple[str, str | Promise]]:
    """As a callable, so that a new one makes no migration."""
    return list(Said.choices)


class Event(NamedTuple):
    """A line of a letter's receipt: when, and what is known. Never more than is known."""

    at: datetime
    sentence: str | Promise


_DELIVERY_SENTENCES: dict[str, str | Promise] = {
    Status.QUEUED: _("It waits to leave for the office's address."),
    Status.ACCEPTED: _("The mail server took it for the office's address."),
    Status.DEFERRED: _("It could not leave yet. We try again."),
    Status.REFUSED: _("The office's mail server refused it."),
    Status.SUPPRESSED: _("It was not sent."),
    Status.UNCERTAIN: _("We don't know whether it arrived. We look into it and do not send it twice."),
    Status.DEAD: _("Something on our side failed. We look into it."),
}
_SANDBOX_SENTENCES: dict[str, str | Promise] = {
    Status.QUEUED: _("It waits to leave for the demo's inbox; no Senate office gets it."),
    Status.ACCEPTED: _("The demo's inbox has it; no Senate office got it."),
}
_SAID_SENTENCES: dict[str, str | Promise] = {
    Said.SENT: _("You said that you sent it with the office's form."),
    Said.BROKEN: _("You said that the office's form did not work."),
    Said.NOT_NOW: _("You put it off."),
}


class LetterDispatch(models.Model):
    """One try to bring a letter to an office through one channel. The legislator is who held the seat then."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=10, choices=channel_names)
    legislator = models.ForeignKey(Legislator, on_delete=models.PROTECT, related_name="dispatches")
    delivery = models.OneToOneField(Delivery, on_delete=models.SET_NULL, null=True, related_name="letter_dispatch")
    is_sandbox = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    said = models.CharField(max_length=10, choices=answers, default="", blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "letter dispatches"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "channel"], name="a_letter_takes_a_channel_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of letter {self.letter_id}"

    @property
    def has_gone(self) -> bool:
        """On its way or there. A hand-off has gone when the constituent says so."""
        if self.channel == ChannelName.HANDOFF:
            return self.said == Said.SENT
        return not self.has_failed and not self.is_held

    @property
    def is_held(self) -> bool:
        """Posted, and held back by us: its text can still be replaced."""
        delivery = self.delivery
        return delivery is not None and delivery.status == Status.DEFERRED and delivery.reason in Hold.values

    @property
    def has_failed(self) -> bool:
        """The office's mail server refused it, or it was never handed over. Where nobody knows it has not failed."""
        return self.delivery is not None and self.delivery.status in {Status.REFUSED, Status.SUPPRESSED}

    def now_to(self, holder: Legislator | None) -> None:
        """It goes to whoever holds the seat by now, and its receipt says so. Twice is once; nobody changes nothing."""
        if holder and holder.pk != self.legislator_id:
            self.legislator = holder
            self.is_sandbox = self.channel == ChannelName.EMAIL and holder.office.is_sandbox
            self.save(update_fields=["legislator", "is_sandbox"])

    @property
    def waits_for_constituent(self) -> bool:
        """The text is ready and only they can send it."""
        return self.channel == ChannelName.HANDOFF and self.said != Said.SENT

    @property
    def events(self) -> list[Event]:
        """What happened, oldest first, in words that claim no more than is known."""
        if self.channel == ChannelName.HANDOFF:
            lines = [Event(self.created_at, _("Your text is ready for the office's own form."))]
            return lines + ([Event(self.said_at, _SAID_SENTENCES[self.said])] if self.said_at else [])
        told = self.delivery.events.all() if self.delivery is not None else []
        sentences = _DELIVERY_SENTENCES | (_SANDBOX_SENTENCES if self.is_sandbox else {})
        lines = [Event(self.created_at, sentences[Status.QUEUED])]
        for event in told:
            if event.reason in Hold.values:
                lines.append(Event(event.at, Hold(event.reason).label))
            elif event.status in sentences:
                lines.append(Event(event.at, sentences[event.status]))
        return lines
