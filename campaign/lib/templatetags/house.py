"""What the templates of all faces share: the hundred seats, counts, and the same page in another language."""

from functools import cache, lru_cache

from django import template
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign.lib.hemicycle import BLOCKING, SEATS, places

register = template.Library()


@cache
def _seats() -> tuple[str, ...]:
    """A dot for each seat, from left to right, as steps of a path: a stroke of no length with round ends."""
    return tuple(f"M{place.x:.1f} {place.y:.1f}h0" for place in places())


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
