"""Holding letters back: while nobody can say for sure who sits in a seat, and from a successor it does not speak to."""

from campaign.legislators import aging
from campaign.legislators.models import Legislator, Seat, Subject
from campaign.letters.models import Hold, Letter

MINUTES_UNTIL_ASKED_AGAIN = {
    Hold.SEAT_VACANT: 24 * 60,
    Hold.TERM_ENDED: 60,
    Hold.DATA_STALE: 60,
    Hold.SUCCEEDED: 24 * 60,
}


def hold_of_seat(seat: Seat) -> Hold | None:
    """Why nothing may go to this seat now; None where it may.

    A sandbox office of the demo is no office: what goes there is in nobody's name, so old data hold nothing up. A term
    that has run out holds there as well.
    """
    term = seat.current_term
    if term is None:
        return Hold.SEAT_VACANT
    if term.has_run_out():
        return Hold.TERM_ENDED
    is_sure = term.legislator.office.is_sandbox or not aging.age_of(Subject.LEGISLATORS).is_stale
    return None if is_sure else Hold.DATA_STALE


def hold_of_letter(letter: Letter, written_to: Legislator) -> Hold | None:
    """Why this letter may not go now. To a successor goes only what does not name the one who left."""
    hold = hold_of_seat(letter.seat)
    if hold is None and letter.seat.holder != written_to and letter.names(written_to):
        return Hold.SUCCEEDED
    return hold
