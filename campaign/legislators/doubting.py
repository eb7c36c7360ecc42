"""Whether a roster can be believed: what contradicts itself, and what only looks wrong."""

from campaign.legislators import seating
from campaign.legislators.importing import Wish
from campaign.legislators.rosters import Roster

FEWEST_SENATORS = 95
MOST_LEAVING = 10


def faults(roster: Roster, wish: Wish) -> list[str]:
    """Contradictions, which no wish overrides; then what only looks wrong."""
    found = roster.faults() + seating.misplaced(roster)
    if found or wish.force:
        return found
    if len(roster.records) < FEWEST_SENATORS:
        found.append(f"It lists {len(roster.records)} senators; fewer than {FEWEST_SENATORS} is not believed.")
    leaving = seating.leaving(roster)
    if len(leaving) > MOST_LEAVING:
        found.append(f"{len(leaving)} senators would leave at once; more than {MOST_LEAVING} is not believed.")
    return found
