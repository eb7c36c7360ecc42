"""Whether a roster can be believed: what contradicts itself, and what only looks wrong."""

from collections.abc import Iterable

from campaign.legislators import apportionment
from campaign.legislators.importing import Wish
from campaign.legislators.models import Chamber, Seat, Term
from campaign.legislators.records import SeatKey
from campaign.legislators.rosters import Roster

FEWEST = {Chamber.SENATE: 95, Chamber.HOUSE: 400}
MOST_LEAVING = 10


def faults(roster: Roster, wish: Wish, seats: Iterable[Seat], sitting: Iterable[Term]) -> list[str]:
    """Contradictions, which no wish overrides; then what only looks wrong. Given are all our seats and open terms."""
    contradictions = roster.faults() + _misplaced_senators(roster, seats)
    if contradictions or wish.force:
        return contradictions
    senators = too_few(len(roster.senators), FEWEST[Chamber.SENATE], "senators")
    representatives = too_few(len(roster.representatives), FEWEST[Chamber.HOUSE], "representatives")
    return senators + representatives + _misplaced_representatives(roster) + _too_many_leave(roster, sitting)


def _misplaced_senators(roster: Roster, seats: Iterable[Seat]) -> list[str]:
    """Seats that cannot be, since their state already has its two in other classes."""
    known: dict[str, set[int]] = {}
    for seat in seats:
        if seat.is_senate:
            known.setdefault(seat.state, set()).add(seat.senate_class or 0)
    return [
        f"{key.state} has no seat of class {key.number}, but {sorted(known[key.state])}"
        for key in (record.seat for record in roster.senators)
        if len(known.get(key.state, ())) == 2 and key.number not in known[key.state]
    ]


def too_few(number: int, fewest: int, whom: str) -> list[str]:
    """The fault of a list that was cut off, or none."""
    return [f"It lists {number} {whom}; fewer than {fewest} is not believed."] if number < fewest else []


def _misplaced_representatives(roster: Roster) -> list[str]:
    """Districts that the law does not give. A new census may change that, so that an organizer can insist."""
    strangers: list[SeatKey] = sorted({record.seat for record in roster.representatives} - apportionment.house_seats())
    given = apportionment.districts_of_states()
    return [f"{seat} is no district: {seat.state} has {given.get(seat.state, 1)}." for seat in strangers]


def _too_many_leave(roster: Roster, sitting: Iterable[Term]) -> list[str]:
    """Who sits now and is not in the roster. Whose term has run out by its day was bound to leave: not counted."""
    stay = {record.bioguide_id for record in roster.records}
    leaving = [
        term for term in sitting if term.legislator.bioguide_id not in stay and not term.has_run_out(roster.as_of)
    ]
    if len(leaving) <= MOST_LEAVING:
        return []
    return [f"{len(leaving)} members of Congress would leave at once; more than {MOST_LEAVING} is not believed."]
