"""What an import changes, as lines for people: while they are found, and as they are told and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models

MOST_LINES_KEPT = 1000
_SIGNS = {"joined": "+", "left": "-", "renewed": "=", "changed": "~", "contradictions": "!", "notes": "*"}


@dataclass(frozen=True)
class Difference:
    """What an import changes, as lines for people. Contradictions and notes are told, but change nothing."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.joined, self.left, self.renewed, self.changed))

    def as_json(self) -> dict[str, list[str]]:
        """As it is kept with the import: of very many lines the first thousand, and how many more there were."""
        return {kind: shortened(lines) for kind, lines in asdict(self).items()}

    def lines(self) -> list[str]:
        """The difference as a report prints it, as long as it is kept."""
        return [f"{_SIGNS[kind]} {line}" for kind, lines in self.as_json().items() for line in lines]


@dataclass
class Notes:
    """The lines of a difference while an import finds them."""

    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_difference(self) -> Difference:
        """What was found."""
        return Difference(**{kind: tuple(lines) for kind, lines in vars(self).items()})


def take_over(row: models.Model, said: Mapping[str, Any]) -> list[str]:
    """Make the row what is said of its fields, without saving it. A line for each that changed: "rank: 2 -> 1"."""
    changed = {name: value for name, value in said.items() if getattr(row, name) != value}
    lines = [f"{name}: {getattr(row, name)} -> {value}" for name, value in changed.items()]
    for name, value in changed.items():
        setattr(row, name, value)
    return lines


def shortened(lines: Sequence[str], most: int = MOST_LINES_KEPT) -> list[str]:
    """The first lines, without what a database cannot hold, and how many more there are."""
    kept = [storable(line) for line in lines[:most]]
    more = len(lines) - len(kept)
    return [*kept, f"and {more:,} more"] if more else kept


def storable(text: str) -> str:
    """Without what a database cannot hold: NUL and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()
