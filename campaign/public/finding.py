"""Finding one's own senators on a treaty's page: what was typed, what the lookup says to it, and what is asked back."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.legislators import lookup
from campaign.legislators.lookup import Constituency, Reason
from campaign.lib import usps
from campaign.lib.refusals import Refused
from campaign.public import whereabouts
from campaign.public.boards import Board, Row
from campaign.public.fields import Form, Text, where_form
from campaign.public.whereabouts import BESIDE_THE_STATE, BESIDE_THE_ZIP, Way

# What only matters for the House: it has no vote on a treaty.
_OF_THE_HOUSE = {Reason.ZIP_SPLIT_DISTRICT, Reason.ADDRESS_NEEDED}
_ANCHOR = "#mine"


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

    @property
    def mine(self) -> frozenset[int]:
        """The keys of my senators' seats."""
        return frozenset(row.seat.pk for row in self.rows)


def blank() -> Finding:
    """Before anybody asked."""
    return Finding(where_form({}, {}))


def find(board: Board, typed: Mapping[str, str]) -> Finding:
    """What `state` and `postal_code` lead to. Whatever was typed stays; what can't be read says so beside its field."""
    state, postal_code = typed.get("state", ""), typed.get("postal_code", "")
    try:
        found = lookup.find(state, postal_code)
    except Refused as refused:
        return Finding(where_form(typed, whereabouts.errors_in(refused, state, _ANCHOR)), is_refused=True)
    return _answer(board, typed, found)


def _answer(board: Board, typed: Mapping[str, str], found: Constituency) -> Finding:
    rows = () if whereabouts.is_open(found) else tuple(board.rows_of(found.senators))
    unspoken = _OF_THE_HOUSE if any(row.holder is None for row in rows) else _OF_THE_HOUSE | {Reason.SEAT_VACANT}
    spoken = [reason for reason in found.reasons if reason not in unspoken]
    beside = BESIDE_THE_ZIP | BESIDE_THE_STATE
    return Finding(
        form=where_form(typed, whereabouts.errors_of(found)),
        state_name=usps.NAMES[found.states[0]] if len(found.states) == 1 else "",
        rows=rows,
        ways=whereabouts.ways(typed, found),
        reasons=tuple(reason.label for reason in spoken if reason not in beside),
        has_no_senators=bool({Reason.NO_SENATORS, Reason.NOT_REPRESENTED}.intersection(found.reasons)),
    )
