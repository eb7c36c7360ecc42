"""Where the hundred seats stand."""

import math

import pytest

from campaign.lib import hemicycle


def test_a_hundred_seats_stand_apart_and_inside_the_picture() -> None:
    places = hemicycle.places()
    assert len(places) == hemicycle.SEATS
    assert all(0 < place.x < hemicycle.WIDTH and 0 < place.y < hemicycle.HEIGHT for place in places)
    nearest = min(math.dist(one[1:], two[1:]) for one in places for two in places if one is not two)
    assert nearest > 3.9


@pytest.mark.parametrize("count", [1, 33, 34, 50, 99])
def test_a_line_has_so_many_seats_on_its_left(count: int) -> None:
    angle = hemicycle.angle_after(count)
    assert sum(place.angle <= angle for place in hemicycle.places()[:count]) == count


@pytest.mark.parametrize(("count", "angle"), [(0, 0.0), (-3, 0.0), (100, math.pi), (1000, math.pi)])
def test_none_and_all_are_at_the_ends(count: int, angle: float) -> None:
    assert hemicycle.angle_after(count) == angle
