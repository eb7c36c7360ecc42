"""What lookups answer from: ZIPs, seats with their holders, and how old all of it is, in the memory of each process.

Every process sees an import within some seconds: that often one thread looks which imports there are, with one small
query, and reads again only what they are about. An office's address may have been entered meanwhile: letters ask the
database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models.expressions import RawSQL

from campaign.legislators import latest, places
from campaign.legislators.aging import Age
from campaign.legislators.latest import Latest
from campaign.legislators.models import Seat, Subject
from campaign.legislators.places import LOOKED_AT_EVERY_SECONDS, Place
from campaign.lib import usps
from campaign.lib.kept import Remembered

# One delegate each, by law; which states have only one seat, the seats say.
_WITH_ONE_DELEGATE = usps.TERRITORIES | {usps.DISTRICT}


@dataclass(frozen=True)
class Sitting:
    """A seat with its holder in hand, and until when that holder may sit; None where nobody does."""

    seat: Seat
    runs_out_on: date | None

    @property
    def is_vacant(self) -> bool:
        """Nobody was elected or appointed."""
        return self.runs_out_on is None

    def has_run_out(self, today: date) -> bool:
        """Whoever sits there now, nobody told us."""
        return self.runs_out_on is not None and today >= self.runs_out_on


@dataclass(frozen=True)
class Snapshot:
    """Everything a lookup needs. Shared by all threads: nobody changes anything in it."""

    latest: Latest = field(default_factory=Latest)
    senators: Mapping[str, tuple[Sitting, ...]] = field(default_factory=dict)
    house: Mapping[str, Sitting] = field(default_factory=dict)
    # Of states with one seat, and of the delegates: the district of every ZIP there.
    at_large: Mapping[str, str] = field(default_factory=dict)
    zips: Mapping[str, Place] = field(default_factory=dict)

    def age(self, today: date) -> Age:
        """How old what we know of the legislators is."""
        return Age.of(self.latest.imports.get(Subject.LEGISLATORS), today)

    @property
    def as_of(self) -> date | None:
        """The day whose legislators these are."""
        found = self.latest.imports.get(Subject.LEGISLATORS)
        return found.as_of if found else None

    @property
    def congress_of_districts(self) -> int | None:
        """Whose districts the ZIPs lie in."""
        found = self.latest.imports.get(Subject.DISTRICTS)
        return found.congress if found else None


def current() -> Snapshot:
    """What we know now. Cold it costs two queries; later none, but for one thread every few seconds."""
    return _remembered.get()


def _look(before: Snapshot | None) -> Snapshot:
    if before is None:
        return _anew()
    known = latest.look()
    if known.of_seats != before.latest.of_seats:
        return _anew()
    zips = places.after(known).of_zip
    return before if (known, zips) == (before.latest, before.zips) else replace(before, latest=known, zips=zips)


_remembered: Remembered[Snapshot] = Remembered(_look, seconds=LOOKED_AT_EVERY_SECONDS)


def _anew() -> Snapshot:
    imports = RawSQL(f"({latest.SELECT})", [])  # noqa: S611 a constant of ours
    seats = list(Seat.objects.with_holders().annotate(latest=imports))
    known = Latest.read(seats[0].latest) if seats else latest.look()
    senators: dict[str, list[Sitting]] = {}
    house: dict[str, Sitting] = {}
    for each in map(_sitting, seats):
        if each.seat.is_senate:
            senators.setdefault(each.seat.state, []).append(each)
        else:
            house[each.seat.district_code] = each
    return Snapshot(
        latest=known,
        senators={state: tuple(every) for state, every in senators.items()},
        house=house,
        at_large=_at_large([each.seat for each in house.values()]),
        zips=places.after(known).of_zip,
    )


def _sitting(seat: Seat) -> Sitting:
    term = seat.current_term
    return Sitting(seat, term.runs_out_on if term else None)


def _at_large(seats: Sequence[Seat]) -> dict[str, str]:
    found = {state: f"{state}-0" for state in _WITH_ONE_DELEGATE}
    several = {seat.state for seat in seats if seat.district}
    for seat in seats:
        if seat.district == 0 and seat.state not in several:
            found[seat.state] = seat.district_code
    return found
