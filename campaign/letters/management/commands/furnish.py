from typing import Any

from django.core.management.base import BaseCommand

from campaign.delivery import recognizing
from campaign.legislators import furnishing
from campaign.letters.founding import found_letter_templates
from campaign.petitions.founding import found_petition, shipped
from campaign.treaties import founding as treaties


class Command(BaseCommand):
    """Put in what the house needs before anybody comes. The second time changes nothing and takes a few queries."""

    help = (
        "Put in what the house needs before anybody comes: places, seats and senators, the first treaty, its petition"
        " and the letter templates. Run it after migrate, as often as you like: what is there and what organizers"
        " changed stay."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self._say("Epoch of the mail", recognizing.begin())
        self._say("Places", furnishing.furnish_places())
        self._say("Districts", furnishing.furnish_districts())
        self._say("Seats and senators", furnishing.furnish_seats())
        self._say("Foreign Relations Committee", furnishing.furnish_committees())
        for folder in treaties.shipped():
            self._say(f"Treaty {folder.name}", treaties.found_treaty(folder))
        for folder in shipped():
            self._say(f"Petition {folder.name}", found_petition(folder))
        self._say("Letter templates", bool(found_letter_templates()))

    def _say(self, what: str, was_changed: bool) -> None:
        self.stdout.write(f"{what}: {'put in.' if was_changed else 'there already.'}")
