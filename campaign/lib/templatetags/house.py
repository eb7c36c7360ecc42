"""What the templates of all faces share: the hundred seats, counts, and the same page in another language."""

import math
from functools import cache, lru_cache

from django import template
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SEATS = 100
BLOCKING = 34
_ROWS = (12, 16, 20, 24, 28)
_BETWEEN_SEATS = 4.0
_CENTRE, _FLOOR = 38.0, 36.8


@cache
def _seats() -> tuple[str, ...]:
    """A dot for each seat, from left to right, as steps of a path: a stroke of no length with round ends."""
    places = []
    for row in _ROWS:
        radius = (row - 1) * _BETWEEN_SEATS / math.pi
        angles = [math.pi * seat / (row - 1) for seat in range(row)]
        places += [(angle, _CENTRE - radius * math.cos(angle), _FLOOR - radius * math.sin(angle)) for angle in angles]
    return tuple(f"M{x:.1f} {y:.1f}h0" for _angle, x, y in sorted(places))


@register.simple_tag
@lru_cache(maxsize=256)
def hemicycle(filled: int = BLOCKING, label: str = "") -> SafeString:
    """The hundred seats with so many filled. Without a label it is decoration, for what the text beside it says."""
    filled = max(0, min(SEATS, filled))
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="hemicycle" viewBox="0 0 76 39" {}><path class="off" d="{}"/><path class="on" d="{}"/></svg>',
        meaning,
        "".join(_seats()[filled:]),
        "".join(_seats()[:filled]),
    )


@register.filter
def grouped(number: int) -> str:
    """4213 as 4,213: the way it is written in the United States, in English and in Spanish."""
    return f"{number:,}"


@register.simple_tag(takes_context=True)
def same_page(context: template.Context, language: str) -> str:
    """The address of this page in another language; the front page's where this one has only one address."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else "/"
    found = translate_url(path, language)
    if found != path or language == translation.get_language():
        return found
    with translation.override(language):
        return reverse("public:home")
