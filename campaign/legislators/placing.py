"""Saying of every ZIP where it lies: its states and its districts, each source in its own column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from campaign.legislators import terms
from campaign.legislators.differences import Difference, shortened
from campaign.legislators.importing import ImportRefused, Intake, Source, Wish
from campaign.legislators.models import PostalCode, Subject
from campaign.legislators.relationships import Relationships, read_districts, read_facts, read_states
from campaign.lib import usps

_CENSUS = "https://www2.census.gov/geo/docs/maps-data/data/rel2020"
FEWEST_ZIPS = 30_000
MOST_LEAVING = 1_000
# Every one of them is in the Census's files, so a file without one was cut off. It is not sure of all the islands.
_IN_EVERY_FILE = usps.STATES | {usps.DISTRICT, "PR"}
_MOST_LINES = 100
_TABLE = PostalCode._meta.db_table
_COLUMNS = ("states", "census_states", "districts")


@dataclass(frozen=True)
class Move:
    """A ZIP of which a source says something else than before."""

    zip: str
    before: Sequence[str] | None
    after: Sequence[str] | None

    def __str__(self) -> str:
        if not self.before or not self.after:
            return f"{self.zip}: {' '.join(self.after or self.before or ())}"
        return f"{self.zip}: {' '.join(self.before)} -> {' '.join(self.after)}"


def swap_in(column: str, arriving: Mapping[str, Sequence[str]]) -> list[Move]:
    """Let this column of the ZIPs say what arrived and nothing else; the other columns stay as they are.

    A ZIP of which nobody says anything any more goes. The same again writes nothing. Eight statements, whatever the
    number of ZIPs; to be called in a transaction, whose end the next source waits for. Who reads waits for nobody.
    """
    others = " AND ".join(f"{name} = '{{}}'" for name in _COLUMNS if name != column)
    gone = "NOT EXISTS (SELECT FROM arriving WHERE arriving.zip = here.zip)"
    with connection.cursor() as cursor:
        # Imports wait for each other by subject, but these rows are written for several: in two orders, in a deadlock.
        cursor.execute(f"LOCK TABLE {_TABLE} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("CREATE TEMPORARY TABLE arriving (zip varchar(5) PRIMARY KEY, said varchar(6)[] NOT NULL)")
        with cursor.copy("COPY arriving (zip, said) FROM STDIN") as copy:
            for zip_code, said in arriving.items():
                copy.write_row((zip_code, list(said)))
        cursor.execute(
            f"SELECT zip, NULLIF(here.{column}, '{{}}'), said FROM {_TABLE} AS here FULL JOIN arriving USING (zip)"
            f" WHERE NULLIF(here.{column}, '{{}}')::text[] IS DISTINCT FROM said::text[] ORDER BY zip"
        )
        moves = [Move(*row) for row in cursor.fetchall()]
        if moves:
            cursor.execute(
                f"INSERT INTO {_TABLE} AS here (zip, {column}) SELECT zip, said FROM arriving"
                f" ON CONFLICT (zip) DO UPDATE SET {column} = excluded.{column}"
                f" WHERE here.{column} <> excluded.{column}"
            )
            cursor.execute(f"DELETE FROM {_TABLE} AS here WHERE {gone} AND {others}")
            cursor.execute(f"UPDATE {_TABLE} AS here SET {column} = '{{}}' WHERE {column} <> '{{}}' AND {gone}")
            cursor.execute(f"ANALYZE {_TABLE}")
        cursor.execute("DROP TABLE arriving")
    return moves


def take_in_states(read: Relationships, wish: Wish) -> Intake:
    """Keep the states that the Census finds in each ZIP. Raises ImportRefused."""
    return _take_in("census_states", read, wish, read.of_zip.values())


def take_in_districts(read: Relationships, wish: Wish) -> Intake:
    """Keep the districts of the sitting Congress in each ZIP. Raises ImportRefused; no wish brings in another's."""
    if fault := _fault_of_congress(read.congress, timezone.now().date()):
        raise ImportRefused(fault)
    states = ([district[:2] for district in districts] for districts in read.of_zip.values())
    return _take_in("districts", read, wish, states)


def take_in_facts(read: Relationships, _wish: Wish) -> Intake:
    """Keep the districts of the few ZIPs in our own table, of whichever Congress: lookups use the sitting one's."""
    moves = swap_in("districts", read.of_zip)
    return Intake(_difference(moves), {"zips": len(read.of_zip), "changed": len(moves)}, read.congress)


def _take_in(column: str, read: Relationships, wish: Wish, states: Iterable[Iterable[str]]) -> Intake:
    faults = [] if wish.force else _doubts(read, {state for each in states for state in each})
    if faults:
        raise ImportRefused(*faults)
    moves = swap_in(column, read.of_zip)
    leaving = sum(not move.after for move in moves)
    if leaving > MOST_LEAVING and not wish.force:
        raise ImportRefused(f"{leaving} ZIPs would be in it no more; more than {MOST_LEAVING} at once is not believed.")
    split = sum(len(areas) > 1 for areas in read.of_zip.values())
    counts = {"zips": len(read.of_zip), "split": split, "changed": len(moves)}
    return Intake(_difference(moves), counts, read.congress)


def _doubts(read: Relationships, states: set[str]) -> list[str]:
    faults = []
    if len(read.of_zip) < FEWEST_ZIPS:
        faults.append(f"It knows {len(read.of_zip)} ZIPs; fewer than {FEWEST_ZIPS} are not believed. Is it whole?")
    if missing := sorted(_IN_EVERY_FILE - states):
        faults.append(f"It knows no ZIP of {', '.join(missing)}. Is it whole?")
    return faults


def _fault_of_congress(congress: int | None, today: date) -> str:
    sitting = terms.congress_on(today)
    if congress == sitting:
        return ""
    if congress == sitting + 1:
        return f"It holds the districts of Congress {congress}, which does not sit yet; until then it is kept out."
    return f"It holds the districts of Congress {congress}; the one that sits is {sitting}."


def _difference(moves: list[Move]) -> Difference:
    """Lines for the first of each kind, and how many more there are: a first import moves every ZIP."""
    return Difference(
        joined=_first(move for move in moves if not move.before),
        left=_first(move for move in moves if not move.after),
        changed=_first(move for move in moves if move.before and move.after),
    )


def _first(moves: Iterable[Move]) -> tuple[str, ...]:
    return tuple(shortened([str(move) for move in moves], _MOST_LINES))


ZIPS: Source[Relationships] = Source(
    subject=Subject.ZIPS,
    url=f"{_CENSUS}/zcta520/tab20_zcta520_county20_natl.txt",
    read=read_states,
    take_in=take_in_states,
)


FACTS_OF_DISTRICTS: Source[Relationships] = Source(
    subject=Subject.DISTRICTS, url="facts/districts.txt", read=read_facts, take_in=take_in_facts
)


def districts() -> Source[Relationships]:
    """The file of the districts of the Congress that sits today: each has its own address."""
    congress = terms.congress_on(timezone.now().date())
    url = f"{_CENSUS}/cd-sld/tab20_cd{congress}20_zcta520_natl.txt"
    return Source(subject=Subject.DISTRICTS, url=url, read=read_districts, take_in=take_in_districts)
