"""Counting the Senate on a treaty: two thirds of those present consent, one more than the rest of a third blocks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.legislators.models import FOREIGN_RELATIONS, CommitteeMembership, Legislator, Seat
from campaign.treaties.models import Position, Stance, Treaty

SEATS = 100


def needed_to_consent(present: int) -> int:
    """How many must vote for it: two thirds of those present, rounded up. Nobody present: 0, but the Senate then has
    no quorum and cannot vote. Raises ValueError for a number of senators that cannot be present.
    """
    if not 0 <= present <= SEATS:
        raise ValueError(f"{present} senators cannot be present.")
    return -(-2 * present // 3)


def needed_to_block(present: int) -> int:
    """How many must not vote for it, so that too few are left. Raises ValueError as above."""
    return present - needed_to_consent(present) + 1


@dataclass(frozen=True)
class Standing:
    """A seat, who holds it as far as we know, and how that one stands. No position: nobody entered one yet."""

    seat: Seat
    holder: Legislator | None = None
    position: Position | None = None
    committee: CommitteeMembership | None = None

    @property
    def stance(self) -> Stance:
        """How the holder stands; unknown where nobody entered it, and where we do not know who holds the seat."""
        return Stance(self.position.stance) if self.position else Stance.UNKNOWN


@dataclass(frozen=True)
class Count:
    """Where the hundred seats stand. A vacant seat stands nowhere and cannot be present; a seat whose term ran out is
    somebody's, we do not know whose: it counts as seated and unknown. So `by_stance` adds up to `seated`.
    """

    seated: int
    vacant: int
    by_stance: Mapping[Stance, int]

    @property
    def quorum(self) -> int:
        """How many must be present before the Senate may vote: more than half of those who hold a seat."""
        return self.seated // 2 + 1

    def needed_to_consent(self, present: int | None = None) -> int:
        """As the function, with everybody present who may be, unless said otherwise. Raises ValueError for more."""
        return needed_to_consent(self._present(present))

    def needed_to_block(self, present: int | None = None) -> int:
        """As the function, with everybody present who may be, unless said otherwise. Raises ValueError for more."""
        return needed_to_block(self._present(present))

    @property
    def against(self) -> int:
        """Those who oppose it or lean against it."""
        return self._of(Stance.OPPOSES, Stance.LEANS_AGAINST)

    @property
    def in_favor(self) -> int:
        """Those who support it or lean for it."""
        return self._of(Stance.SUPPORTS, Stance.LEANS_FOR)

    @property
    def still_needed_to_block(self) -> int:
        """How many senators are missing beside those who oppose it. Who only leans against it is not counted on."""
        return max(0, self.needed_to_block() - self._of(Stance.OPPOSES))

    @property
    def still_needed_to_consent(self) -> int:
        """How many senators are missing beside those who support it. Who only leans for it is not counted on."""
        return max(0, self.needed_to_consent() - self._of(Stance.SUPPORTS))

    @property
    def is_blocked(self) -> bool:
        """Whether those who oppose it can block it by themselves if they come, however many others come."""
        return self.still_needed_to_block == 0

    def _of(self, *stances: Stance) -> int:
        return sum(self.by_stance.get(stance, 0) for stance in stances)

    def _present(self, present: int | None) -> int:
        if present is None:
            return self.seated
        if present > self.seated:
            raise ValueError(f"Of {self.seated} senators {present} cannot be present.")
        return present


def roll_call(treaty: Treaty) -> tuple[Standing, ...]:
    """All seats of the Senate by their states' names and class, and how their holders stand now. Three queries."""
    return roll_calls([treaty])[0]


def roll_calls(treaties: Sequence[Treaty]) -> list[tuple[Standing, ...]]:
    """The roll call on each of the treaties, in their order. Three queries, however many they are."""
    positions: dict[Treaty, dict[int, Position]] = {treaty: {} for treaty in treaties}
    for position in Position.objects.current().filter(treaty__in=treaties).select_related("treaty", "entered_by"):
        positions[position.treaty][position.legislator_id] = position
    members = CommitteeMembership.objects.of(FOREIGN_RELATIONS).open().select_related("committee")
    committee = {membership.legislator_id: membership for membership in members}
    # As people look for them: Alabama stands before Alaska, whose code is the first.
    seats = sorted(Seat.objects.senate().with_holders(), key=lambda seat: (seat.state_name, seat.senate_class or 0))
    return [tuple(_standing(seat, positions[treaty], committee) for seat in seats) for treaty in treaties]


def count(standings: Iterable[Standing]) -> Count:
    """The roll call in numbers."""
    called = list(standings)
    seated = [standing for standing in called if not standing.seat.is_vacant]
    numbers = Counter(standing.stance for standing in seated)
    by_stance = {stance: numbers[stance] for stance in Stance}
    return Count(seated=len(seated), vacant=len(called) - len(seated), by_stance=by_stance)


def _standing(seat: Seat, positions: Mapping[int, Position], committee: Mapping[int, CommitteeMembership]) -> Standing:
    holder = seat.holder
    if holder is None:
        return Standing(seat)
    position = positions.get(holder.pk)
    if position:
        position.legislator = holder
    return Standing(seat, holder, position, committee.get(holder.pk))
