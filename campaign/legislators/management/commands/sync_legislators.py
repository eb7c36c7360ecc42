from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.legislators import fetching, importing


class Command(BaseCommand):
    """Refresh who sits in the Senate. A second run finds nothing to change; a refused file changes nothing at all."""

    help = (
        "Refresh who sits in the Senate from the public file, and print what changed. The file is refused whole when it"
        " lists fewer than 95 senators, contradicts itself, or would make more than ten people leave."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--file", type=Path, help="read this copy of legislators-current.json; nothing is fetched")
        source.add_argument("--url", default=importing.PUBLIC_URL, help="fetch from here (default: %(default)s)")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="with --file: the day the file speaks of, YYYY-MM-DD"
        )
        parser.add_argument("--dry-run", action="store_true", help="print the difference, change nothing")
        parser.add_argument(
            "--force", action="store_true", help="take in what only looks wrong; never what contradicts itself"
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing, and end well without a network")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self._bring_in(options)
        except fetching.TryLater as error:
            if options["quiet"]:
                return
            raise CommandError(f"Nothing changed. {error}") from error
        except (fetching.Refused, importing.ImportRefused, OSError) as error:
            raise CommandError(f"Nothing changed. {error}") from error
        if not options["quiet"]:
            self._report(outcome, dry_run=options["dry_run"])

    def _bring_in(self, options: dict[str, Any]) -> importing.Outcome:
        wish = importing.Wish(force=options["force"], dry_run=options["dry_run"])
        if options["file"]:
            return importing.read_file(options["file"], options["as_of"], wish)
        return importing.refresh(options["url"], wish)

    def _report(self, outcome: importing.Outcome, *, dry_run: bool) -> None:
        if outcome.roster is None:
            self.stdout.write("The source has nothing newer.")
            return
        roster, lines = outcome.roster, outcome.difference.lines()
        self.stdout.write(f"{len(roster.records)} senators as of {roster.as_of}, from {roster.source}.")
        for line in lines or ["Nothing changed."]:
            self.stdout.write(line)
        if dry_run and lines:
            self.stdout.write("A dry run: nothing was written.")
