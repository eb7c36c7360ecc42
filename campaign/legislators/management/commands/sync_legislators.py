from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from campaign.legislators import sources
from campaign.legislators.importing import Source
from campaign.legislators.management.syncing import SyncCommand


class Command(SyncCommand):
    """Refresh who sits in Congress and compare that with the official lists. A second run finds nothing to change.

    A refused file changes nothing at all. Each list may fail without undoing what came before.
    """

    help = (
        "Refresh who sits in Congress from the public file, and print what changed. The file is refused whole when it"
        " contradicts itself, lists fewer than 95 senators or 400 representatives, would make more than ten people"
        " leave before their terms end, or is older than what we have and says otherwise. Then compare it with the"
        " lists of the Senate and of the Clerk of the House, which fill in contact forms that we lack."
    )
    source = sources.LEGISLATORS

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        for name, source, whose in (
            ("senate", sources.SENATE_LIST, "senators_cfm.xml of the Senate"),
            ("clerk", sources.CLERKS_LIST, "MemberData.xml of the Clerk of the House"),
        ):
            parser.add_argument(f"--{name}-file", type=Path, help=f"compare with this copy of {whose}")
            parser.add_argument(f"--{name}-url", help=f"compare with {whose} from here (default: {source.url})")

    def handle(self, *args: Any, **options: Any) -> None:
        lists: list[tuple[Source[Any], Path | None, str]] = [
            (sources.SENATE_LIST, options["senate_file"], options["senate_url"] or ""),
            (sources.CLERKS_LIST, options["clerk_file"], options["clerk_url"] or ""),
        ]
        reads_files = any((options["file"], options["senate_file"], options["clerk_file"]))
        # A mirror of the public file says nothing of where the lists are to be had.
        may_fetch = not reads_files and options["url"] == self.source.url
        steps = [(source, path, url or source.url) for source, path, url in lists if path or url or may_fetch]
        if options["file"] or not reads_files:
            steps.insert(0, (self.source, options["file"], options["url"]))
        failures = []
        for source, path, url in steps:
            try:
                self.sync(source, path, url, options)
            except CommandError as error:
                failures.append(str(error) if source is self.source else f"{source.subject.label}: {error}")
        if failures:
            raise CommandError("\n".join(failures))
