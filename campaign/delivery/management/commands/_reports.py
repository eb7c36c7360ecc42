"""The subcommand `mail reports`: reads bounces, complaints and unsubscribings that came as mail."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError

from campaign.delivery import collecting_reports, reading_reports
from campaign.delivery.collecting_reports import NoMailbox, Tally

TEMPORARY_FAILURE = 75  # sysexits.h: a mail server that pipes to us tries again


def add_arguments(parser: ArgumentParser) -> None:
    """Where to read: one of these, or the mailbox of the setting."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--maildir", type=Path, metavar="DIR", help="read what is new in a maildir")
    where.add_argument("--file", metavar="F", help="read one message; - for standard input")
    parser.add_argument("--envelope-to", default="", metavar="ADDRESS", help="whom the one message was delivered to")


def run(options: dict[str, Any]) -> None:
    """Read, and say how many messages reported something. The same messages again change nothing.

    Fails with 75 where the database can't be reached, so that whoever pipes keeps the message.
    """
    try:
        tally = _tally(options)
    except NoMailbox as error:
        raise CommandError(str(error)) from None
    except OperationalError as error:
        raise CommandError("The database can't be reached.", returncode=TEMPORARY_FAILURE) from error
    print(f"{tally.heard} reports heard, {tally.left} messages left as they are.")


def _tally(options: dict[str, Any]) -> Tally:
    if options.get("maildir"):
        return collecting_reports.from_maildir(options["maildir"])
    if options.get("file"):
        return collecting_reports.from_file(_read(options["file"]), options.get("envelope_to") or "")
    if not settings.REPORTS_MAILBOX_URL:
        raise CommandError("Give --maildir or --file, or set REPORTS_MAILBOX_URL. See docs/operations.md.")
    return collecting_reports.from_mailbox(settings.REPORTS_MAILBOX_URL)


def _read(name: str) -> bytes:
    """The beginning is enough; of standard input the rest is read away, so that no pipe breaks."""
    if name != "-":
        try:
            with Path(name).open("rb") as file:
                return file.read(reading_reports.MOST_READ)
        except OSError as error:
            raise CommandError(f"{name} can't be read: {error.strerror}.") from None
    raw = sys.stdin.buffer.read(reading_reports.MOST_READ)
    while sys.stdin.buffer.read(65536):
        pass
    return raw
