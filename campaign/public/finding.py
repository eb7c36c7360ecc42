"""Finding one's own senators on a treaty's page: what was typed, what the lookup says to it, and what is asked back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaign.legislators import lookup
from campaign.legislators.lookup import Constituency, Reason
from campaign.lib import usps
from campaign.lib.refusals import Refusal, Refused
from campaign.public.boards import Board, Row
from campaign.public.fields import Field, Form, Text

# What only matters for the House: it has no vote on a treaty.
_OF_THE_HOUSE = {"zip_split_district", "address_needed"}
_BESIDE_THE_ZIP = {Reason.ZIP_UNKNOWN}
_BESIDE_THE_STATE = {Reason.MILITARY_ASK_STATE}
_STATE_LABEL, _ZIP_LABEL = _("State where you vote"), _("ZIP code")


@dataclass(frozen=True)
class Way:
    """A state to choose, as a link."""

    name: str
    query: str


@dataclass(frozen=True)
class Finding:
    """The form as it comes back, and under it the answer: my senators, or a question, or why there are none."""

    form: Form
    state_name: str = ""
    rows: tuple[Row, ...] = ()
    ways: tuple[Way, ...] = ()
    reasons: tuple[Text, ...] = ()
    has_no_senators: bool = False
    is_refused: bool = False
    mine: frozenset[int] = field(default_factory=frozenset)


def blank() -> Finding:
    """Before anybody asked."""
    return Finding(_form({}, {}))


def find(board: Board, typed: Mapping[str, str]) -> Finding:
    """What `state` and `postal_code` lead to. Whatever was typed stays; what can't be read says so beside its field."""
    state, postal_code = typed.get("state", ""), typed.get("postal_code", "")
    try:
        found = lookup.find(state, postal_code)
    except Refused as refused:
        errors = {refusal.field: _sentence(refusal, state) for refusal in refused.refusals}
        return Finding(_form(typed, errors), is_refused=True)
    return _answer(board, typed, found)


def _answer(board: Board, typed: Mapping[str, str], found: Constituency) -> Finding:
    asks = len(found.states) > 1 or Reason.ZIP_STATE_MISMATCH in found.reasons
    rows = () if asks else tuple(board.rows_of(seat for seat in found.seats if seat.is_senate))
    unspoken = _OF_THE_HOUSE if any(row.holder is None for row in rows) else _OF_THE_HOUSE | {"seat_vacant"}
    spoken = [reason for reason in found.reasons if reason.value not in unspoken]
    errors: dict[str, Text] = {}
    for reason in spoken:
        if reason in _BESIDE_THE_ZIP:
            errors["postal_code"] = reason.label
        elif reason in _BESIDE_THE_STATE:
            errors["state"] = reason.label
    beside = _BESIDE_THE_ZIP | _BESIDE_THE_STATE
    return Finding(
        form=_form(typed, errors),
        state_name=usps.NAMES[found.states[0]] if len(found.states) == 1 else "",
        rows=rows,
        ways=tuple(_way(code, typed, found) for code in found.states) if asks else (),
        reasons=tuple(reason.label for reason in spoken if reason not in beside),
        has_no_senators=bool({Reason.NO_SENATORS, Reason.NOT_REPRESENTED}.intersection(found.reasons)),
        mine=frozenset(row.seat.pk for row in rows),
    )


def _way(code: str, typed: Mapping[str, str], found: Constituency) -> Way:
    """The same question with this state. Where the ZIP contradicts the typed state, choosing that drops the ZIP."""
    contradicts = Reason.ZIP_STATE_MISMATCH in found.reasons and code == usps.state_from(typed.get("state", ""))
    postal_code = "" if contradicts else typed.get("postal_code", "")
    return Way(usps.NAMES[code], urlencode({"state": code, "postal_code": postal_code}))


def _sentence(refusal: Refusal, state: str) -> str | Promise:
    """What is wrong; a ZIP that may have been meant is a link."""
    if refusal.field != "postal_code" or not refusal.suggestion:
        return refusal.detail
    query = urlencode({"state": state, "postal_code": refusal.suggestion})
    return format_html('{} <a href="?{}#mine">{}</a>', refusal.detail, query, refusal.suggestion)


def _form(typed: Mapping[str, str], errors: Mapping[str, Text]) -> Form:
    state = typed.get("state", "")
    fields = (
        Field("state", _STATE_LABEL, usps.state_from(state) or state, kind="state"),
        Field("postal_code", _ZIP_LABEL, typed.get("postal_code", ""), autocomplete="postal-code", inputmode="numeric"),
    )
    return Form({each.name: replace(each, errors=_errors_of(each, errors)) for each in fields})


def _errors_of(each: Field, errors: Mapping[str, Text]) -> tuple[Text, ...]:
    return (errors[each.name],) if each.name in errors else ()
