"""Who speaks for a person: senators come from the state the person gives, the ZIP checks it.

    lookup.find("Oregon", "97201").seats

Everything is answered from indexed tables, in at most three queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.legislators.models import DataImport, PostalCode, Seat, Subject
from campaign.lib import usps
from campaign.lib.refusals import Refusal, Refused


class Reason(models.TextChoices):
    """Why an answer is not simply two senators. The value is for machines, the label for people."""

    NO_SENATORS = "no_senators", _("The District of Columbia and the territories have no senators.")
    NOT_REPRESENTED = "not_represented", _("Palau, Micronesia and the Marshall Islands have no seats in Congress.")
    MILITARY_ASK_STATE = (
        "military_ask_state",
        _("An APO, FPO or DPO address belongs to no state. Which state is your voting residence?"),
    )
    ZIP_UNKNOWN = "zip_unknown", _("We don't know this ZIP code. Please check it.")
    ZIP_STATE_MISMATCH = "zip_state_mismatch", _("This ZIP code lies in another state. Which of them is yours?")
    ZIP_SPLIT_STATE = "zip_split_state", _("This ZIP code lies in more than one state. Which of them is yours?")
    SEAT_VACANT = "seat_vacant", _("A seat of this state is vacant. A letter waits until somebody holds it.")


_ASKING = {Reason.MILITARY_ASK_STATE, Reason.ZIP_STATE_MISMATCH, Reason.ZIP_SPLIT_STATE}


@dataclass(frozen=True)
class Constituency:
    """The answer of a lookup. `states` are the candidates: more than one means that the person has to say which.

    Empty `states` are for places without a voting residence of their own; `reasons` say why. The seats know their
    holders without another query.
    """

    states: tuple[str, ...]
    seats: tuple[Seat, ...]
    reasons: tuple[Reason, ...]
    as_of: date | None
    districts: tuple[str, ...] = ()

    @property
    def state(self) -> str | None:
        """The one state, where there is no doubt."""
        return self.states[0] if len(self.states) == 1 and not self.asks else None

    @property
    def asks(self) -> tuple[Reason, ...]:
        """The reasons that are a question to the person: only another state, typed or chosen, answers them."""
        return tuple(reason for reason in self.reasons if reason in _ASKING)

    def as_json(self) -> dict[str, Any]:
        """The form in which the API answers."""
        return {
            "states": list(self.states),
            "districts": list(self.districts),
            "seats": [_seat_as_json(seat) for seat in self.seats],
            "reasons": [reason.value for reason in self.reasons],
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


def _seat_as_json(seat: Seat) -> dict[str, Any]:
    holder = seat.holder
    legislator = holder and {
        "bioguide_id": holder.bioguide_id,
        "name": holder.official_name,
        "party": holder.party,
        "phone": holder.office.phone or None,
        "contact_form": holder.office.contact_form or None,
    }
    return {"chamber": seat.chamber, "state": seat.state, "class": seat.senate_class, "legislator": legislator}


def find(state: str | None = None, postal_code: str | None = None) -> Constituency:
    """The seats that speak for somebody who gives a state, a ZIP or both, as people write them.

    A typed state that is one of the ZIP's is never overruled. A ZIP that cannot check the state (unknown, military)
    leaves it as typed. Where both contradict each other both are candidates and no seats are picked. Raises Refused for
    what is no state or no ZIP, with a suggestion where there is one.
    """
    typed, zip_code = _read(state or "", postal_code or "")
    of_zip = _states_of(zip_code)
    reasons = [Reason.ZIP_UNKNOWN] if zip_code and not of_zip else []
    if typed and _contradict(typed, of_zip):
        reasons.append(Reason.ZIP_STATE_MISMATCH)
        candidates = [typed, *of_zip]
    else:
        candidates = [typed] if typed else of_zip
    reasons += _reasons_of(typed, candidates)
    states = tuple(code for code in candidates if code in usps.RESIDENCES)
    seats = () if Reason.ZIP_STATE_MISMATCH in reasons else _seats_of(states)
    if any(seat.holder is None for seat in seats):
        reasons.append(Reason.SEAT_VACANT)
    return Constituency(states, seats, tuple(reasons), DataImport.objects.as_of(Subject.LEGISLATORS))


def _read(state: str, postal_code: str) -> tuple[str | None, str | None]:
    typed = zip_code = None
    refusals = []
    if state.strip() and not (typed := usps.state_from(state)):
        sentence = _("We don't know this state. Please give its name or its two letters, like Oregon or OR.")
        refusals.append(Refusal("state", "unknown_state", sentence))
    if postal_code.strip():
        try:
            zip_code = usps.postal_code_from(postal_code)
        except usps.BadPostalCode as error:
            refusals.append(Refusal("postal_code", error.fault.value, error.sentence, error.suggestion))
    if not refusals and not typed and not zip_code:
        refusals.append(Refusal("state", "required", _("Please give a state or a ZIP code.")))
    if refusals:
        raise Refused(tuple(refusals))
    return typed, zip_code


def _states_of(zip_code: str | None) -> list[str]:
    if zip_code is None:
        return []
    return PostalCode.objects.filter(zip=zip_code).values_list("states", flat=True).first() or []


def _contradict(typed: str, of_zip: list[str]) -> bool:
    """A ZIP abroad (military, freely associated) says nothing about where somebody votes, an unknown one neither."""
    return bool(of_zip) and typed not in of_zip and not (usps.MILITARY | usps.ASSOCIATED).issuperset(of_zip)


def _reasons_of(typed: str | None, candidates: list[str]) -> list[Reason]:
    if typed and len(candidates) > 1:
        return [Reason.MILITARY_ASK_STATE] if typed in usps.MILITARY else []
    if len(candidates) > 1:
        return [Reason.ZIP_SPLIT_STATE]
    kinds = {
        Reason.NO_SENATORS: usps.TERRITORIES | {usps.DISTRICT},
        Reason.NOT_REPRESENTED: usps.ASSOCIATED,
        Reason.MILITARY_ASK_STATE: usps.MILITARY,
    }
    return [reason for reason, codes in kinds.items() if codes.intersection(candidates)]


def _seats_of(states: Sequence[str]) -> tuple[Seat, ...]:
    with_senators = [code for code in states if code in usps.STATES]
    if not with_senators:
        return ()
    seats = Seat.objects.senate().of_state(*with_senators).with_holders()
    return tuple(sorted(seats, key=lambda seat: (states.index(seat.state), seat.senate_class)))
