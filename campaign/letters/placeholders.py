"""Placeholders of letter templates: a fixed list, `{{name}}` or `{{name|fallback}}`, filled after parsing, no logic."""

from collections.abc import Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaign.lib import marks
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


def faults(field: str, template: str) -> list[Refusal]:
    """A refusal for every mark that is no placeholder of the list, with the line it stands in."""
    sentence = _("Line {line}: this is not a placeholder we know. Look at the list beside the form.")
    return [
        Refusal(field, "unknown_placeholder", format_lazy(sentence, line=marks.place(template, fault.at).line))
        for fault in marks.faults(marks.parts(template, MEANINGS))
    ]


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with its values. A value is never read again, so what it holds can't become a placeholder.

    An empty value leaves the fallback. A template with faults raises ValueError: it should never have been saved.
    """
    filled = []
    for part in marks.parts(template, MEANINGS):
        if isinstance(part, marks.Fault):
            raise ValueError("the template has an unknown placeholder")
        filled.append(part if isinstance(part, str) else values.get(part.name) or part.fallback)
    return "".join(filled)
