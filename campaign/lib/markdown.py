"""Markdown that organizers write, as HTML that can do no harm: no scripts, no pictures from elsewhere, no styles."""

from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {"p", "br", "hr", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "a"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
# The page has the first two levels itself: a text's own headings stand below them.
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3"}
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


def parsed(text: str) -> list[Token]:
    """The text as tokens, its headings below those of the page."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADINGS.get(token.tag, "h4")
    return tokens


def html_of(tokens: Sequence[Token]) -> SafeString:
    """The tokens as HTML, sanitized after it was rendered: two walls, each of which would do."""
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 sanitized by nh3 in the line above


def as_html(text: str) -> SafeString:
    """The text as HTML that can do no harm."""
    return html_of(parsed(text))
