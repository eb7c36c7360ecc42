"""The ways to an office, behind one interface, and the order in which they are tried."""

from typing import Protocol

from campaign.legislators.models import Legislator
from campaign.letters.channels.email import EmailChannel
from campaign.letters.channels.handoff import HandoffChannel
from campaign.letters.models import ChannelName, Letter, LetterDispatch


class Channel(Protocol):
    """A way to bring a letter to an office."""

    name: ChannelName

    def reaches(self, legislator: Legislator) -> bool:
        """Whether this way exists for this office."""

    def dispatch(self, letter: Letter, legislator: Legislator) -> LetterDispatch:
        """Take the letter. The same letter is taken once: the second time answers the first dispatch."""


ORDER: tuple[Channel, ...] = (EmailChannel(), HandoffChannel())


def best_for(legislator: Legislator, letter: Letter | None = None) -> Channel:
    """The first channel that reaches this office and did not fail this letter before.

    The hand-off reaches all of them: each has a form or a website.
    """
    failed = {dispatch.channel for dispatch in letter.dispatches.all() if dispatch.has_failed} if letter else set()
    return next(channel for channel in ORDER if channel.name not in failed and channel.reaches(legislator))
