"""How old is what we know of Congress, and what follows: from 14 days on we warn, from 45 on letters wait."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils import timezone

from campaign.legislators.models import DataImport, Subject

WARNED_AFTER = timedelta(days=14)
HELD_AFTER = timedelta(days=45)


class Brought(Protocol):
    """What was brought in: the day it speaks of, and when its source last said that this is the newest it has."""

    @property
    def as_of(self) -> date:
        """The day it speaks of."""

    @property
    def checked_at(self) -> datetime | None:
        """When the source said so."""


@dataclass(frozen=True)
class Age:
    """How old data are on a day. Nothing at all is as good as too old."""

    good_as_of: date | None
    today: date

    @classmethod
    def of(cls, brought: Brought | None, today: date) -> "Age":
        """Good as of the day it speaks of, or of the day on which its source still had nothing newer.

        What was written before the last 3 January can't know who was sworn in, whoever calls it the newest later.
        """
        if brought is None:
            return cls(None, today)
        if brought.checked_at is None or brought.as_of < _last_third_of_january(today):
            return cls(brought.as_of, today)
        return cls(max(brought.as_of, brought.checked_at.date()), today)

    @property
    def is_aging(self) -> bool:
        """Older than two weeks: somebody should look why nothing newer came."""
        return self.good_as_of is None or self.is_stale or self.today - self.good_as_of > WARNED_AFTER

    @property
    def is_stale(self) -> bool:
        """Too old to write to anybody: older than 45 days, or of before the last 3 January, when terms end."""
        if self.good_as_of is None:
            return True
        return self.today - self.good_as_of > HELD_AFTER or self.good_as_of < _last_third_of_january(self.today)


def age_of(subject: Subject, today: date | None = None) -> Age:
    """How old our data on this subject are. One query."""
    return Age.of(DataImport.objects.latest_applied(subject), today or timezone.now().date())


def _last_third_of_january(today: date) -> date:
    this_year = date(today.year, 1, 3)
    return this_year if today >= this_year else date(today.year - 1, 1, 3)
