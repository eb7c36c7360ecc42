"""Charts as SVG, drawn by the server; colours come from the style sheet by class, as the CSP wants it.

A picture says in one sentence what it shows; the table behind it says the rest.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard.counts import Series
from campaign.lib import usps
from campaign.lib.templatetags.house import grouped

WIDTH, HEIGHT = 1000, 240
_GAP = 0.18
TILE, _EDGE = 40, 2
LEVELS = 5


def nice_top(most: int) -> int:
    """A round number at or above the highest bar, and even, so that its half is whole."""
    if most <= 2:
        return 2
    power = 10 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= most and step * power % 2 == 0)


@dataclass(frozen=True)
class Bars:
    """A bar chart and what stands around it. The labels are text of the page, so they stay readable at any width."""

    svg: SafeString
    top: int
    first: str
    last: str
    sentence: str

    @property
    def half(self) -> int:
        """What the line in the middle stands for."""
        return self.top // 2


def bars(series: Series) -> Bars:
    """Confirmed signatures over time."""
    periods = series.periods
    top = nice_top(max(period.confirmed for period in periods))
    step = WIDTH / len(periods)
    sentence = _sentence(series)
    rows = []
    for number, period in enumerate(periods):
        high = round(period.confirmed * HEIGHT / top, 1)
        words = f"{date_format(period.begins, 'DATE_FORMAT')}: {grouped(period.confirmed)}"
        left, width = round(number * step + step * _GAP / 2, 2), round(step * (1 - _GAP), 2)
        if high:
            rows.append((left, round(HEIGHT - high, 1), width, high, words))
    svg = format_html(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="grid" d="M0 0.5H{}M0 {}H{}"/>{}</svg>',
        WIDTH,
        HEIGHT,
        sentence,
        WIDTH,
        HEIGHT // 2,
        WIDTH,
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', rows),
    )
    return Bars(
        svg=svg,
        top=top,
        first=date_format(periods[0].begins, "DATE_FORMAT"),
        last=date_format(periods[-1].begins, "DATE_FORMAT"),
        sentence=sentence,
    )


def _sentence(series: Series) -> str:
    total = sum(period.confirmed for period in series.periods)
    if not total:
        return _("No confirmed signatures yet.")
    best = max(series.periods, key=lambda period: period.confirmed)
    most = _("Most in the week of %(day)s: %(most)s.") if series.is_weekly else _("Most on %(day)s: %(most)s.")
    count = ngettext(
        "%(total)s confirmed signature between %(first)s and %(last)s.",
        "%(total)s confirmed signatures between %(first)s and %(last)s.",
        total,
    )
    values = {
        "total": grouped(total),
        "first": date_format(series.periods[0].begins, "DATE_FORMAT"),
        "last": date_format(series.periods[-1].begins, "DATE_FORMAT"),
        "day": date_format(best.begins, "DATE_FORMAT"),
        "most": grouped(best.confirmed),
    }
    return f"{count % values} {most % values}"


@dataclass(frozen=True)
class Step:
    """A shade of the map and the counts it stands for."""

    level: int
    least: int
    most: int

    @property
    def words(self) -> str:
        """As the legend says it."""
        return grouped(self.least) if self.least == self.most else f"{grouped(self.least)}\u2013{grouped(self.most)}"


def steps(most: int) -> list[Step]:
    """At most five shades of equal width, none of them empty of whole numbers."""
    if most <= 0:
        return []
    width = math.ceil(most / LEVELS)
    count = math.ceil(most / width)
    return [Step(number + 1, number * width + 1, min(most, (number + 1) * width)) for number in range(count)]


@dataclass(frozen=True)
class TileMap:
    """The states as tiles, each shaded by its count, with a legend."""

    svg: SafeString
    legend: Sequence[Step]


def tile_map(confirmed: Mapping[str, int]) -> TileMap:
    """Where the signers vote."""
    legend = steps(max((confirmed.get(state, 0) for state in usps.TILES), default=0))
    columns = max(tile.column for tile in usps.TILES.values()) + 1
    lines = max(tile.row for tile in usps.TILES.values()) + 1
    reached = sum(1 for state in usps.TILES if confirmed.get(state, 0) > 0)
    sentence = ngettext(
        "Map: signatures from %(count)s state or territory.",
        "Map: signatures from %(count)s states and territories.",
        reached,
    ) % {"count": reached}
    tiles = format_html_join("", _TILE, (_tile(state, confirmed.get(state, 0), legend) for state in usps.TILES))
    svg = format_html(
        '<svg class="tiles" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        columns * TILE,
        lines * TILE,
        sentence,
        tiles,
    )
    return TileMap(svg, legend)


_TILE = (
    '<g class="level-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4"/>'
    '<text x="{}" y="{}">{}</text></g>'
)


def _tile(state: str, count: int, legend: Sequence[Step]) -> tuple[object, ...]:
    place = usps.TILES[state]
    left, upper = place.column * TILE, place.row * TILE
    level = next((step.level for step in legend if step.least <= count <= step.most), 0)
    side = TILE - 2 * _EDGE
    name = _("%(state)s: %(count)s") % {"state": usps.NAMES[state], "count": grouped(count)}
    return level, name, left + _EDGE, upper + _EDGE, side, side, left + TILE // 2, upper + TILE // 2 + 6, state
