"""Hand-off: the office's own form, with the text ready to copy. Only the constituent can send it, and says so."""

from campaign.legislators import aging
from campaign.legislators.models import Legislator, Subject
from campaign.letters import holding, reminding
from campaign.letters.models import ChannelName, Letter, LetterDispatch


class HandoffChannel:
    """The way that exists for every office."""

    name = ChannelName.HANDOFF

    def reaches(self, legislator: Legislator) -> bool:
        """Always: where no form is known there is the website."""
        return True

    def dispatch(self, letter: Letter, legislator: Legislator) -> LetterDispatch:
        """Offer the text; where it must wait, a mail follows when it can go. The second time is the first offer."""
        found, _ = LetterDispatch.objects.update_or_create(
            letter=letter, channel=self.name, defaults={"legislator": legislator}
        )
        if holding.hold_of_letter(letter, legislator, aging.age_of(Subject.LEGISLATORS)):
            reminding.remind(letter)
        return found
