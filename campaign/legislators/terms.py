"""When terms run out, and which Congress sits: the Twentieth Amendment's arithmetic."""

from datetime import date

# A class's terms begin and end on 3 January of every sixth year: class 1 in 2025, class 2 in 2027, class 3 in 2029.
_A_YEAR_OF_CLASS = {1: 2025, 2: 2027, 3: 2029}
_YEARS = 6
_FIRST_CONGRESS_BEGAN_IN = 1789


def runs_out_on(senate_class: int | None, ends_on: date, *, is_appointed: bool) -> date:
    """The day from which nobody can sit in a term that is expected to end on `ends_on`.

    It is that day; only for an appointed senator is the expected end no exit: they stay until a successor is sworn in,
    at the longest until the term of the seat's class ends.
    """
    if not is_appointed or senate_class is None:
        return ends_on
    years_ahead = (_A_YEAR_OF_CLASS[senate_class] - ends_on.year) % _YEARS
    end = date(ends_on.year + years_ahead, 1, 3)
    return end if end >= ends_on else date(end.year + _YEARS, 1, 3)


def congress_on(day: date) -> int:
    """The number of the Congress that sits on this day: the 119th until 3 January 2027, then the 120th."""
    year = day.year if (day.month, day.day) >= (1, 3) else day.year - 1
    return (year - _FIRST_CONGRESS_BEGAN_IN) // 2 + 1
