"""What a back end is asked and what it may answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.legislators.fetching import Refused
from campaign.legislators.geocoding import asking
from campaign.legislators.geocoding.asking import Question, Reply
from campaign.lib import refusals, text
from campaign.lib.refusals import Refusal

LONGEST_ADDRESS = 200


class Trouble(models.TextChoices):
    """Why there is no district. The value is for machines, the label for people."""

    OFF = "off", _("We can't look up addresses here.")
    UNAVAILABLE = (
        "unavailable",
        _("The address service does not answer just now. Nothing was kept. Please try again in a few minutes."),
    )
    NOT_FOUND = (
        "not_found",
        _("This address was not found. Please give house number, street, city and state, and no P.O. box."),
    )
    AMBIGUOUS = (
        "ambiguous",
        _("This may lie in more than one district, and we don't guess. Please be more exact, or choose below."),
    )
    OTHER_CONGRESS = (
        "other_congress",
        _("The address service speaks of the districts of another Congress than the one that sits. We don't guess."),
    )


@dataclass(frozen=True)
class Answer:
    """A district ("OR-3", at large "WY-0"), or the trouble."""

    district: str | None = None
    trouble: Trouble | None = None


NOT_FOUND = Answer(trouble=Trouble.NOT_FOUND)
OTHER_CONGRESS = Answer(trouble=Trouble.OTHER_CONGRESS)


def the_only_one(districts: Iterable[str]) -> Answer:
    """The district on which all agree. Two are none: nobody guesses."""
    found = set(districts)
    if len(found) > 1:
        return Answer(trouble=Trouble.AMBIGUOUS)
    return Answer(found.pop()) if found else NOT_FOUND


@dataclass(frozen=True)
class Receiver:
    """Who gets to see what is typed, and whether it leaves the house; some take a point instead of an address."""

    name: str | Promise
    is_outside: bool = True
    takes_points: bool = False


class Backend(Protocol):
    """Somebody who knows where an address lies."""

    @property
    def receiver(self) -> Receiver:
        """To whom the address goes."""

    def speaks_of(self, congress: int) -> bool:
        """Whether its answer may be about this Congress. If not, it is not asked and gets no address."""

    def read(self, typed: str) -> str:
        """What was typed, tidied. Raises lib.refusals.Refused for what it can't take."""

    def find(self, readable: str, congress: int) -> Answer:
        """The district in this Congress. Raises TryLater and Refused."""


def _every_congress(_congress: int) -> bool:
    return True


@dataclass(frozen=True)
class WebService:
    """A back end that is asked over the web: how the question is put, and how the reply is read."""

    name: str
    receiver: Receiver
    question: Callable[[str, int], Question]
    answer: Callable[[Reply, int], Answer]
    may_speak_of: Callable[[int], bool] = _every_congress

    def speaks_of(self, congress: int) -> bool:
        """Most say in the reply of which Congress they speak; it counts only then."""
        return self.may_speak_of(congress)

    def read(self, typed: str) -> str:
        """One line without anything that can't be seen."""
        found = text.paragraphs("address", typed, LONGEST_ADDRESS, links=True)
        if isinstance(found, Refusal):
            raise refusals.Refused((found,))
        if not found:
            raise refusals.Refused((Refusal("address", "required", _("Please fill in your address.")),))
        return " ".join(found.split())

    def find(self, readable: str, congress: int) -> Answer:
        """Ask, and read the reply with distrust. Raises TryLater and Refused."""
        reply = asking.ask(self.name, self.question(readable, congress))
        try:
            return self.answer(reply, congress)
        except (KeyError, TypeError, ValueError, AttributeError):
            # Its details may repeat the address.
            raise Refused(f"{self.name} answered {reply.status} in a shape that we don't know.") from None


def ordinal(number: int) -> str:
    """119th, 121st: how Congresses are counted."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
