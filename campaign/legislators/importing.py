"""The scaffold of every sync: fetch, read, check, then swap. What is refused is refused whole and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from django.db import transaction
from django.utils import timezone

from campaign.legislators import fetching
from campaign.legislators.differences import Difference, shortened, storable
from campaign.legislators.models import DataImport, Subject
from campaign.lib import locks

ASKED_AFTER = timedelta(days=6, hours=12)
MOST_FAULTS_SAID = 10

Parsed = TypeVar("Parsed")


class NotReadable(Exception):
    """The bytes are not what they should be; the message says what is wrong with them."""


class ImportRefused(Exception):
    """The data was not taken in; nothing changed. The faults say why, one sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return " ".join(shortened(self.faults, MOST_FAULTS_SAID))


@dataclass(frozen=True)
class Wish:
    """How an import is wanted: `force` takes in what only looks wrong, `dry_run` writes nothing."""

    force: bool = False
    dry_run: bool = False


AS_IT_COMES = Wish()


@dataclass(frozen=True)
class Arrival:
    """Bytes from outside: from where, as of which day, and the mark by which their source knows this version."""

    body: bytes
    as_of: date
    source: str
    etag: str = ""
    checked_at: datetime | None = None

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of the bytes."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Intake:
    """What taking in came to: the difference, how much is there now, and the Congress where the data speak of one."""

    difference: Difference
    counts: Mapping[str, int]
    congress: int | None = None


@dataclass(frozen=True)
class Source(Generic[Parsed]):
    """A public file and what to do with it.

    `read` makes something of the bytes, outside of any transaction; it raises NotReadable. `take_in` checks it, raising
    ImportRefused, and writes it, in a transaction of which only one at a time runs per subject. `never_back`: a
    file of an earlier day than what we have may say the same, and nothing else.
    """

    subject: Subject
    url: str
    read: Callable[[Arrival], Parsed]
    take_in: Callable[[Parsed, Wish], Intake]
    most_bytes: int = fetching.MOST_BYTES
    never_back: bool = False


@dataclass(frozen=True)
class Outcome(Generic[Parsed]):
    """What came of it. Without an arrival the source had nothing newer than what we have."""

    arrival: Arrival | None = None
    parsed: Parsed | None = None
    difference: Difference = field(default_factory=Difference)
    counts: Mapping[str, int] = field(default_factory=dict)


def refresh(source: Source[Parsed], url: str = "", wish: Wish = AS_IT_COMES) -> Outcome[Parsed]:
    """Bring in what the public file says now. The second time the source answers that nothing is newer.

    A source that gives nothing is noted as well. Raises fetching.TryLater, fetching.Refused and ImportRefused.
    """
    url = url or source.url
    latest = DataImport.objects.latest_applied(source.subject)
    # The mark speaks only for what came from there; after --file or a first start the whole file is wanted.
    knows = latest is not None and latest.source == url[:500] and not (wish.force or wish.dry_run)
    started = timezone.now()
    try:
        download = fetching.fetch(url, latest.etag if latest and knows else "", most_bytes=source.most_bytes)
    except (fetching.TryLater, fetching.Refused) as error:
        _note(source, Arrival(b"", started.date(), url), started, wish, error)
        raise
    now = timezone.now()
    if download is None:
        if latest:
            latest.checked_at = now
            latest.save(update_fields=["checked_at"])
        return Outcome()
    # A server's clock may be ahead of ours; data of a day to come would never look old.
    as_of = min(download.modified_on or now.date(), now.date())
    return bring_in(source, Arrival(download.body, as_of, url, download.etag, checked_at=now), wish)


def is_due(source: Source[Parsed]) -> bool:
    """Whether the source was not heard of for a week, less the hours by which a weekly clock may be early."""
    latest = DataImport.objects.latest_applied(source.subject)
    heard = latest.checked_at if latest else None
    return heard is None or timezone.now() - heard > ASKED_AFTER


def read_file(
    source: Source[Parsed], path: Path, as_of: date | None = None, wish: Wish = AS_IT_COMES
) -> Outcome[Parsed]:
    """Bring in a file that somebody downloaded. Without a date it counts as of the day the file was last changed.

    Raises OSError and ImportRefused.
    """
    started = timezone.now()
    day = as_of or min(datetime.fromtimestamp(path.stat().st_mtime, UTC).date(), started.date())
    try:
        body = bytes_of(path, source.most_bytes)
    except NotReadable as error:
        _note(source, Arrival(b"", day, path.name), started, wish, error)
        raise ImportRefused(str(error)) from error
    return bring_in(source, Arrival(body, day, path.name), wish)


def bytes_of(path: Path, most_bytes: int = fetching.MOST_BYTES) -> bytes:
    """What is in the file, unless it is too large to be read. Raises OSError and NotReadable."""
    if path.stat().st_size > most_bytes:
        raise NotReadable(f"{path.name} is larger than {most_bytes // 1024 // 1024} MB.")
    return path.read_bytes()


def bring_in(source: Source[Parsed], arrival: Arrival, wish: Wish = AS_IT_COMES) -> Outcome[Parsed]:
    """Read, check, swap in, and keep a DataImport. The same bytes again change nothing and are noted as well.

    Two at a time: the second waits. Raises ImportRefused, and what `read` raises of fetching, and notes both; a dry run
    leaves no trace.
    """
    started = timezone.now()
    try:
        parsed = source.read(arrival)
        with transaction.atomic():
            locks.wait_for(locks.Job.IMPORTING, of=source.subject)
            intake = source.take_in(parsed, wish)
            # What the source itself just served is the newest there is, whatever day it says.
            if source.never_back and not arrival.checked_at:
                arrival = _not_before(arrival, source, intake, wish)
            transaction.set_rollback(wish.dry_run)
            _note(source, arrival, started, wish, intake)
    except NotReadable as error:
        _note(source, arrival, started, wish, error)
        raise ImportRefused(str(error)) from error
    except (ImportRefused, fetching.Refused, fetching.TryLater) as error:
        _note(source, arrival, started, wish, error)
        raise
    return Outcome(arrival, parsed, intake.difference, intake.counts)


def _not_before(arrival: Arrival, source: Source[Parsed], intake: Intake, wish: Wish) -> Arrival:
    """A file older than what we have speaks of our later day, if it says the same. Otherwise it is refused."""
    latest = DataImport.objects.latest_applied(source.subject)
    if not latest or arrival.as_of >= latest.as_of:
        return arrival
    if not intake.difference:
        return replace(arrival, as_of=latest.as_of)
    if not wish.force:
        raise ImportRefused(f"It is of {arrival.as_of}; what we have is of {latest.as_of}, which is newer.")
    return arrival


def _note(source: Source[Parsed], arrival: Arrival, started: datetime, wish: Wish, outcome: Intake | Exception) -> None:
    """Keep the run. One that reached nobody has no end: it is told as a try, and is nothing to look into."""
    if wish.dry_run:
        return
    intake = outcome if isinstance(outcome, Intake) else None
    faults = outcome.faults if isinstance(outcome, ImportRefused) else () if intake else (str(outcome),)
    DataImport.objects.create(
        what=source.subject,
        source=arrival.source[:500],
        sha256=arrival.sha256 if arrival.body else "",
        etag=arrival.etag if len(arrival.etag) <= 200 else "",
        as_of=arrival.as_of,
        congress=intake.congress if intake else None,
        started_at=started,
        finished_at=None if isinstance(outcome, fetching.TryLater) else timezone.now(),
        checked_at=arrival.checked_at,
        counts=dict(intake.counts) if intake else {},
        difference=intake.difference.as_json() if intake else {},
        refused_because=storable("\n".join(faults)),
    )
