"""Petition, its texts, Signature and Tally: what we ask for, who asks with us, and how many."""

import uuid
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaign.lib import languages
from campaign.lib.sealing import SealedTextField
from campaign.lib.text import LONGEST_SLUG
from campaign.partners.models import Partner
from campaign.supporters.models import Supporter
from campaign.treaties.models import Treaty


class PetitionQuerySet(models.QuerySet["Petition"]):
    """Many petitions."""

    def open(self) -> Self:
        """Those that can be signed now."""
        return self.filter(opened_at__lte=Now(), closed_at=None)

    def public(self) -> Self:
        """Those that anybody may read: open ones, and closed ones with what came of them."""
        return self.filter(opened_at__lte=Now())

    def with_texts(self) -> Self:
        """With their texts in all languages, in one more query."""
        return self.prefetch_related("texts")


class Petition(models.Model):
    """What we ask for, and of whom. A draft until it is opened; closed for good or opened again by an organizer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=LONGEST_SLUG)
    treaty = models.ForeignKey(
        Treaty, verbose_name=_("treaty"), on_delete=models.PROTECT, null=True, blank=True, related_name="petitions"
    )
    goal = models.PositiveIntegerField(_("goal"), default=10_000, validators=[MinValueValidator(1)])
    confirmed_total = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="a_petition_has_its_own_address"),
            models.CheckConstraint(condition=Q(goal__gte=1), name="a_petition_has_a_goal"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether it can be signed now."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def status(self) -> str:
        """draft, open or closed."""
        if self.opened_at is None:
            return "draft"
        return "closed" if self.closed_at else "open"

    @property
    def progress(self) -> int:
        """How much of the goal is reached, in whole per cent, at most 100."""
        return min(100, self.confirmed_total * 100 // self.goal)

    def text_in(self, language: str | None = None) -> "PetitionText":
        """The text in this language, else in English, else in the first there is."""
        found = {text.language: text for text in self.texts.all()}
        wanted = (language or get_language() or "en").partition("-")[0]
        return found.get(wanted) or found.get("en") or next(iter(found.values()))

    def get_absolute_url(self) -> str:
        """Its page, in the language that is active."""
        return reverse("public:petition", args=[self.slug])


class PetitionText(models.Model):
    """A petition in one language. The Markdown parts are sanitized when shown."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=5, choices=languages.offered, default="en")
    title = models.CharField(_("the ask"), max_length=160)
    target = models.CharField(_("to whom"), max_length=160)
    summary = models.TextField(_("why, in one paragraph"), max_length=600)
    argument = models.TextField(_("the argument"), blank=True, max_length=20_000)
    other_side = models.TextField(_("the other side's best point, and our answer"), blank=True, max_length=20_000)
    standing = models.TextField(_("where the treaty stands"), blank=True, max_length=5_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "language"], name="a_petition_has_one_text_per_language")
        ]

    def __str__(self) -> str:
        return self.title


_STANDS = Q(confirmed_at__isnull=False, withdrawn_at=None, invalidated_at=None, quarantined_at=None)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Many signatures."""

    def confirmed(self) -> Self:
        """Those that count: confirmed by the mailbox's owner, not withdrawn, invalidated or held."""
        return self.filter(_STANDS)

    def pending(self) -> Self:
        """Waiting for their owner to press the button."""
        return self.filter(confirmed_at=None, withdrawn_at=None)

    def locked(self, signature_id: uuid.UUID) -> "Signature":
        """One signature with its petition and person, both rows held until the transaction ends. Raises DoesNotExist.

        The person first: signing, confirming, writing and erasing all take the two in this order, or they would
        meet in a deadlock. A person who was erased while we waited is gone, even where they have signed anew by now:
        that one's row is not held.
        """
        people = Supporter.objects.filter(signatures=signature_id)
        if not people.select_for_update(of=("self",)).values_list("pk").first():
            raise Signature.DoesNotExist
        return self.select_for_update(of=("self",)).select_related("petition", "supporter").get(pk=signature_id)

    def of_supporter(self, supporter_id: uuid.UUID) -> Self:
        """One person's, with the petitions."""
        return self.filter(supporter_id=supporter_id).select_related("petition", "supporter").order_by("created_at")


class Signature(models.Model):
    """One supporter under one petition. The id is made from both: signing again finds the same row."""

    id = models.UUIDField(primary_key=True, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="signatures")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="signatures")
    state = models.CharField(max_length=2)
    comment = SealedTextField(null=True)
    language = models.CharField(max_length=5, default="en")
    source = models.CharField(max_length=64, default="", blank=True)
    referrer = models.CharField(max_length=200, default="", blank=True)
    partner = models.ForeignKey(Partner, on_delete=models.SET_NULL, null=True, blank=True, related_name="signatures")
    updates_wording = models.CharField(max_length=40, default="", blank=True)
    network = models.BinaryField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    invalidated_at = models.DateTimeField(null=True, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=40, default="", blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "supporter"], name="a_supporter_signs_a_petition_once")
        ]
        indexes = [
            models.Index(fields=["petition", "created_at", "id"], name="signatures_of_a_petition"),
            models.Index(fields=["petition"], condition=_STANDS & Q(counted_at=None), name="signatures_to_count"),
            models.Index(
                fields=["petition"], condition=~_STANDS & Q(counted_at__isnull=False), name="signatures_to_uncount"
            ),
            models.Index(fields=["created_at"], condition=Q(confirmed_at=None), name="signatures_never_confirmed"),
            models.Index(fields=["petition"], condition=Q(quarantined_at__isnull=False), name="signatures_held"),
        ]

    def __str__(self) -> str:
        return f"signature {self.id}"

    @property
    def status(self) -> str:
        """What an organizer sees: pending, confirmed, withdrawn, invalidated or quarantined."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.invalidated_at:
            return "invalidated"
        if self.quarantined_at:
            return "quarantined"
        return "confirmed" if self.confirmed_at else "pending"

    @property
    def status_for_signer(self) -> str:
        """What the signer sees: a quarantine looks like nothing, because it is nothing they did."""
        if self.withdrawn_at:
            return "withdrawn"
        return "confirmed" if self.confirmed_at else "pending"


class Tally(models.Model):
    """How many confirmed signatures came on a day, from a state, through a source. Rolled up by counting.py."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    state = models.CharField(max_length=2)
    source = models.CharField(max_length=64, default="", blank=True)
    confirmed = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "day", "state", "source"], name="a_tally_counts_a_day_state_and_source_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.day} {self.state}: {self.confirmed}"


class NetworkKey(models.Model):
    """The key that turns a network's address into the hash kept with a signature. One a day; destroyed after seven."""

    day = models.DateField(primary_key=True)
    secret = SealedTextField()

    def __str__(self) -> str:
        return f"network key of {self.day}"


class Export(models.Model):
    """A CSV of signatures that an organizer asked for; the worker writes it piece by piece. Gone after a day."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="exports")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    filters = models.JSONField(default=dict)
    rows_expected = models.PositiveIntegerField(default=0)
    rows_written = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"export {self.pk} of {self.petition_id}"


class ExportPiece(models.Model):
    """A run of rows of an export, sealed. `after` is the last row in it: the next piece begins behind that."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = SealedTextField()
    after_created_at = models.DateTimeField()
    after_id = models.UUIDField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="a_piece_of_an_export_is_written_once")
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.export_id}"
