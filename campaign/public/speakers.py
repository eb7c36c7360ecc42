"""Who speaks for somebody in both houses: their seats as cards, and what has to be asked before that is certain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaign.legislators import lookup, snapshots
from campaign.legislators.lookup import Constituency, Reason
from campaign.legislators.models import Legislator, Seat
from campaign.lib import usps
from campaign.lib.refusals import Refused
from campaign.public import whereabouts
from campaign.public.fields import Form, Text, where_form
from campaign.public.whereabouts import Way

ASKED = ("state", "postal_code", "district")
Need = Literal["", "zip", "district"]
_WHICH_STATE = {Reason.ZIP_STATE_MISMATCH, Reason.ZIP_SPLIT_STATE}
_DISTRICT = re.compile(r"([A-Z]{2})-[0-9]{1,2}")
_TITLES: dict[str, Text] = {
    "Senator": _("Senator"),
    "Representative": _("Representative"),
    "Delegate": _("Delegate, without a vote"),
    "Resident Commissioner": _("Resident Commissioner, without a vote"),
}


@dataclass(frozen=True)
class Card:
    """A seat and who holds it. Without a holder: `former`, whose term is over, or nobody where it is vacant."""

    seat: Seat
    title: Text
    holder: Legislator | None
    former: Legislator | None = None
    over_on: date | None = None


@dataclass(frozen=True)
class Candidate:
    """A district that may be theirs, to choose by whoever knows it."""

    card: Card
    query: str


@dataclass(frozen=True)
class Speakers:
    """The form as it comes back, and the answer under it. `needs` is what the House would have to be told."""

    form: Form
    query: str = ""
    is_answer: bool = False
    is_refused: bool = False
    state_name: str = ""
    ways: tuple[Way, ...] = ()
    asks: Text = ""
    senators: tuple[Card, ...] = ()
    representative: Card | None = None
    candidates: tuple[Candidate, ...] = ()
    needs: Need = ""
    is_chosen: bool = False
    has_no_senators: bool = False
    is_not_represented: bool = False
    is_stale: bool = False
    as_of: date | None = None


def blank() -> Speakers:
    """Before anybody asked."""
    return Speakers(where_form({}, {}))


def of(typed: Mapping[str, str]) -> Speakers:
    """The answer to `state`, `postal_code` and a `district` that is known already; one that is nobody's is passed over.

    What can't be read says so beside its field, with what was typed.
    """
    chosen = seat_of(typed.get("district", ""))
    if chosen and not any(typed.get(name, "").strip() for name in ("state", "postal_code")):
        typed = {**typed, "state": chosen.state}
    try:
        found = lookup.find(typed.get("state"), typed.get("postal_code"))
        if chosen and len(found.states) > 1 and chosen.state in found.states and not typed.get("state", "").strip():
            found = lookup.find(chosen.state, typed.get("postal_code"))
    except Refused as refused:
        errors = whereabouts.errors_in(refused, typed.get("state", ""))
        return Speakers(where_form(typed, errors), is_answer=True, is_refused=True)
    return _answer(typed, found, chosen if chosen and (chosen.state,) == found.states else None)


def seat_of(district: str) -> Seat | None:
    """The seat of a district as links write it ("OR-3"); None for what is no district of the House."""
    found = snapshots.current().house.get(district) if _DISTRICT.fullmatch(district) else None
    return found.seat if found else None


def _answer(typed: Mapping[str, str], found: Constituency, chosen: Seat | None) -> Speakers:
    form = where_form(typed, whereabouts.errors_of(found))
    if whereabouts.is_open(found):
        asks = next((reason.label for reason in found.reasons if reason in _WHICH_STATE), "")
        return Speakers(form, is_answer=True, ways=whereabouts.ways(typed, found), asks=asks)
    query = {name: typed[name] for name in ("state", "postal_code") if typed.get(name, "").strip()}
    possible = found.representatives
    needs: Need = "" if chosen else _need(typed, found)
    mine = chosen or (possible[0] if possible and not needs else None)
    return Speakers(
        form=form,
        query=urlencode(query),
        is_answer=True,
        state_name=usps.NAMES[found.states[0]] if found.states else "",
        senators=tuple(map(card, found.senators)),
        representative=card(mine) if mine else None,
        candidates=tuple(_candidate(seat, query) for seat in possible) if needs == "district" else (),
        needs=needs,
        is_chosen=chosen is not None and _need(typed, found) != "",
        has_no_senators=Reason.NO_SENATORS in found.reasons,
        is_not_represented=Reason.NOT_REPRESENTED in found.reasons,
        is_stale=Reason.DATA_STALE in found.reasons,
        as_of=found.as_of,
    )


def _need(typed: Mapping[str, str], found: Constituency) -> Need:
    """A ZIP where there is none, or none that is known; an address where the ZIP does not decide."""
    if not found.states:
        return ""
    if Reason.ADDRESS_NEEDED in found.reasons or len(found.representatives) > 1:
        return "district"
    if found.representatives:
        return ""
    has_zip = bool(typed.get("postal_code", "").strip()) and Reason.ZIP_UNKNOWN not in found.reasons
    return "district" if has_zip else "zip"


def card(seat: Seat) -> Card:
    """What is known of a seat today."""
    holder, term, title = seat.holder, seat.current_term, _TITLES[seat.title]
    if holder or term is None:
        return Card(seat, title, holder)
    return Card(seat, title, None, term.legislator, term.runs_out_on)


def _candidate(seat: Seat, query: Mapping[str, str]) -> Candidate:
    return Candidate(card(seat), urlencode({**query, "state": seat.state, "district": seat.district_code}))
