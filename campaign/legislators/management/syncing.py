"""What every sync command has in common: where the data come from, how they are wanted, and what is said of it."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign.legislators import fetching, importing
from campaign.legislators.importing import Outcome, Source, Wish


class SyncCommand(BaseCommand):
    """Bring in one public file. A second run finds nothing to change; a refused file changes nothing at all.

    A command names its `source` and its `help`. One that follows several files overrides `handle` and calls `sync` for
    each.
    """

    source: ClassVar[Source[Any]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of every sync; a command adds its own after these."""
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--file", type=Path, help="read this file; nothing is fetched")
        source.add_argument("--url", default=self.source.url, help="fetch from here (default: %(default)s)")
        parser.add_argument("--as-of", type=_day, help="with --file: the day the file speaks of, YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="print the difference, change nothing")
        parser.add_argument(
            "--force", action="store_true", help="take in what only looks wrong; never what contradicts itself"
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing, and end well without a network")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync the one source."""
        self.sync(self.source, options["file"], options["url"], options)

    def sync(self, source: Source[Any], path: Path | None, url: str, options: dict[str, Any]) -> None:
        """Read the file, or else fetch the address, and report. Raises CommandError; with --quiet not for a network."""
        wish = Wish(force=options["force"], dry_run=options["dry_run"])
        try:
            if path:
                outcome = importing.read_file(source, path, options["as_of"], wish)
            else:
                outcome = self.fetch(source, url, wish)
        except fetching.TryLater as error:
            if options["quiet"]:
                return
            raise CommandError(f"Nothing changed. {error}") from error
        except (fetching.Refused, importing.ImportRefused, OSError) as error:
            raise CommandError(f"Nothing changed. {error}") from error
        if not options["quiet"]:
            self.report(outcome, dry_run=wish.dry_run)

    def fetch(self, source: Source[Any], url: str, wish: Wish) -> Outcome[Any]:
        """Ask the source. A command whose source takes several questions overrides this."""
        return importing.refresh(source, url, wish)

    def report(self, outcome: Outcome[Any], *, dry_run: bool) -> None:
        """Print what is there now and what changed."""
        if outcome.arrival is None:
            self.stdout.write("The source has nothing newer.")
            return
        counts = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in outcome.counts.items())
        self.stdout.write(f"{counts} as of {outcome.arrival.as_of}, from {outcome.arrival.source}.")
        for line in outcome.difference.lines():
            self.stdout.write(line)
        if not outcome.difference:
            self.stdout.write("Nothing changed.")
        elif dry_run:
            self.stdout.write("A dry run: nothing was written.")


def _day(text: str) -> date:
    """A day that is no longer to come: data of the future would never look old."""
    day = date.fromisoformat(text)
    if day > timezone.now().date():
        raise ArgumentTypeError(f"{day} is yet to come")
    return day
