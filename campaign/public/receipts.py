"""What became of somebody's letters, as the pages tell it: whose each letter is by now, and why it waits."""

from collections.abc import Iterable
from typing import NamedTuple

from campaign.legislators import aging
from campaign.legislators.aging import Age
from campaign.legislators.models import Legislator, Subject
from campaign.letters import holding
from campaign.letters.models import Hold, Letter


class Receipt(NamedTuple):
    """A letter, who has it or is to have it as far as we know, and why it can't go now."""

    letter: Letter
    addressee: Legislator | None = None
    hold: Hold | None = None


def receipts_of(letters: Iterable[Letter]) -> list[Receipt]:
    """The receipts of these letters, loaded with `of_supporter()`. Nothing is changed by looking at them."""
    age = aging.age_of(Subject.LEGISLATORS)
    return [_receipt(letter, age) for letter in letters]


def _receipt(letter: Letter, age: Age) -> Receipt:
    dispatches = list(letter.dispatches.all())
    if gone := [dispatch for dispatch in dispatches if dispatch.has_gone]:
        return Receipt(letter, gone[-1].legislator)
    if not dispatches:
        return Receipt(letter)
    written_to = dispatches[-1].legislator
    return Receipt(letter, letter.addressee(written_to), holding.hold_of_letter(letter, written_to, age))
