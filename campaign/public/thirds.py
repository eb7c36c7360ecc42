"""How many it takes when not everybody is there: what is typed, and the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from campaign.public.fields import Field
from campaign.treaties.counting import Count

_STEPS = (90, 80, 70, 60)


class Line(NamedTuple):
    """With so many present so many must consent, and so many can stop it."""

    present: int
    to_consent: int
    to_block: int


@dataclass(frozen=True)
class Thirds:
    """A few lines, and the one that was asked for."""

    field: Field
    lines: tuple[Line, ...]
    quorum: int
    asked: Line | None = None

    @property
    def is_refused(self) -> bool:
        """Whether what was typed can't be a number of senators present."""
        return bool(self.field.errors)

    @property
    def full(self) -> Line:
        """With everybody present."""
        return self.lines[0]


def thirds_of(count: Count, typed: Mapping[str, str]) -> Thirds:
    """The lines from all who hold a seat down to a quorum (more than half of them), and the answer to `present`."""
    most, quorum = count.seated, count.quorum
    numbers = [most, *(step for step in (*_STEPS, quorum) if quorum <= step < most)]
    text = typed.get("present", "").strip()
    asked: Line | None = None
    errors: tuple[str, ...] = ()
    if text:
        number = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0
        if quorum <= number <= most:
            asked = _line(count, number)
        else:
            errors = (_("Please type a number from {least} to {most}.").format(least=quorum, most=most),)
    field = Field("present", _("How many senators are there?"), text, errors, inputmode="numeric")
    return Thirds(field, tuple(_line(count, number) for number in numbers), quorum, asked)


def _line(count: Count, present: int) -> Line:
    return Line(present, count.needed_to_consent(present), count.needed_to_block(present))
