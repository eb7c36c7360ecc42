"""What we know from outside: how old each kind of it is, what was refused since, what contradicts, what follows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from django.db.models import Case, Count, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.legislators import terms
from campaign.legislators.aging import Age
from campaign.legislators.models import DataImport, Seat, Subject

MOST_REFUSED = 5
_NEVER = datetime.min.replace(tzinfo=UTC)
KINDS = {
    "joined": _("came"),
    "left": _("left"),
    "renewed": _("began a new term"),
    "changed": _("changed"),
    "contradictions": _("contradictions"),
    "notes": _("notes"),
}


@dataclass(frozen=True)
class Field:
    """A kind of data: its name, what it is for, how it is brought in, and what its age means."""

    subject: Subject
    name: str | Promise
    purpose: str | Promise
    command: str
    is_judged_by_age: bool = True
    holds_letters: bool = False


FIELDS = (
    Field(
        Subject.LEGISLATORS,
        _("Members of Congress"),
        _("who sits in which seat, and how to reach them; letters rest on it"),
        "sync_legislators",
        holds_letters=True,
    ),
    Field(
        Subject.SENATE_LIST,
        _("The Senate's own list"),
        _("checks the senators and fills in the addresses of their contact forms"),
        "sync_legislators",
    ),
    Field(
        Subject.CLERKS_LIST,
        _("The House Clerk's list"),
        _("checks the representatives and delegates"),
        "sync_legislators",
    ),
    Field(Subject.COMMITTEES, _("Committees"), _("who sits on Foreign Relations"), "sync_committees"),
    Field(Subject.TREATIES, _("Treaties"), _("where each treaty stands in Congress"), "sync_treaties"),
    Field(
        Subject.DISTRICTS,
        _("Districts"),
        _("in which districts a ZIP lies; they are drawn for one Congress"),
        "sync_districts",
        is_judged_by_age=False,
    ),
    Field(Subject.ZIPS, _("ZIPs of the Census"), _("in which states a ZIP lies"), "sync_zips", is_judged_by_age=False),
    Field(
        Subject.PLACES,
        _("ZIPs of the post office"),
        _("which ZIPs there are; they come with the program"),
        "furnish",
        is_judged_by_age=False,
    ),
)


@dataclass(frozen=True)
class Change:
    """One kind of lines of a difference."""

    name: str | Promise
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Holding:
    """A kind of data as we hold it: the last good import, the tries refused since, the newest first."""

    field: Field
    latest: DataImport | None
    refused: tuple[DataImport, ...]
    refusals: int
    today: date

    @property
    def age(self) -> Age:
        """How old it is."""
        return Age.of(self.latest, self.today)

    @property
    def is_aging(self) -> bool:
        """Whether somebody should look why nothing newer came. What ships with the program may be missing or old."""
        if self.field.is_judged_by_age:
            return (self.latest is not None or self.field.holds_letters) and self.age.is_aging
        return self.is_of_another_congress

    @property
    def letters_wait(self) -> bool:
        """Whether no letter leaves because of it."""
        return self.field.holds_letters and self.age.is_stale

    @property
    def is_of_another_congress(self) -> bool:
        """Whether it was drawn for a Congress that does not sit any more, or not yet: it is not used then."""
        congress = self.latest.congress if self.latest else None
        return congress is not None and congress != terms.congress_on(self.today)

    @cached_property
    def contradictions(self) -> tuple[str, ...]:
        """Where the last good import and what we held say different things. It changed nothing."""
        return _lines(self.latest, "contradictions")

    @property
    def counts(self) -> list[str]:
        """How much of it there is, in the words of the import: "senators 100"."""
        kept = self.latest.counts if self.latest else {}
        return [f"{what.replace('_', ' ')} {number:,}" for what, number in kept.items()]

    @property
    def changes(self) -> list[Change]:
        """What the last good import changed, for people."""
        found = ((name, _lines(self.latest, kind)) for kind, name in KINDS.items() if kind != "contradictions")
        return [Change(name, lines) for name, lines in found if lines]


def _lines(latest: DataImport | None, kind: str) -> tuple[str, ...]:
    kept = latest.difference.get(kind, ()) if latest else ()
    return tuple(kept) if isinstance(kept, list) else ()


def holdings() -> list[Holding]:
    """Every kind of data as we hold it, with the differences. Three queries."""
    today = timezone.now().date()
    latest = {row.what: row for row in _latest()}
    refused: dict[str, list[DataImport]] = defaultdict(list)
    since = Case(
        *(When(what=what, then=Value(_settled_at(row))) for what, row in latest.items()), default=Value(_NEVER)
    )
    # A try that reached nobody has no end.
    tries = DataImport.objects.exclude(refused_because="").annotate(tried_at=Coalesce("finished_at", "started_at"))
    tries = tries.filter(tried_at__gt=since)
    # Each reason once: a network that is down for weeks hides no other.
    each_reason = tries.order_by("what", "refused_because", "-tried_at", "-pk").distinct("what", "refused_because")
    newest = tries.filter(pk__in=each_reason.values("pk")).order_by("-tried_at", "-pk").defer("difference")
    for row in newest[: MOST_REFUSED * len(FIELDS)]:
        refused[row.what].append(row)
    numbers = dict(tries.order_by().values("what").annotate(n=Count("pk")).values_list("what", "n"))
    return [
        Holding(
            each,
            latest.get(each.subject),
            tuple(refused[each.subject][:MOST_REFUSED]),
            numbers.get(each.subject, 0),
            today,
        )
        for each in FIELDS
    ]


def _settled_at(good: DataImport) -> datetime:
    """When the source last gave us, or still had, what we hold. What was refused before is of no interest any more."""
    moments = (good.finished_at, good.checked_at)
    return max((moment for moment in moments if moment), default=_NEVER)


def _latest() -> Iterable[DataImport]:
    return DataImport.objects.applied().order_by("what", "-finished_at", "-pk").distinct("what")


@dataclass(frozen=True)
class Warnings:
    """What somebody has to look at, in short."""

    legislators: Age
    refused: tuple[str | Promise, ...]
    contradicted: tuple[str | Promise, ...]

    def __bool__(self) -> bool:
        return self.legislators.is_aging or bool(self.refused or self.contradicted)


def warnings() -> Warnings:
    """For the first page: how old our knowledge of Congress is, and which kinds were refused or contradict. One query.

    Of each kind it looks at the last good import and the last refused one.
    """
    newest: dict[tuple[str, bool], DataImport] = {}
    rows = DataImport.objects.exclude(finished_at=None).annotate(
        is_refused=Case(When(refused_because="", then=Value(False)), default=Value(True)),
        contradictions=F("difference__contradictions"),
    )
    last = rows.order_by("what", "is_refused", "-finished_at", "-pk").distinct("what", "is_refused")
    for row in last.defer("difference", "counts"):
        newest[row.what, row.is_refused] = row
    good = newest.get((Subject.LEGISLATORS, False))
    return Warnings(
        Age.of(good, timezone.now().date()),
        tuple(each.name for each in FIELDS if _was_refused(newest, each.subject)),
        tuple(each.name for each in FIELDS if _contradicts(newest.get((each.subject, False)))),
    )


def _was_refused(newest: dict[tuple[str, bool], DataImport], subject: Subject) -> bool:
    good, refused = newest.get((subject, False)), newest.get((subject, True))
    if refused is None:
        return False
    return good is None or (refused.finished_at or _NEVER) > _settled_at(good)


def _contradicts(good: DataImport | None) -> bool:
    return good is not None and bool(getattr(good, "contradictions", None))


@dataclass(frozen=True)
class EmptySeats:
    """Seats without a holder, as far as we know: vacant ones, and those whose term ran out."""

    vacant: tuple[Seat, ...]
    run_out: tuple[Seat, ...]


def empty_seats() -> EmptySeats:
    """The Senate's first, then by state. One query."""
    seats = sorted(Seat.objects.with_holders(), key=lambda seat: (not seat.is_senate, seat.state, str(seat)))
    return EmptySeats(
        tuple(seat for seat in seats if seat.is_vacant),
        tuple(seat for seat in seats if seat.current_term and seat.current_term.has_run_out()),
    )
