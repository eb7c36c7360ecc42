"""Who sits in Congress: Seat, Legislator, Term, Office."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.legislators import terms
from campaign.legislators.querysets import OfficeQuerySet, SeatQuerySet, TermQuerySet
from campaign.lib import usps


class Chamber(models.TextChoices):
    """The houses of Congress."""

    SENATE = "senate"
    HOUSE = "house"


def chambers() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return Chamber.choices


class Seat(models.Model):
    """A place in Congress, filled or vacant. Letters are written to a seat; whoever holds it then receives them.

    A senator's seat is a state's and has a class; a seat of the House is a district's, 0 where there is only one.
    """

    chamber = models.CharField(max_length=6, choices=chambers, default=Chamber.SENATE)
    state = models.CharField(max_length=2)
    senate_class = models.PositiveSmallIntegerField(null=True, blank=True)
    district = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["state", "senate_class", "district"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "senate_class"],
                condition=Q(chamber=Chamber.SENATE),
                name="a_state_has_one_senate_seat_of_a_class",
            ),
            models.UniqueConstraint(
                fields=["state", "district"],
                condition=Q(chamber=Chamber.HOUSE),
                name="a_district_has_one_house_seat",
            ),
            models.CheckConstraint(
                condition=~Q(chamber=Chamber.SENATE)
                | Q(senate_class__in=[1, 2, 3], senate_class__isnull=False, district=None),
                name="a_senate_seat_has_a_class_and_no_district",
            ),
            models.CheckConstraint(
                condition=~Q(chamber=Chamber.HOUSE) | Q(district__isnull=False, senate_class=None),
                name="a_house_seat_has_a_district_and_no_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chamber} {self.district_code or f'{self.state} {self.senate_class}'}"

    @property
    def label(self) -> str:
        """The seat's name for people, without its holder's: "Oregon, class 2", "Oregon, district 3"."""
        if self.is_senate:
            return _("%(state)s, class %(class)s") % {"state": self.state_name, "class": self.senate_class}
        if not self.district:
            return self.state_name
        return _("%(state)s, district %(district)s") % {"state": self.state_name, "district": self.district}

    @property
    def is_senate(self) -> bool:
        """Whether it votes on treaties."""
        return self.chamber == Chamber.SENATE

    @property
    def state_name(self) -> str:
        """The name of the state."""
        return usps.NAMES[self.state]

    @property
    def district_code(self) -> str:
        """The district as the world writes it: OR-3, at large WY-0; empty for a senator's seat."""
        return "" if self.district is None else f"{self.state}-{self.district}"

    @property
    def title(self) -> str:
        """How its holder is called. Letters to Congress are in English, whatever the page's language."""
        if self.is_senate:
            return "Senator"
        if self.state in usps.STATES:
            return "Representative"
        return "Resident Commissioner" if self.state == "PR" else "Delegate"

    @property
    def salutation(self) -> str:
        """How a letter addresses its holder; empty while there is none."""
        return f"{self.title} {self.holder.family_name}" if self.holder else ""

    @property
    def current_term(self) -> "Term | None":
        """The term that was not closed, run out or not. Loaded by `with_holders()`; otherwise asked of the database."""
        if "knows_its_holder" not in self.__dict__:
            return self.terms.open().select_related("legislator__office").first()
        # Django leaves the name out where nothing was joined.
        term: Term | None = self.__dict__.get("sitting")
        if term is not None:
            term.seat = self
        return term

    @property
    def holder(self) -> "Legislator | None":
        """Who holds the seat now; None while it is vacant, and while nobody told us who came after a term ran out."""
        term = self.current_term
        return term.legislator if term and not term.has_run_out() else None

    @property
    def is_vacant(self) -> bool:
        """Whether nobody was elected or appointed to it, as far as we know. A term that ran out leaves no vacancy."""
        return self.current_term is None


class Legislator(models.Model):
    """A person who sits or sat in Congress. Never deleted."""

    bioguide_id = models.CharField(max_length=7, unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    official_name = models.CharField(max_length=120)
    party = models.CharField(max_length=40)

    class Meta:
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.official_name} ({self.bioguide_id})"

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

    @property
    def runs_out_on(self) -> date:
        """The day from which the Constitution lets nobody sit in this term. See `terms.runs_out_on`."""
        return terms.runs_out_on(self.seat.senate_class, self.ends_on, is_appointed=self.appointed)

    def has_run_out(self, today: date | None = None) -> bool:
        """Whether that day has come. Whoever holds the seat then is known only when somebody tells us."""
        return (today or timezone.now().date()) >= self.runs_out_on


class Office(models.Model):
    """How to reach a legislator. Senators publish no e-mail address: one is here only if somebody here entered it."""

    legislator = models.OneToOneField(Legislator, on_delete=models.CASCADE, related_name="office")
    phone = models.CharField(max_length=20, default="", blank=True)
    address = models.CharField(max_length=200, default="", db_default="", blank=True)
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
