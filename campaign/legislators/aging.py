"""How old is what we know of Congress, and what follows: from 14 days on we warn, from 45 on letters wait."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from campaign.legislators.models import DataImport, Subject

WARNED_AFTER = timedelta(days=14)
HELD_AFTER = timedelta(days=45)


@dataclass(frozen=True)
class Age:
    """How old data are on a day. Nothing at all is as good as too old."""

    good_as_of: date | None
    today: date

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
    latest = DataImport.objects.latest_applied(subject)
    return Age(latest.good_as_of if latest else None, today or timezone.now().date())


def _last_third_of_january(today: date) -> date:
    this_year = date(today.year, 1, 3)
    return this_year if today >= this_year else date(today.year - 1, 1, 3)
