"""Seat, Legislator, Term, Office: who sits in Congress. PostalCode: where a ZIP lies. DataImport: how we know."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.legislators.querysets import (
    DataImportQuerySet,
    LegislatorQuerySet,
    OfficeQuerySet,
    SeatQuerySet,
    TermQuerySet,
)
from campaign.lib import usps


class Chamber(models.TextChoices):
    """The houses of Congress."""

    SENATE = "senate"
    HOUSE = "house"


def chambers() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return Chamber.choices


class Seat(models.Model):
    """A place in Congress, filled or vacant. Letters are written to a seat; whoever holds it then receives them."""

    chamber = models.CharField(max_length=6, choices=chambers, default=Chamber.SENATE)
    state = models.CharField(max_length=2)
    senate_class = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["state", "senate_class"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "senate_class"],
                condition=Q(chamber=Chamber.SENATE),
                name="a_state_has_one_senate_seat_of_a_class",
            ),
            models.CheckConstraint(
                condition=~Q(chamber=Chamber.SENATE) | Q(senate_class__in=[1, 2, 3], senate_class__isnull=False),
                name="a_senate_seat_has_a_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chamber} {self.state} {self.senate_class or ''}".strip()

    @property
    def label(self) -> str:
        """The seat's name for people, without its holder's: "Oregon, class 2"."""
        return _("%(state)s, class %(class)s") % {"state": self.state_name, "class": self.senate_class}

    @property
    def state_name(self) -> str:
        """The name of the state."""
        return usps.NAMES[self.state]

    @property
    def current_term(self) -> "Term | None":
        """The term that goes on. Loaded by `with_holders()`; otherwise asked of the database each time."""
        if "sitting" in self.__dict__:
            return self.__dict__["sitting"]
        return self.terms.open().select_related("legislator__office").first()

    @property
    def holder(self) -> "Legislator | None":
        """Who holds the seat now; None while it is vacant."""
        term = self.current_term
        return term.legislator if term else None


class Legislator(models.Model):
    """A person who sits or sat in Congress. Never deleted."""

    bioguide_id = models.CharField(max_length=7, unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    official_name = models.CharField(max_length=120)
    party = models.CharField(max_length=40)

    objects = LegislatorQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.official_name} ({self.bioguide_id})"

    @property
    def salutation(self) -> str:
        """How a letter addresses them. Letters to Congress are in English, whatever the page's language."""
        return f"Senator {self.family_name}"

    @property
    def party_letter(self) -> str:
        """D, R, I: a colour is never the only sign."""
        return self.party[:1]


class Term(models.Model):
    """A legislator's time in a seat. `ends_on` is when it is expected to end; `closed_on` is when it did."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    legislator = models.ForeignKey(Legislator, on_delete=models.PROTECT, related_name="terms")
    starts_on = models.DateField()
    ends_on = models.DateField()
    appointed = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(closed_on=None), name="a_seat_has_one_holder_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["legislator"], condition=Q(closed_on=None), name="a_legislator_holds_one_seat_at_a_time"
            ),
            models.UniqueConstraint(fields=["seat", "legislator", "starts_on"], name="a_term_is_kept_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="a_term_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("starts_on")), name="a_term_closes_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legislator} in {self.seat} since {self.starts_on}"


class Office(models.Model):
    """How to reach a legislator. Senators publish no e-mail address: one is here only if somebody here entered it."""

    legislator = models.OneToOneField(Legislator, on_delete=models.CASCADE, related_name="office")
    phone = models.CharField(max_length=20, default="", blank=True)
    website = models.URLField(default="", blank=True)
    contact_form = models.URLField(default="", blank=True)
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001 "nobody entered one" is not an empty address
    email_entered_by = models.CharField(max_length=254, default="", blank=True)
    email_entered_at = models.DateTimeField(null=True, blank=True)
    sandboxed_at = models.DateTimeField(null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=None) | (Q(email_entered_at__isnull=False) & ~Q(email_entered_by="")),
                name="an_office_address_says_who_entered_it",
            ),
            models.CheckConstraint(
                condition=Q(sandboxed_at=None) | Q(email__isnull=False), name="a_sandbox_office_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return f"office of {self.legislator}"

    @property
    def is_sandbox(self) -> bool:
        """The address is the demo's: what is sent there ends in the demo's inbox and reaches no Senate office."""
        return self.sandboxed_at is not None

    @property
    def form_or_website(self) -> str:
        """Where a person goes to write: the form; the website where no form's address is known."""
        return self.contact_form or self.website

    def enter_email(self, email: str, by: str) -> None:
        """Keep an address that an organizer found, and who it was. The same again changes nothing but the moment."""
        self.email, self.email_entered_by, self.email_entered_at = email, by, timezone.now()
        self.sandboxed_at = None
        self.save(update_fields=["email", "email_entered_by", "email_entered_at", "sandboxed_at"])

    def forget_email(self) -> None:
        """Letters to this office go by hand again. Twice is once."""
        self.email, self.email_entered_by, self.email_entered_at, self.sandboxed_at = None, "", None, None
        self.save(update_fields=["email", "email_entered_by", "email_entered_at", "sandboxed_at"])


class PostalCode(models.Model):
    """A ZIP and the states it lies in, the one of its post office first; PW, FM, MH and AA, AE, AP among them."""

    zip = models.CharField(max_length=5, primary_key=True)
    states = ArrayField(models.CharField(max_length=2))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(zip__regex=r"^[0-9]{5}$"), name="a_zip_has_five_digits"),
            models.CheckConstraint(condition=Q(states__len__gt=0), name="a_zip_lies_in_a_state"),
        ]

    def __str__(self) -> str:
        return f"{self.zip} {' '.join(self.states)}"


class Subject(models.TextChoices):
    """What an import is about."""

    SENATORS = "senators"
    PLACES = "places"


def subjects() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return Subject.choices


class DataImport(models.Model):
    """One try to bring in data from outside: from where, which bytes, what it changed, or why it was refused."""

    what = models.CharField(max_length=20, choices=subjects)
    source = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    etag = models.CharField(max_length=200, default="", blank=True)
    as_of = models.DateField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    # The source was asked again and had nothing newer.
    checked_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    difference = models.JSONField(default=dict, blank=True)
    refused_because = models.TextField(default="", blank=True)

    objects = DataImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["what", "-finished_at"], name="imports_by_subject")]

    def __str__(self) -> str:
        return f"{self.what} as of {self.as_of} from {self.source}"
