"""Who speaks for a person: senators come from the state the person gives; the ZIP checks it, and leads to the House.

    lookup.find("Oregon", "97201").senators

Everything is answered from memory. Only an address is asked of somebody else, where the operator allowed it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.legislators import geocoding, snapshots, terms
from campaign.legislators.constituencies import Confidence, Constituency, Reason
from campaign.legislators.geocoding import Answer
from campaign.legislators.places import NOWHERE, Place
from campaign.legislators.snapshots import Sitting, Snapshot
from campaign.lib import usps
from campaign.lib.refusals import Refusal, Refused

__all__ = ["Confidence", "Constituency", "Reason", "find"]
_NOT_ASKED = Answer()
_ABROAD = usps.MILITARY | usps.ASSOCIATED
_KINDS = (
    dict.fromkeys(usps.TERRITORIES | {usps.DISTRICT}, Reason.NO_SENATORS)
    | dict.fromkeys(usps.ASSOCIATED, Reason.NOT_REPRESENTED)
    | dict.fromkeys(usps.MILITARY, Reason.MILITARY_ASK_STATE)
)
_NOT_SURE = frozenset({Reason.MILITARY_ASK_STATE, Reason.ZIP_UNKNOWN, Reason.ZIP_STATE_MISMATCH, Reason.ADDRESS_NEEDED})


@dataclass(frozen=True, slots=True)
class _Question:
    """What was given, as far as it can be read, and what is known about it on this day."""

    typed: str | None
    zip_code: str | None
    place: Place
    answer: Answer
    known: Snapshot
    today: date

    @property
    def inland(self) -> tuple[str, ...]:
        """The ZIP's states, if it says where somebody may vote: military and freely associated ones don't."""
        return () if _ABROAD.issuperset(self.place.states) else self.place.states


class _Districts(NamedTuple):
    """Those that are possible; whether it stays open which; whether those we knew are another Congress's."""

    codes: tuple[str, ...] = ()
    is_open: bool = False
    are_old: bool = False


_NO_DISTRICTS = _Districts()


@dataclass(frozen=True, slots=True)
class _Finding:
    """The candidates. States that contradict each other have no districts and no seats."""

    candidates: tuple[str, ...]
    states: tuple[str, ...]
    contradict: bool = False
    districts: _Districts = _NO_DISTRICTS
    sitting: tuple[Sitting, ...] = ()


def find(state: str | None = None, postal_code: str | None = None, address: str | None = None) -> Constituency:
    """The seats that speak for somebody who gives a state, a ZIP or both, as people write them.

    A typed state that is one of the ZIP's is never overruled. A ZIP that cannot check the state (unknown, military)
    leaves it as typed. Where what is given contradicts itself, all are candidates and no seats are picked. An address
    goes to the operator's back end, if there is one, and decides among the districts; again it goes there again. Raises
    Refused for what is no state, no ZIP or no address, with a suggestion where there is one.
    """
    has_address = bool(address and address.strip())
    typed, zip_code = _read(state or "", postal_code or "", has_address=has_address)
    answer = geocoding.district_of(address or "") if has_address else _NOT_ASKED
    known = snapshots.current()
    place = known.zips.get(zip_code, NOWHERE) if zip_code else NOWHERE
    question = _Question(typed, zip_code, place, answer, known, timezone.now().date())
    found = _finding(question)
    reasons = (*_reasons(question, found), *_reasons_of_seats(question, found))
    seats = tuple([each.seat for each in found.sitting])
    confidence = _confidence(found, reasons)
    return Constituency(found.states, found.districts.codes, seats, reasons, confidence, known.as_of, answer.trouble)


def _read(state: str, postal_code: str, *, has_address: bool) -> tuple[str | None, str | None]:
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
    is_enough = typed or zip_code or (has_address and geocoding.is_on())
    if not refusals and not is_enough:
        refusals.append(Refusal("state", "required", _("Please give a state or a ZIP code.")))
    if refusals:
        raise Refused(tuple(refusals))
    return typed, zip_code


def _finding(question: _Question) -> _Finding:
    candidates, contradict = _candidates(question)
    states = tuple([code for code in candidates if code in usps.RESIDENCES])
    if contradict:
        return _Finding(candidates, states, contradict)
    districts = _districts(question, states)
    return _Finding(candidates, states, contradict, districts, _sitting(question.known, states, districts.codes))


def _candidates(question: _Question) -> tuple[tuple[str, ...], bool]:
    """The states on which all agree that say something; where they don't, all of them, the typed one first."""
    typed, inland, district = question.typed, question.inland, question.answer.district
    said: list[tuple[str, ...]] = []
    if typed and (inland or typed not in _ABROAD):
        said.append((typed,))
    if inland:
        said.append(inland)
    if district:
        said.append((district.partition("-")[0],))
    if not said:
        return ((typed,) if typed else question.place.states), False
    every = tuple(dict.fromkeys([code for codes in said for code in codes]))
    agreed = tuple([code for code in every if all(code in codes for codes in said)])
    return agreed or every, not agreed


def _districts(question: _Question, states: tuple[str, ...]) -> _Districts:
    """The address's; else those of the ZIP if their Congress sits, and of each state that has only one."""
    if question.answer.district:
        return _Districts((question.answer.district,))
    known, of_zip = question.known, question.place.districts if question.inland else ()
    at_large = known.at_large
    are_old = bool(of_zip) and known.congress_of_districts != terms.congress_on(question.today)
    found = [code for code in of_zip if code.partition("-")[0] in states] if of_zip and not are_old else []
    lacking = set(states).difference([code.partition("-")[0] for code in found])
    found += [at_large[code] for code in states if code in lacking and code in at_large]
    unknown = not states or not lacking.issubset(at_large)
    wants_one = bool(question.inland) or question.answer.trouble is not None
    return _Districts(tuple(found), wants_one and (unknown or len(found) > 1), are_old and unknown)


def _sitting(known: Snapshot, states: tuple[str, ...], districts: tuple[str, ...]) -> tuple[Sitting, ...]:
    senators = [each for state in states for each in known.senators.get(state, ())]
    return (*senators, *[known.house[code] for code in districts if code in known.house])


def _reasons(question: _Question, found: _Finding) -> Iterator[Reason]:
    if question.zip_code and not question.place.states:
        yield Reason.ZIP_UNKNOWN
    if found.contradict:
        yield Reason.ZIP_STATE_MISMATCH
        if question.typed in usps.MILITARY:
            yield Reason.MILITARY_ASK_STATE
    elif len(found.candidates) > 1:
        yield Reason.ZIP_SPLIT_STATE
    elif found.candidates and found.candidates[0] in _KINDS:
        yield _KINDS[found.candidates[0]]


def _reasons_of_seats(question: _Question, found: _Finding) -> Iterator[Reason]:
    districts = found.districts
    if len(districts.codes) > 1:
        yield Reason.ZIP_SPLIT_DISTRICT
    is_certain = len(districts.codes) == 1 and not districts.is_open
    if any(each.is_vacant for each in found.sitting if is_certain or each.seat.is_senate):
        yield Reason.SEAT_VACANT
    if (
        districts.are_old
        or question.known.age(question.today).is_stale
        or any(each.has_run_out(question.today) for each in found.sitting)
    ):
        yield Reason.DATA_STALE
    if districts.is_open:
        yield Reason.ADDRESS_NEEDED


def _confidence(found: _Finding, reasons: tuple[Reason, ...]) -> Confidence:
    if not found.states:
        return Confidence.NONE
    is_sure = len(found.states) == 1 and len(found.districts.codes) < 2 and _NOT_SURE.isdisjoint(reasons)
    return Confidence.EXACT if is_sure else Confidence.CANDIDATES
