"""Bringing in who sits in the Senate: fetch, check, then swap. What is refused is refused whole and changes nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from campaign.legislators import fetching, seating
from campaign.legislators.models import DataImport, Seat, Subject
from campaign.legislators.rosters import NotARoster, Roster
from campaign.legislators.seating import Difference

PUBLIC_URL = "https://unitedstates.github.io/congress-legislators/legislators-current.json"
FEWEST_SENATORS = 95
MOST_LEAVING = 10


class ImportRefused(Exception):
    """The data was not taken in; nothing changed. The faults say why, one sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return " ".join(self.faults)


@dataclass(frozen=True)
class Wish:
    """How an import is wanted: `force` takes in what only looks wrong, `dry_run` writes nothing."""

    force: bool = False
    dry_run: bool = False


AS_IT_COMES = Wish()


@dataclass(frozen=True)
class Outcome:
    """What came of it. Without a roster the source had nothing newer than what we have."""

    roster: Roster | None
    difference: Difference


def refresh(url: str = PUBLIC_URL, wish: Wish = AS_IT_COMES) -> Outcome:
    """Bring in what the public file says now. The second time the source answers that nothing is newer.

    Raises fetching.TryLater, fetching.Refused and ImportRefused.
    """
    latest = DataImport.objects.latest_applied(Subject.LEGISLATORS)
    # The mark speaks only for what came from there; after --file or a first start the whole file is wanted.
    knows = latest is not None and latest.source == url[:500] and not (wish.force or wish.dry_run)
    download = fetching.fetch(url, latest.etag if latest and knows else "")
    if download is None:
        if latest:
            latest.checked_at = timezone.now()
            latest.save(update_fields=["checked_at"])
        return Outcome(None, Difference())
    as_of = download.modified_on or timezone.now().date()
    roster = _read(download.body, as_of=as_of, source=url, etag=download.etag)
    return Outcome(roster, take_in(roster, wish))


def read_file(path: Path, as_of: date | None = None, wish: Wish = AS_IT_COMES) -> Outcome:
    """Bring in a file that somebody downloaded. Without a date it counts as of the day the file was last changed.

    Raises OSError and ImportRefused.
    """
    if path.stat().st_size > fetching.MOST_BYTES:
        raise ImportRefused(f"{path.name} is larger than {fetching.MOST_BYTES // 1024 // 1024} MB.")
    day = as_of or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    roster = _read(path.read_bytes(), as_of=day, source=path.name)
    return Outcome(roster, take_in(roster, wish))


def _read(body: bytes, *, as_of: date, source: str, etag: str = "") -> Roster:
    try:
        return Roster.from_public_json(body, as_of=as_of, source=source, etag=etag)
    except NotARoster as error:
        raise ImportRefused(str(error)) from error


def take_in(roster: Roster, wish: Wish = AS_IT_COMES) -> Difference:
    """Check the roster, swap it in and keep a DataImport. The same roster again changes nothing and is noted as well.

    Two at a time: the second waits. Raises ImportRefused, and notes that too.
    """
    started = timezone.now()
    difference = Difference()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('legislators.importing'))")
        faults = tuple(_faults(roster, wish))
        if not faults:
            difference = seating.seat_everyone(roster)
            transaction.set_rollback(wish.dry_run)
    if not wish.dry_run:
        _note(roster, started, difference, faults)
    if faults:
        raise ImportRefused(*faults)
    return difference


def _faults(roster: Roster, wish: Wish) -> list[str]:
    """Contradictions, which no wish overrides; then what only looks wrong."""
    faults = roster.faults() + seating.misplaced(roster)
    if faults or wish.force:
        return faults
    if len(roster.records) < FEWEST_SENATORS:
        faults.append(f"It lists {len(roster.records)} senators; fewer than {FEWEST_SENATORS} is not believed.")
    leaving = seating.leaving(roster)
    if len(leaving) > MOST_LEAVING:
        faults.append(f"{len(leaving)} senators would leave at once; more than {MOST_LEAVING} is not believed.")
    return faults


def _note(roster: Roster, started: datetime, difference: Difference, faults: tuple[str, ...]) -> None:
    seats = Seat.objects.senate()
    DataImport.objects.create(
        what=Subject.LEGISLATORS,
        source=roster.source[:500],
        sha256=roster.sha256,
        etag=roster.etag if len(roster.etag) <= 200 else "",
        as_of=roster.as_of,
        started_at=started,
        finished_at=timezone.now(),
        counts={"senators": len(roster.records), "seats": seats.count(), "vacant": seats.vacant().count()},
        difference=difference.as_json(),
        refused_because="\n".join(faults),
    )
