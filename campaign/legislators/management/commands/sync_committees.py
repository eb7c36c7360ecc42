from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from campaign.legislators import importing, sources
from campaign.legislators.management.syncing import SyncCommand


class Command(SyncCommand):
    """Refresh the committees and who sits on them. A second run finds nothing to change."""

    help = (
        "Refresh the committees of Congress and who sits on them from the two public files, and print what changed."
        " They are refused whole when they contradict themselves, list fewer than ten members of Foreign Relations"
        " (SSFR), or would end more than a third of all memberships of this Congress."
    )
    source = sources.COMMITTEES

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--committees-file", type=Path, help="with --file: this copy of committees-current.json")
        parser.add_argument(
            "--committees-url", default=sources.COMMITTEE_NAMES_URL, help="the names (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names: Path | None = options["committees_file"]
        if bool(names) != bool(options["file"]):
            raise CommandError("Give both files: --file with the memberships, --committees-file with the names.")
        read = partial(importing.bytes_of, names) if names else sources.names_from(options["committees_url"])
        self.sync(sources.committees(read), options["file"], options["url"], options)
