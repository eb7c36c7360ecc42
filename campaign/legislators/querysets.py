"""Rules about many rows of this room."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import FilteredRelation, Q, Value
from django.utils import timezone

if TYPE_CHECKING:
    from campaign.legislators.models import CommitteeMembership, DataImport, Office, Seat, Term  # noqa: F401 named in quotes


class SeatQuerySet(models.QuerySet["Seat"]):
    """Many seats."""

    def senate(self) -> Self:
        """The seats of the Senate."""
        return self.filter(chamber="senate")

    def house(self) -> Self:
        """The seats of the House, the delegates' among them."""
        return self.filter(chamber="house")

    def of_state(self, *states: str) -> Self:
        """The seats of these states, by their USPS codes."""
        return self.filter(state__in=states)

    def filled(self) -> Self:
        """Seats that somebody holds, whatever the expected end of their term."""
        return self.filter(terms__isnull=False, terms__closed_on=None)

    def vacant(self) -> Self:
        """Seats that nobody holds."""
        return self.exclude(pk__in=self.filled())

    def with_holders(self) -> Self:
        """Bring the holders and their offices along, in the same query; vacant seats stay in."""
        sitting = FilteredRelation("terms", condition=Q(terms__closed_on=None))
        # The mark tells a vacant seat from one of which nobody asked who holds it.
        return (
            self.alias(sitting=sitting)
            .select_related("sitting__legislator__office")
            .annotate(knows_its_holder=Value(True))
        )


class CommitteeMembershipQuerySet(models.QuerySet["CommitteeMembership"]):
    """Many places on committees."""

    def open(self) -> Self:
        """Those that go on."""
        return self.filter(closed_on=None)

    def of(self, code: str) -> Self:
        """Those on this committee, by its code."""
        return self.filter(committee__code=code)


class TermQuerySet(models.QuerySet["Term"]):
    """Many terms."""

    def open(self) -> Self:
        """Terms that go on. An expected end in the past does not end a term: a successor does."""
        return self.filter(closed_on=None)

    def closed(self) -> Self:
        """Terms that ended."""
        return self.exclude(closed_on=None)


class OfficeQuerySet(models.QuerySet["Office"]):
    """Many offices."""

    def of_senators(self) -> Self:
        """The offices of those who sit in the Senate now."""
        return self.filter(legislator__terms__closed_on=None, legislator__terms__seat__chamber="senate")

    def give_sandbox_addresses(self, domain: str) -> int:
        """Give every senator's office without an address one that ends in the demo's own inbox. How many got one?

        The second time nothing is left to do. An address that an organizer entered is never touched.
        """
        offices: list[Office] = list(self.of_senators().filter(email=None).select_related("legislator"))
        now = timezone.now()
        for office in offices:
            office.email = f"senator-{office.legislator.bioguide_id.lower()}@{domain}"
            office.email_entered_by, office.email_entered_at, office.sandboxed_at = "demo", now, now
        fields = ["email", "email_entered_by", "email_entered_at", "sandboxed_at"]
        return self.bulk_update(offices, fields)  # type: ignore[arg-type]  # the stubs forget whose rows these are


class DataImportQuerySet(models.QuerySet["DataImport"]):
    """Many imports."""

    def applied(self) -> Self:
        """Those that were taken in, the newest first."""
        return self.filter(refused_because="").exclude(finished_at=None).order_by("-finished_at", "-pk")

    def latest_applied(self, what: str) -> DataImport | None:
        """The import that what we have now came with."""
        return self.applied().filter(what=what).first()

    def as_of(self, what: str) -> date | None:
        """The day whose truth we hold; None before anything was brought in."""
        return self.applied().filter(what=what).values_list("as_of", flat=True).first()
