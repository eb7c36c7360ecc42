"""The hundred seats drawn by how their holders stand: a shape and a colour for each position, no script, no image."""

from collections.abc import Collection, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaign.lib import hemicycle
from campaign.public.boards import NO_LONGER_KNOWN, VACANT, Row
from campaign.treaties.models import Stance

# Round is against, square is for; full is said, half is leaning. Without any colour it still says the same.
_SHAPES: dict[str, str] = {
    Stance.OPPOSES: '<circle r="1.55" class="full"/>',
    Stance.LEANS_AGAINST: '<circle r="1.35"/><path class="full" d="M0-1.5a1.5 1.5 0 0 0 0 3z"/>',
    Stance.UNDECIDED: '<path class="full" d="M0-1.8 1.8 0 0 1.8-1.8 0z"/>',
    Stance.UNKNOWN: '<circle r="1.25"/>',
    NO_LONGER_KNOWN: '<path d="M-.7-.6a.7.7 0 1 1 1 .7q-.3.2-.3.7M0 1.5v0"/>',
    VACANT: '<path d="M-1-1 1 1M1-1-1 1"/>',
    Stance.LEANS_FOR: '<path d="M-1.2-1.2h2.4v2.4h-2.4z"/><path class="full" d="M0-1.2h1.2v2.4H0z"/>',
    Stance.SUPPORTS: '<path class="full" d="M-1.4-1.4h2.8v2.8h-2.8z"/>',
}
_LINE_FROM, _LINE_TO = 11.0, 36.6


def hundred_seats(rows: Sequence[Row], mine: Collection[int], blocking: int, label: str) -> SafeString:
    """The drawing of these seats, from those against on the left to those for on the right.

    `mine` are the keys of the seats to put a ring around; a line stands after as many seats as are enough to block.
    """
    order = list(_SHAPES)
    ranked = sorted(rows, key=lambda row: order.index(row.mark))
    placed = list(zip(hemicycle.places(), ranked, strict=False))
    return format_html(
        '<svg class="seats" viewBox="0 -1 {} {}" role="img" aria-label="{}"><defs>{}</defs>{}{}{}</svg>',
        hemicycle.WIDTH,
        hemicycle.HEIGHT + 1,
        label,
        format_html_join("", '<g id="m-{0}" class="m-{0}">{1}</g>', ((key, SafeString(_SHAPES[key])) for key in order)),
        _line(blocking),
        format_html_join("", '<use href="#m-{}" x="{}" y="{}"><title>{}</title></use>', map(_seat, placed)),
        format_html_join(
            "",
            '<circle class="ring" cx="{}" cy="{}" r="2.1"/>',
            ((f"{place.x:.1f}", f"{place.y:.1f}") for place, row in placed if row.seat.pk in mine),
        ),
    )


def _seat(placed: tuple[hemicycle.Place, Row]) -> tuple[str, str, str, str]:
    place, row = placed
    return row.mark, f"{place.x:.1f}", f"{place.y:.1f}", f"{row.name}, {row.seat.state}: {row.label}"


def _line(blocking: int) -> SafeString:
    angle = hemicycle.angle_after(blocking)
    ends = (*hemicycle.at(angle, _LINE_FROM), *hemicycle.at(angle, _LINE_TO))
    drawn = format_html('<path class="enough" d="M{} {}L{} {}"/>', *(f"{number:.1f}" for number in ends))
    words = format_html(
        '<text class="big" x="{0}" y="33.2">{1}</text><text x="{0}" y="36.8">{2}</text>',
        f"{hemicycle.CENTRE:.0f}",
        blocking,
        _("can stop it"),
    )
    return SafeString(drawn + words)
