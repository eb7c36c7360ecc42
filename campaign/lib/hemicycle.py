"""Where the hundred seats stand when they are drawn: five rows around one centre, computed once."""

import math
from functools import cache
from typing import NamedTuple

SEATS = 100
BLOCKING = 34
WIDTH, HEIGHT = 76, 39
CENTRE, FLOOR = 38.0, 36.8
_ROWS = (12, 16, 20, 24, 28)
_BETWEEN_SEATS = 4.0


class Place(NamedTuple):
    """Where a seat stands. The angle is 0 at the far left and pi at the far right."""

    angle: float
    x: float
    y: float


@cache
def places() -> tuple[Place, ...]:
    """All hundred, from left to right."""
    found = []
    for row in _ROWS:
        radius = (row - 1) * _BETWEEN_SEATS / math.pi
        angles = [math.pi * seat / (row - 1) for seat in range(row)]
        found += [Place(angle, *at(angle, radius)) for angle in angles]
    return tuple(sorted(found))


def at(angle: float, radius: float) -> tuple[float, float]:
    """The point at this angle, so far from the centre."""
    return CENTRE - radius * math.cos(angle), FLOOR - radius * math.sin(angle)


def angle_after(count: int) -> float:
    """The angle of a line that has so many seats on its left."""
    here = places()
    if count <= 0:
        return 0.0
    if count >= len(here):
        return math.pi
    return (here[count - 1].angle + here[count].angle) / 2
