"""Placeholders of letter templates: a fixed list, `{{name}}` or `{{name|fallback}}`, filled after parsing, no logic."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaign.lib.refusals import Refusal

MEANINGS = {
    "salutation": _("how the senator is addressed, like: Senator Wyden"),
    "senator": _("the senator's full name"),
    "state": _("the name of the constituent's state"),
    "given_name": _("the constituent's given name"),
    "family_name": _("the constituent's family name"),
    "postal_code": _("the constituent's ZIP code"),
    "petition": _("the petition's title"),
}
_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INSIDE = re.compile(r"\s*([a-z_]+)\s*(?:\|([^{}|]*))?")


@dataclass(frozen=True)
class _Slot:
    name: str
    fallback: str


def _parts(template: str) -> Iterator[str | _Slot | int]:
    """Text, slots, and the place (in characters) of every mark that is no placeholder of ours."""
    end = 0
    for mark in _MARK.finditer(template):
        yield template[end : mark.start()]
        inside = _INSIDE.fullmatch(mark[1])
        yield _Slot(inside[1], (inside[2] or "").strip()) if inside and inside[1] in MEANINGS else mark.start()
        end = mark.end()
    rest = template[end:]
    yield (
        end + min(at for at in (rest.find("{{"), rest.find("}}")) if at >= 0) if "{{" in rest or "}}" in rest else rest
    )


def faults(field: str, template: str) -> list[Refusal]:
    """A refusal for every mark that is no placeholder of the list, with the line it stands in."""
    sentence = _("Line {line}: this is not a placeholder we know. Look at the list beside the form.")
    return [
        Refusal(field, "unknown_placeholder", format_lazy(sentence, line=template.count("\n", 0, part) + 1))
        for part in _parts(template)
        if isinstance(part, int)
    ]


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with its values. A value is never read again, so what it holds can't become a placeholder.

    An empty value leaves the fallback. A template with faults raises ValueError: it should never have been saved.
    """
    filled = []
    for part in _parts(template):
        if isinstance(part, int):
            raise ValueError("the template has an unknown placeholder")
        filled.append(part if isinstance(part, str) else values.get(part.name) or part.fallback)
    return "".join(filled)
