"""The latest import of every subject: what tells a process whether what it keeps in memory is still so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db import connection

from campaign.legislators.models import DataImport, Subject

# Postgres computes it once, also where it stands beside each of many rows.
SELECT = (
    "SELECT coalesce(json_agg(latest), '[]')::text FROM ("
    "SELECT DISTINCT ON (what) what, id, as_of, checked_at, congress"
    f" FROM {DataImport._meta.db_table} WHERE refused_because = '' AND finished_at IS NOT NULL"
    " ORDER BY what, finished_at DESC, id DESC) AS latest"
)
_OF_ZIPS = frozenset({Subject.PLACES, Subject.ZIPS, Subject.DISTRICTS})
Stamp = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Import:
    """One of them, as DataImport has it."""

    id: int
    as_of: date
    checked_at: datetime | None
    congress: int | None


@dataclass(frozen=True)
class Latest:
    """What was taken in last, by subject."""

    imports: Mapping[str, Import] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Latest":
        """From the database's JSON."""
        rows = json.loads(text)
        return cls({row["what"]: _import(row) for row in rows})

    @cached_property
    def of_zips(self) -> Stamp:
        """As long as it is the same, the ZIPs are."""
        return tuple((what, each.id) for what, each in self.imports.items() if what in _OF_ZIPS)

    @cached_property
    def of_seats(self) -> Stamp:
        """As long as it is the same, the seats and their holders are."""
        return tuple((what, each.id) for what, each in self.imports.items() if what not in _OF_ZIPS)


def look() -> Latest:
    """Which imports there are now. One small query."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT)
        return Latest.read(cursor.fetchone()[0])


def _import(row: dict[str, str | int | None]) -> Import:
    checked, congress = row["checked_at"], row["congress"]
    return Import(
        id=int(row["id"] or 0),
        as_of=date.fromisoformat(str(row["as_of"])),
        checked_at=datetime.fromisoformat(str(checked)) if checked else None,
        congress=int(congress) if congress else None,
    )
