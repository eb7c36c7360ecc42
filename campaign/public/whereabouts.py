"""Asking people where they vote: what has to be mended in the two fields, and states to choose from as links."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.html import format_html

from campaign.legislators.lookup import Constituency, Reason
from campaign.lib import usps
from campaign.lib.refusals import Refusal, Refused
from campaign.public.fields import Text

BESIDE_THE_ZIP = frozenset({Reason.ZIP_UNKNOWN})
BESIDE_THE_STATE = frozenset({Reason.MILITARY_ASK_STATE})


@dataclass(frozen=True)
class Way:
    """Something to choose, as a link."""

    name: str
    query: str


def errors_in(refused: Refused, state: str, anchor: str = "") -> dict[str, Text]:
    """The sentence for each field; a ZIP that may have been meant is a link to the place on the page."""
    return {refusal.field: _sentence(refusal, state, anchor) for refusal in refused.refusals}


def errors_of(found: Constituency) -> dict[str, Text]:
    """What the lookup asks back, beside the field in which it is answered."""
    errors: dict[str, Text] = {}
    for reason in found.reasons:
        if reason in BESIDE_THE_ZIP:
            errors["postal_code"] = reason.label
        elif reason in BESIDE_THE_STATE:
            errors["state"] = reason.label
    return errors


def is_open(found: Constituency) -> bool:
    """Whether it stays open which state it is."""
    return len(found.states) > 1 or Reason.ZIP_STATE_MISMATCH in found.reasons


def ways(typed: Mapping[str, str], found: Constituency) -> tuple[Way, ...]:
    """The candidate states to choose from, where there are several; the answer is the same question with one state."""
    return tuple(_way(code, typed, found) for code in found.states) if is_open(found) else ()


def _way(code: str, typed: Mapping[str, str], found: Constituency) -> Way:
    """Where the ZIP contradicts the typed state, choosing that drops the ZIP."""
    contradicts = Reason.ZIP_STATE_MISMATCH in found.reasons and code == usps.state_from(typed.get("state", ""))
    postal_code = "" if contradicts else typed.get("postal_code", "")
    return Way(usps.NAMES[code], urlencode({"state": code, "postal_code": postal_code}))


def _sentence(refusal: Refusal, state: str, anchor: str) -> str | Promise:
    if refusal.field != "postal_code" or not refusal.suggestion:
        return refusal.detail
    query = urlencode({"state": state, "postal_code": refusal.suggestion})
    return format_html('{} <a href="?{}{}">{}</a>', refusal.detail, query, anchor, refusal.suggestion)
