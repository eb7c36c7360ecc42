"""Treaty, its texts, StageChange and Position: what the Senate may consent to, where it stands, who stands where."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaign.legislators.models import Legislator
from campaign.lib import languages
from campaign.lib.text import LONGEST_SLUG
from campaign.treaties.querysets import PositionQuerySet, StageChangeQuerySet, TreatyQuerySet


class Stage(models.TextChoices):
    """Where a treaty stands on its way through the United States. The order is the way; the last two leave it."""

    NOT_SIGNED = "not_signed", _("Not signed")
    SIGNED = "signed", pgettext_lazy("stage of a treaty", "Signed")
    TRANSMITTED = "transmitted", _("Sent to the Senate")
    IN_COMMITTEE = "in_committee", _("In committee")
    ON_THE_CALENDAR = "on_the_calendar", _("On the calendar")
    VOTE = "vote", _("Before the vote")
    CONSENTED = "consented", _("Senate consented")
    RATIFIED = "ratified", _("Ratified")
    RETURNED = "returned", _("Returned to the President")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Stance(models.TextChoices):
    """How a senator stands on a treaty's ratification, from against to for."""

    OPPOSES = "opposes", _("Opposes")
    LEANS_AGAINST = "leans_against", _("Leans against")
    UNDECIDED = "undecided", _("Undecided")
    LEANS_FOR = "leans_for", _("Leans for")
    SUPPORTS = "supports", _("Supports")
    UNKNOWN = "unknown", _("Unknown")


def stages() -> list[tuple[str, Any]]:
    """As a callable: a new value makes no migration."""
    return Stage.choices


def stances() -> list[tuple[str, Any]]:
    """As a callable: a new value makes no migration."""
    return Stance.choices


class Treaty(models.Model):
    """What the Senate may consent to. It outlives a Congress: its number is of the Congress that received it."""

    slug = models.SlugField(_("address"), max_length=LONGEST_SLUG)
    congress_received = models.PositiveSmallIntegerField(_("received in Congress"), null=True, blank=True)
    number = models.PositiveSmallIntegerField(_("treaty document number"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = TreatyQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="a_treaty_has_its_own_address"),
            models.UniqueConstraint(
                fields=["congress_received", "number"], name="a_treaty_document_number_names_one_treaty"
            ),
            models.CheckConstraint(
                condition=Q(congress_received=None, number=None)
                | Q(congress_received__isnull=False, number__isnull=False),
                name="a_treaty_document_number_is_of_a_congress",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def document(self) -> str:
        """How the Senate calls it, like "Treaty Document 119-1"; empty before it was sent there."""
        return f"Treaty Document {self.congress_received}-{self.number}" if self.number else ""

    @property
    def standing_changes(self) -> "list[StageChange]":
        """The changes that nobody retracted, in the order of its story. Prefetch with `with_story()`."""
        standing = [change for change in self.stage_changes.all() if change.retracted_at is None]
        return sorted(standing, key=lambda change: change.place)

    @property
    def current_change(self) -> "StageChange | None":
        """The change that brought it where it stands; None before anybody entered one."""
        standing = self.standing_changes
        return standing[-1] if standing else None

    @property
    def stage(self) -> Stage:
        """Where it stands. A treaty without any entry was not signed, as far as we know."""
        change = self.current_change
        return Stage(change.stage) if change else Stage.NOT_SIGNED

    def text_in(self, language: str | None = None) -> "TreatyText":
        """The text in this language, else in English, else in the first there is. Without any its address names it."""
        found = {text.language: text for text in self.texts.all()}
        wanted = (language or get_language() or "en").partition("-")[0]
        nameless = TreatyText(language="en", title=self.slug, short_title=self.slug, summary="")
        return found.get(wanted) or found.get("en") or next(iter(found.values()), nameless)

    def get_absolute_url(self) -> str:
        """Its page, in the language that is active."""
        return reverse("public:treaty", args=[self.slug])


class TreatyText(models.Model):
    """A treaty in one language: its full title, the name people use, and what it is in one paragraph (Markdown)."""

    treaty = models.ForeignKey(Treaty, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=5, choices=languages.offered, default="en")
    title = models.CharField(_("full title"), max_length=300)
    short_title = models.CharField(_("the name people use"), max_length=120)
    summary = models.TextField(_("what it is, in one paragraph"), max_length=1_500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["treaty", "language"], name="a_treaty_has_one_text_per_language")
        ]

    def __str__(self) -> str:
        return self.short_title


class StageChange(models.Model):
    """A treaty reached a stage: when, and how we know. A mistake is retracted, never deleted."""

    treaty = models.ForeignKey(Treaty, on_delete=models.CASCADE, related_name="stage_changes")
    stage = models.CharField(_("stage"), max_length=20, choices=stages)
    happened_on = models.DateField(_("date"))
    source_url = models.URLField(_("source"), max_length=500)
    note = models.TextField(_("note"), max_length=500, default="", blank=True)
    # Nobody: it shipped with the house, or a sync brought it from Congress.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(db_default=Now())
    retracted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retracted_at = models.DateTimeField(null=True, blank=True)

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        ordering = ["happened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["treaty", "stage", "happened_on"],
                condition=Q(retracted_at=None),
                name="a_treaty_reaches_a_stage_once_a_day",
            ),
            models.CheckConstraint(condition=~Q(source_url=""), name="a_stage_change_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.treaty} {self.stage} on {self.happened_on}"

    @property
    def place(self) -> tuple[date, int]:
        """Its place in the treaty's story: by day; of one day's stages the one farther on the way comes later."""
        return self.happened_on, list(Stage).index(Stage(self.stage))


class Position(models.Model):
    """How a senator stands on a treaty, as of a date, and how we know. A new one supersedes it; it is kept."""

    treaty = models.ForeignKey(Treaty, on_delete=models.CASCADE, related_name="positions")
    legislator = models.ForeignKey(Legislator, on_delete=models.PROTECT, related_name="positions")
    stance = models.CharField(_("position"), max_length=15, choices=stances)
    stated_on = models.DateField(_("date"))
    source_url = models.URLField(_("source"), max_length=500, default="", blank=True)
    note = models.CharField(_("note"), max_length=300, default="", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["treaty", "legislator"],
                condition=Q(superseded_at=None),
                name="a_senator_has_one_position_on_a_treaty_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stance=Stance.UNKNOWN) | ~Q(source_url=""), name="a_known_position_names_its_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legislator} {self.stance} {self.treaty}"
