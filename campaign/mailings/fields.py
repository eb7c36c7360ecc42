"""Merge fields: `{{given_name}}`, or `{{given_name|there}}` for whom it is empty. A fixed list, no logic.

A text is parsed once. Values go in after that and after Markdown, so nothing that a person typed becomes a field,
Markdown or HTML. A field that can be empty for somebody (`MAY_BE_EMPTY`) needs a fallback.
"""

import difflib
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy, get_text_list
from django.utils.translation import gettext_lazy as _

from campaign.legislators import lookup
from campaign.lib import marks, usps
from campaign.lib.kept import Kept
from campaign.lib.refusals import Refusal
from campaign.mailings.models import Mailing
from campaign.petitions.models import Petition

MEANINGS: dict[str, str | Promise] = {
    "given_name": _("the supporter's given name"),
    "family_name": _("the supporter's family name"),
    "state": _("the name of the supporter's state"),
    "senators": _("the names of the senators who speak for them; empty for places that have none: give a fallback"),
    "petition": _("the petition's title"),
    "petition_url": _("the address of the petition"),
    "letter_url": _("the address where they write to their senators; their own page for places that have none"),
    "my_page": _("the address of their own page"),
}
URLS = frozenset({"petition_url", "letter_url", "my_page"})
PRIVATE = frozenset({"letter_url", "my_page"})
MAY_BE_EMPTY = frozenset({"senators"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whose values go in."""

    id: uuid.UUID
    given_name: str
    family_name: str
    state: str


SOMEBODY = Person(uuid.UUID(int=0), "Ada", "Lopez", "OR")


@dataclass(frozen=True, slots=True)
class Cause:
    """What a mailing is about, in its language: the same for everybody."""

    language: str
    slug: str
    title: str
    url: str

    @classmethod
    def of(cls, petition: Petition, language: str) -> "Cause":
        """From a petition whose texts are at hand or not."""
        return cls._about(petition, language, petition.text_in(language).title)

    @classmethod
    def of_mailing(cls, mailing: Mailing) -> "Cause":
        """Its petition, called as it was approved."""
        return cls._about(mailing.petition, mailing.language, mailing.petition_title)

    @classmethod
    def _about(cls, petition: Petition, language: str, title: str) -> "Cause":
        return cls(language, petition.slug, title, address("public:petition", language, petition.slug))


def address(name: str, language: str, *args: str) -> str:
    """The full address of a page in a language."""
    with translation.override(language):
        return settings.SITE_URL + reverse(name, args=args)


def refusals(field: str, text: str, *, is_line: bool = False) -> list[Refusal]:
    """What is wrong with a text's fields, each with its line and column. In a line (a subject) no address may stand."""
    found = []
    for part in marks.parts(text, MEANINGS):
        if isinstance(part, marks.Fault):
            found.append(_unknown(field, text, part))
        elif isinstance(part, marks.Slot) and part.name in MAY_BE_EMPTY and not part.fallback:
            sentence = _("Line {line}, column {column}: this field is empty for some people. Write {{{{{name}|…}}}}.")
            found.append(_refusal(field, "fallback_needed", text, part.at, sentence, name=part.name))
        elif isinstance(part, marks.Slot) and is_line and part.name in URLS:
            sentence = _("Line {line}, column {column}: an address can't stand in a subject.")
            found.append(_refusal(field, "address_in_subject", text, part.at, sentence))
    return found


def _unknown(field: str, text: str, fault: marks.Fault) -> Refusal:
    if not fault.name:
        sentence = _("Line {line}, column {column}: these braces are no field. Write {{{{name}}}} with both its ends.")
        return _refusal(field, "stray_braces", text, fault.at, sentence)
    close = difflib.get_close_matches(fault.name.lower(), list(MEANINGS), n=1, cutoff=0.6)
    if close:
        sentence = _("Line {line}, column {column}: we don't know this field. Did you mean {{{{{name}}}}}?")
        return _refusal(field, "unknown_field", text, fault.at, sentence, name=close[0])
    sentence = _("Line {line}, column {column}: we don't know this field. Look at the list beside the form.")
    return _refusal(field, "unknown_field", text, fault.at, sentence)


def _refusal(field: str, code: str, text: str, at: int, sentence: Any, name: str = "") -> Refusal:
    line, column = marks.place(text, at)
    return Refusal(field, code, format_lazy(sentence, line=line, column=column, name=name), suggestion=name)


def _senators(key: tuple[str, str]) -> str:
    state, language = key
    seats = lookup.find(state).senators if state in usps.NAMES else ()
    names = [seat.holder.official_name for seat in seats if seat.holder]
    with translation.override(language):
        return get_text_list(names, translation.gettext("and"))


_kept_senators: Kept[tuple[str, str], str] = Kept(_senators, seconds=60, most=512)


def values(person: Person, cause: Cause, my_page: str) -> dict[str, str]:
    """Every field's value for one person, as plain text. `my_page` is the address of their page, if any is needed."""
    senators = _kept_senators.get((person.state, cause.language))
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "state": usps.NAMES.get(person.state, person.state),
        "senators": senators,
        "petition": cause.title,
        "petition_url": cause.url,
        "letter_url": f"{my_page}petitions/{cause.slug}/letter/" if senators and my_page else my_page,
        "my_page": my_page,
    }
