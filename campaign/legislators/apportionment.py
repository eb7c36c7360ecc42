"""Which seats the House has: 435 of the states, six of DC and the territories. A vacant one is a seat, too."""

from functools import cache
from pathlib import Path

from campaign.legislators.models import Chamber
from campaign.legislators.records import SeatKey
from campaign.legislators.rosters import tables_of_facts
from campaign.lib import usps

_FACTS = Path(__file__).parent / "facts" / "apportionment.tsv"


@cache
def districts_of_states() -> dict[str, int]:
    """How many seats the House gives each of the fifty states since the last census."""
    ((_head, rows),) = tables_of_facts(_FACTS.read_text())
    return {row["state"]: int(row["seats"]) for row in rows}


@cache
def house_seats() -> frozenset[SeatKey]:
    """The 441 seats of the House, delegates' included."""
    seats = {SeatKey(Chamber.HOUSE, state, 0) for state in usps.RESIDENCES - usps.STATES}
    for state, number in districts_of_states().items():
        seats |= {SeatKey(Chamber.HOUSE, state, district) for district in _numbers(number)}
    return frozenset(seats)


def _numbers(seats: int) -> range:
    return range(1) if seats == 1 else range(1, seats + 1)
