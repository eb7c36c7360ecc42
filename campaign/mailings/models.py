"""Mailing, its versions and its batches: an organizer's update to many supporters."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.delivery.models import Series
from campaign.lib import languages
from campaign.organizers.models import Organizer
from campaign.partners.models import Partner
from campaign.petitions.models import Petition

LONGEST_SUBJECT, LONGEST_BODY = 160, 20_000
MOST_PER_CENT = 50


class Wrote(models.TextChoices):
    """Whom a mailing goes to, by whether they wrote a letter under its petition."""

    EITHER = "", _("everybody, with or without a letter")
    WROTE = "wrote", _("only those who wrote a letter")
    DID_NOT = "did_not", _("only those who wrote no letter yet")


def either_way() -> list[tuple[str, str | Promise]]:
    """As a callable, so that a new one makes no migration."""
    return list(Wrote.choices)


class Stage(models.TextChoices):
    """Where a mailing stands: its `status`."""

    DRAFT = "draft", _("draft")
    ASKED = "asked", _("waits for approval")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    RUNNING = "running", _("running")
    DECIDING = "deciding", _("waits for the choice between A and B")
    PAUSED = "paused", _("paused")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Many mailings."""

    def to_start(self) -> Self:
        """Approved, scheduled, and their time has come by the database's clock."""
        return self.filter(scheduled_at__lte=Now(), started_at=None, cancelled_at=None).exclude(approved_at=None)

    def under_way(self) -> Self:
        """Started, and neither finished nor cancelled."""
        return self.filter(finished_at=None, cancelled_at=None).exclude(started_at=None)


class Mailing(models.Model):
    """An update about one petition to people who signed it and asked for updates. Its id is its series' id as well.

    Moments tell its status. What it says and whom it goes to can be changed until it starts; a change takes an
    approval back, because `approved_digest` no longer fits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="mailings")
    title = models.CharField(_("name, for the desk only"), max_length=120)
    # whom it goes to
    language = models.CharField(_("language"), max_length=5, choices=languages.offered, default="en")
    states = ArrayField(models.CharField(max_length=2), verbose_name=_("states"), default=list, blank=True)
    confirmed_since = models.DateField(_("confirmed since"), null=True, blank=True)
    wrote = models.CharField(_("letters"), max_length=8, choices=either_way, default="", blank=True)
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, null=True, blank=True, related_name="mailings"
    )
    # A goes to this share of the audience and B to the same; the rest waits for the choice. 0: there is no B.
    sample_percent = models.PositiveSmallIntegerField(
        _("share of each version in the test"), default=0, validators=[MinValueValidator(0), MaxValueValidator(50)]
    )
    chosen = models.CharField(max_length=1, default="", blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # its life
    edited_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_digest = models.CharField(max_length=64, default="", blank=True)
    # As the petition was called then. It stands in every mail, and its words may be changed by one person alone.
    approved_title = models.CharField(max_length=160, default="", db_default="", blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(Organizer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What each version brought, as a job counted it last: see comparing.
    figures = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    figures_at = models.DateTimeField(null=True, blank=True)
    series = models.OneToOneField(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="mailing")

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("asked_by")) & ~Q(approved_by=F("edited_by"))),
                name="a_mailing_is_approved_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(approved_at__isnull=False), name="a_mailing_starts_only_when_approved"
            ),
            models.CheckConstraint(
                condition=Q(sample_percent__gte=0, sample_percent__lte=50), name="a_sample_is_at_most_all"
            ),
            models.CheckConstraint(condition=Q(chosen__in=["", "A", "B"]), name="a_version_is_a_or_b"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_compared(self) -> bool:
        """Whether two versions are tried on a sample first."""
        return self.sample_percent > 0

    @property
    def digest(self) -> str:
        """What an approval is an approval of: every word and whom it goes to.

        Of the versions that are at hand, where they were fetched: a page tells the digest of what it shows.
        """
        versions = sorted([each.name, each.subject, each.body] for each in self.versions.all())
        whom: list[Any] = [
            str(self.petition_id),
            self.language,
            sorted(self.states),
            str(self.confirmed_since),
            self.wrote,
            self.partner_id,
            self.sample_percent,
            self.petition_title,
        ]
        return hashlib.sha256(json.dumps([whom, versions]).encode()).hexdigest()

    @property
    def petition_title(self) -> str:
        """What its mails call the petition: from the approval on as it was called then."""
        return self.approved_title if self.approved_at else self.petition.text_in(self.language).title

    @property
    def status(self) -> Stage:
        """Where it stands, from its moments."""
        if self.cancelled_at:
            return Stage.CANCELLED
        if self.finished_at:
            return Stage.FINISHED
        if self.started_at:
            return self._status_under_way()
        if self.approved_at:
            return Stage.SCHEDULED if self.scheduled_at else Stage.APPROVED
        return Stage.ASKED if self.asked_at else Stage.DRAFT

    def _status_under_way(self) -> Stage:
        if self.series is not None and self.series.held_at:
            return Stage.PAUSED
        return Stage.DECIDING if self.waits_for_choice else Stage.RUNNING

    @property
    def waits_for_choice(self) -> bool:
        """The sample is queued, there is a rest, and nobody and nothing chose between A and B yet."""
        return 0 < self.sample_percent < MOST_PER_CENT and not self.chosen and self.queued_at is not None

    @property
    def may_change(self) -> bool:
        """Until it starts; afterwards what was approved is what goes out."""
        return self.started_at is None and self.cancelled_at is None

    def is_due(self, now: datetime | None = None) -> bool:
        """Whether its time has come."""
        return self.scheduled_at is not None and self.scheduled_at <= (now or timezone.now())


class MailingVersion(models.Model):
    """What a mailing says: A, and B where two are compared. The Markdown is sanitized when it is rendered."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(max_length=1)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    body = models.TextField(_("text"), max_length=LONGEST_BODY)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "name"], name="a_mailing_has_a_version_once"),
            models.CheckConstraint(condition=Q(name__in=["A", "B"]), name="versions_are_a_and_b"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.mailing_id}"


class Part(models.TextChoices):
    """Which part of an audience a batch is of: the sample, or the rest (all, where nothing is compared)."""

    SAMPLE = "sample"
    REST = "rest"


def parts() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return Part.choices


class MailingBatch(models.Model):
    """A stretch of the audience that was queued in one transaction, up to and with `last`; the next begins there."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="batches")
    part = models.CharField(max_length=6, choices=parts)
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    last = models.UUIDField(null=True, blank=True)
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "mailing batches"
        ordering = ["part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "part", "number"], name="a_batch_is_queued_once"),
        ]

    def __str__(self) -> str:
        return f"batch {self.number} of {self.mailing_id}"
