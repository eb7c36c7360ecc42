"""The public files that we follow."""

from campaign.legislators import doubting, seating
from campaign.legislators.importing import Arrival, ImportRefused, Intake, Source, Wish
from campaign.legislators.models import Seat, Subject, Term
from campaign.legislators.rosters import Roster

_PUBLIC = "https://unitedstates.github.io/congress-legislators"


def _read_roster(arrival: Arrival) -> Roster:
    return Roster.from_public_json(arrival.body, as_of=arrival.as_of)


def _read_facts(arrival: Arrival) -> Roster:
    return Roster.from_facts(arrival.body.decode())


def _take_in_roster(roster: Roster, wish: Wish) -> Intake:
    seats = list(Seat.objects.all())
    sitting = list(Term.objects.open().select_related("seat", "legislator"))
    faults = doubting.faults(roster, wish, seats, sitting)
    if faults:
        raise ImportRefused(*faults)
    difference = seating.seat_everyone(roster, seats, sitting)
    counts = {
        "senators": len(roster.senators),
        "representatives": len(roster.representatives),
        "seats": Seat.objects.count(),
        "vacant": Seat.objects.vacant().count(),
    }
    return Intake(difference, counts)


LEGISLATORS: Source[Roster] = Source(
    subject=Subject.LEGISLATORS,
    url=f"{_PUBLIC}/legislators-current.json",
    read=_read_roster,
    take_in=_take_in_roster,
)
FACTS_OF_CONGRESS: Source[Roster] = Source(
    subject=Subject.LEGISLATORS, url="", read=_read_facts, take_in=_take_in_roster
)
