"""The fields that citizens' forms show: what each is called, what was typed into it, and what has to be mended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaign.lib import usps
from campaign.lib.refusals import Refused

Text = str | Promise


@dataclass(frozen=True)
class Field:
    """One field, ready for templates/public/field.html. The id is its name, so that an error can link to it."""

    name: str
    label: Text
    value: str = ""
    errors: tuple[Text, ...] = ()
    hint: Text = ""
    kind: str = "text"
    autocomplete: str = "off"
    inputmode: str = ""
    rows: int = 0
    is_required: bool = True


@dataclass(frozen=True)
class Form:
    """The fields by name, and all that has to be mended, for the summary above them."""

    fields: Mapping[str, Field] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Field:
        """So that a template can say form.email."""
        return self.fields[name]

    @property
    def troubles(self) -> list[tuple[Field, Text]]:
        """Each sentence with its field, from top to bottom."""
        return [(each, sentence) for each in self.fields.values() for sentence in each.errors]


_PERSON: dict[str, dict[str, Any]] = {
    "given_name": {"label": _("Given name"), "autocomplete": "given-name"},
    "family_name": {"label": _("Family name"), "autocomplete": "family-name"},
    "email": {"label": _("E-mail"), "autocomplete": "email", "kind": "email"},
    "state": {
        "label": _("State where you vote"),
        "kind": "state",
        "hint": _("At a military or overseas address, choose the state of your voting residence."),
    },
    "postal_code": {
        "label": _("ZIP code"),
        "autocomplete": "postal-code",
        "inputmode": "numeric",
    },
}
_COMMENT = {
    "label": _("Comment (not required)"),
    "hint": _("Only the organizers read it."),
    "kind": "lines",
    "rows": 3,
    "is_required": False,
}
_CORRECTABLE = ("given_name", "family_name", "state", "postal_code")


def sign_up_form(typed: Mapping[str, str] | None = None, refused: Refused | None = None) -> Form:
    """The form under a petition: empty, or with what was typed and what has to be mended."""
    return _form(_PERSON | {"comment": _COMMENT}, typed or {}, refused.by_field() if refused else {})


def correction_form(typed: Mapping[str, str], refused: Refused | None = None) -> Form:
    """What the mailbox's owner may mend before confirming."""
    descriptions = {name: _PERSON[name] for name in _CORRECTABLE} | {"comment": _COMMENT}
    return _form(descriptions, typed, refused.by_field() if refused else {})


def where_form(typed: Mapping[str, str], errors: Mapping[str, Text]) -> Form:
    """State and ZIP alone, with what to mend beside each. A state that was typed in words comes back as its code."""
    state = typed.get("state", "")
    descriptions = {"state": _PERSON["state"] | {"hint": ""}, "postal_code": _PERSON["postal_code"]}
    read = {**typed, "state": usps.state_from(state) or state}
    return _form(descriptions, read, {name: (sentence,) for name, sentence in errors.items()})


def _form(
    descriptions: Mapping[str, dict[str, Any]], typed: Mapping[str, str], errors: Mapping[str, Iterable[Text]]
) -> Form:
    return Form(
        {
            name: Field(name=name, value=typed.get(name, ""), errors=tuple(errors.get(name, ())), **description)
            for name, description in descriptions.items()
        }
    )


def _named(codes: frozenset[str]) -> list[tuple[str, str]]:
    return sorted(((code, usps.NAMES[code]) for code in codes), key=lambda choice: choice[1])


# People look for the District among the states. A military address is offered because people look for it: choosing it
# is answered with the question where they vote.
STATES: list[tuple[Text, list[tuple[str, str]]]] = [
    (_("States and the District of Columbia"), _named(usps.STATES | {usps.DISTRICT})),
    (_("Territories"), _named(usps.TERRITORIES)),
    (_("Military addresses"), _named(usps.MILITARY)),
]


def hidden(**values: str) -> SafeString:
    """Hidden fields for what a link brought along."""
    inputs = [format_html('<input type="hidden" name="{}" value="{}">', *each) for each in values.items() if each[1]]
    return SafeString("".join(inputs))
