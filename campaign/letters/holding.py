"""Holding letters back: while nobody can say for sure who sits in a seat, and from a successor it does not speak to.

The caller asks once how old our list of senators is: `aging.age_of(Subject.LEGISLATORS)`.
"""

from campaign.legislators.aging import Age
from campaign.legislators.models import Legislator, Seat
from campaign.letters.models import Hold, Letter

MINUTES_UNTIL_ASKED_AGAIN = {
    Hold.SEAT_VACANT: 24 * 60,
    Hold.TERM_ENDED: 60,
    Hold.DATA_STALE: 60,
    Hold.SUCCEEDED: 24 * 60,
}


def hold_of_seat(seat: Seat, age: Age) -> Hold | None:
    """Why nothing may go to this seat now; None where it may.

    A sandbox office of the demo is no office: what goes there is in nobody's name, so old data hold nothing up. A term
    that has run out holds there as well.
    """
    term = seat.current_term
    if term is None:
        return Hold.SEAT_VACANT
    if term.has_run_out():
        return Hold.TERM_ENDED
    return Hold.DATA_STALE if age.is_stale and not term.legislator.office.is_sandbox else None


def hold_of_letter(letter: Letter, written_to: Legislator, age: Age) -> Hold | None:
    """Why this letter may not go now. To a successor goes only what does not name the one who left."""
    hold = hold_of_seat(letter.seat, age)
    if hold is None and letter.addressee(written_to) != letter.seat.holder:
        return Hold.SUCCEEDED
    return hold
