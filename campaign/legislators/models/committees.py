"""Committee and CommitteeMembership: who sits on which committee of Congress, and how senior."""

from django.db import models
from django.db.models import Q

from campaign.legislators.models.congress import Legislator
from campaign.legislators.querysets import CommitteeMembershipQuerySet

# The committee to which the Senate sends its treaties.
FOREIGN_RELATIONS = "SSFR"


class CommitteeChamber(models.TextChoices):
    """Whose a committee is."""

    SENATE = "senate"
    HOUSE = "house"
    JOINT = "joint"


class Side(models.TextChoices):
    """On which side of a committee somebody sits."""

    MAJORITY = "majority"
    MINORITY = "minority"


def committee_chambers() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return CommitteeChamber.choices


def sides() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return Side.choices


class Committee(models.Model):
    """A committee of Congress, or a part of one. Its code is Congress's own: SSFR is Foreign Relations."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=250)
    chamber = models.CharField(max_length=6, choices=committee_chambers)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CommitteeMembership(models.Model):
    """A legislator's place on a committee: on which side, how senior. Never deleted; closed when it ends."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="memberships")
    legislator = models.ForeignKey(Legislator, on_delete=models.PROTECT, related_name="memberships")
    side = models.CharField(max_length=8, choices=sides)
    rank = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60, default="", blank=True)
    seen_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    objects = CommitteeMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["committee", "side", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "legislator"],
                condition=Q(closed_on=None),
                name="a_legislator_sits_on_a_committee_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.legislator} on {self.committee}"
