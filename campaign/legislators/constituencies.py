"""The answer of a lookup: who speaks for somebody, how sure that is, and why it is not simply one answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.legislators.geocoding import Trouble
from campaign.legislators.models import Seat


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
