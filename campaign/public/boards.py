"""A treaty with all that citizens see of it: the hundred seats, who stands where, the petitions. Kept for seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.legislators import aging
from campaign.legislators.aging import Age
from campaign.legislators.models import Seat, Subject
from campaign.lib.kept import Kept
from campaign.lib.text import LONGEST_SLUG
from campaign.petitions.models import Petition
from campaign.treaties import counting
from campaign.treaties.counting import Count, Standing
from campaign.treaties.models import Stance, Treaty

KEPT_FOR_SECONDS = 5.0


# How a seat is marked whose holder has no stance: nobody holds it, or nobody whom we know.
VACANT, NO_LONGER_KNOWN = "vacant", "no-longer-known"
LABELS: dict[str, str | Promise] = {
    Stance.OPPOSES: gettext_lazy("Opposes it"),
    Stance.LEANS_AGAINST: gettext_lazy("Leans against"),
    Stance.UNDECIDED: gettext_lazy("Undecided"),
    Stance.UNKNOWN: gettext_lazy("Not known"),
    Stance.LEANS_FOR: gettext_lazy("Leans for"),
    Stance.SUPPORTS: gettext_lazy("Supports it"),
    VACANT: gettext_lazy("Vacant seat"),
    NO_LONGER_KNOWN: gettext_lazy("Term over, successor not known to us"),
}


class Row(Standing):
    """A line of the roll call as the drawing, the table and the cards show it."""

    @property
    def mark(self) -> str:
        """Its holder's stance, or why there is none."""
        if self.holder:
            return self.stance
        return VACANT if self.seat.is_vacant else NO_LONGER_KNOWN

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return str(LABELS[self.mark])

    @property
    def name(self) -> str:
        """Who holds the seat, or the seat's own name."""
        return self.holder.official_name if self.holder else self.seat.label

    @property
    def is_known(self) -> bool:
        """Whether somebody entered where the holder stands."""
        return self.holder is not None and self.mark != Stance.UNKNOWN


@dataclass(frozen=True)
class Tally:
    """One line of the legend."""

    mark: str
    label: str
    number: int


@dataclass(frozen=True, eq=False)
class Board:
    """Everything about a treaty that is the same for everybody. A newer one is another, whatever it holds."""

    treaty: Treaty
    rows: tuple[Row, ...]
    count: Count
    age: Age
    petitions: tuple[Petition, ...]

    @cached_property
    def by_seat(self) -> dict[int, Row]:
        """The row of each seat, by the seat's key."""
        return {row.seat.pk: row for row in self.rows}

    def rows_of(self, seats: Iterable[Seat]) -> list[Row]:
        """The rows of these seats, in their order."""
        return [self.by_seat[seat.pk] for seat in seats if seat.pk in self.by_seat]

    def rows_in(self, state: str) -> list[Row]:
        """The rows of a state."""
        return [row for row in self.rows if row.seat.state == state]

    @cached_property
    def members(self) -> list[Row]:
        """Who sits on the Foreign Relations Committee: the majority first, each side by rank."""
        seated = [(row.committee, row) for row in self.rows if row.committee]
        return [row for place, row in sorted(seated, key=lambda pair: (pair[0].side, pair[0].rank))]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many seats carry each mark."""
        found = dict.fromkeys(LABELS, 0)
        for row in self.rows:
            found[row.mark] += 1
        return found

    @property
    def legend(self) -> list[Tally]:
        """A line for each position, and for seats without a holder where there are any."""
        always = set(Stance.values)
        return [
            Tally(mark, str(label), self.numbers[mark])
            for mark, label in LABELS.items()
            if mark in always or self.numbers[mark]
        ]

    @property
    def as_of(self) -> date | None:
        """The day whose Senate this is."""
        return self.age.good_as_of

    @property
    def in_words(self) -> str:
        """What the drawing shows, in a sentence."""
        parts = [f"{tally.label} {tally.number}" for tally in self.legend if tally.number]
        return _("The hundred seats of the Senate. {list}.").format(list=", ".join(parts))


def board_of(slug: str) -> Board | None:
    """The treaty's board, at most a few seconds old; None where there is no such treaty."""
    return _boards.get(slug) if len(slug) <= LONGEST_SLUG else None


def board_for(petition: Petition) -> Board | None:
    """The board of the treaty that a petition is about; None where it is about none."""
    return board_of(petition.treaty.slug) if petition.treaty else None


def _ask(slug: str) -> Board | None:
    treaty = Treaty.objects.with_story().filter(slug=slug).first()
    if treaty is None or not treaty.texts.all():
        return None
    standings = counting.roll_call(treaty)
    return Board(
        treaty=treaty,
        rows=tuple(Row(**vars(standing)) for standing in standings),
        count=counting.count(standings),
        age=aging.age_of(Subject.LEGISLATORS),
        petitions=tuple(Petition.objects.open().filter(treaty=treaty).with_texts().order_by("-opened_at")),
    )


_boards: Kept[str, Board | None] = Kept(_ask, seconds=KEPT_FOR_SECONDS, most=32)
