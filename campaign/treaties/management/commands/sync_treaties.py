from typing import Any

from django.core.management.base import CommandError

from campaign.legislators.importing import Outcome, Source, Wish
from campaign.legislators.management.syncing import SyncCommand
from campaign.treaties import syncing


class Command(SyncCommand):
    """Ask Congress what it did with our treaties. A second run finds nothing new; a refused answer changes nothing.

    Fails without CONGRESS_API_KEY, unless it reads a file; with --quiet it then does nothing.
    """

    help = (
        "Ask api.congress.gov (CONGRESS_API_KEY) what Congress did with the treaties that have a document number,"
        " enter the stages that it says in words we know, and report all else; and report which treaties of this"
        " Congress may be one that has no number yet. --file takes a stored JSON answer of /treaty/{congress}/{number}"
        " or /treaty/{congress}, or a JSON list of answers in which /actions follow their treaty."
    )
    source = syncing.TREATIES

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync, or say that it is not enabled."""
        if options["file"] or syncing.is_on():
            super().handle(*args, **options)
        elif not options["quiet"]:
            raise CommandError(str(syncing.NotEnabled()))

    def fetch(self, source: Source[Any], url: str, wish: Wish) -> Outcome[Any]:
        """Several questions, one import."""
        return syncing.refresh(url, wish)
