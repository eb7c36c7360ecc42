"""The answer of a lookup: who speaks for somebody, how sure that is, and why it is not simply one answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.legislators.geocoding import Trouble
from campaign.legislators.models import Legislator, Seat


class Reason(models.TextChoices):
    """Why an answer is not simply one for each seat. The value is for machines, the label for people."""

    NO_SENATORS = "no_senators", _("The District of Columbia and the territories have no senators.")
    NOT_REPRESENTED = "not_represented", _("Palau, Micronesia and the Marshall Islands have no seats in Congress.")
    MILITARY_ASK_STATE = (
        "military_ask_state",
        _("An APO, FPO or DPO address belongs to no state. Which state is your voting residence?"),
    )
    ZIP_UNKNOWN = "zip_unknown", _("We don't know this ZIP code. Please check it.")
    ZIP_STATE_MISMATCH = "zip_state_mismatch", _("This ZIP code lies in another state. Which of them is yours?")
    ZIP_SPLIT_STATE = "zip_split_state", _("This ZIP code lies in more than one state. Which of them is yours?")
    ZIP_SPLIT_DISTRICT = (
        "zip_split_district",
        _("This ZIP code lies in more than one district of the House of Representatives."),
    )
    SEAT_VACANT = "seat_vacant", _("A seat of this state is vacant. A letter waits until somebody holds it.")
    DATA_STALE = "data_stale", _("What we know of Congress is old. Somebody else may hold a seat by now.")
    ADDRESS_NEEDED = "address_needed", _("Only a street address tells which of its House districts is yours.")


class Confidence(StrEnum):
    """How sure an answer is: of everything that was asked; of candidates to choose from; of nothing."""

    EXACT = "exact"
    CANDIDATES = "candidates"
    NONE = "none"


_ASKING = {Reason.MILITARY_ASK_STATE, Reason.ZIP_STATE_MISMATCH, Reason.ZIP_SPLIT_STATE}


@dataclass(frozen=True)
class Constituency:
    """The answer of a lookup. `states` are the candidates: more than one means that the person has to say which.

    Empty `states` are for places without a voting residence of their own; `reasons` say why. `districts` are candidates
    too. The seats are those of every candidate, senators first, and know their holders without another query; they are
    shared: nobody changes them. `trouble` says why an address led nowhere.
    """

    states: tuple[str, ...]
    districts: tuple[str, ...]
    seats: tuple[Seat, ...]
    reasons: tuple[Reason, ...]
    confidence: Confidence
    as_of: date | None
    trouble: Trouble | None = None

    @property
    def state(self) -> str | None:
        """The one state, where there is no doubt."""
        return self.states[0] if len(self.states) == 1 and not self.asks else None

    @property
    def asks(self) -> tuple[Reason, ...]:
        """The reasons that are a question to the person: only another state, typed or chosen, answers them."""
        return tuple(reason for reason in self.reasons if reason in _ASKING)

    @property
    def senators(self) -> tuple[Seat, ...]:
        """The seats that vote on a treaty."""
        return tuple(seat for seat in self.seats if seat.is_senate)

    @property
    def representatives(self) -> tuple[Seat, ...]:
        """The seats of the House, the delegates' among them."""
        return tuple(seat for seat in self.seats if not seat.is_senate)

    def as_json(self) -> dict[str, Any]:
        """The form in which the API answers."""
        return {
            "states": list(self.states),
            "districts": list(self.districts),
            "seats": [_seat_as_json(seat) for seat in self.seats],
            "reasons": [reason.value for reason in self.reasons],
            "confidence": self.confidence.value,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


def _seat_as_json(seat: Seat) -> dict[str, Any]:
    holder = seat.holder
    return {
        "chamber": seat.chamber,
        "state": seat.state,
        "class": seat.senate_class,
        "district": seat.district_code or None,
        "status": "filled" if holder else "vacant" if seat.is_vacant else "unknown",
        "legislator": _legislator_as_json(holder) if holder else None,
    }


def _legislator_as_json(holder: Legislator) -> dict[str, Any]:
    office = getattr(holder, "office", None)
    return {
        "bioguide_id": holder.bioguide_id,
        "name": holder.official_name,
        "party": holder.party,
        "phone": (office and office.phone) or None,
        "contact_form": (office and office.contact_form) or None,
    }
