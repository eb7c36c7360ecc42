"""Who sits in Congress, on which committees, where a ZIP lies, and since when we know it."""

from campaign.legislators.models.committees import (
    FOREIGN_RELATIONS,
    Committee,
    CommitteeChamber,
    CommitteeMembership,
    Side,
    committee_chambers,
    sides,
)
from campaign.legislators.models.congress import Chamber, Legislator, Office, Seat, Term, chambers
from campaign.legislators.models.imports import DataImport, Subject, subjects
from campaign.legislators.models.places import PostalCode

__all__ = [
    "FOREIGN_RELATIONS",
    "Chamber",
    "Committee",
    "CommitteeChamber",
    "CommitteeMembership",
    "DataImport",
    "Legislator",
    "Office",
    "PostalCode",
    "Seat",
    "Side",
    "Subject",
    "Term",
    "chambers",
    "committee_chambers",
    "sides",
    "subjects",
]
