"""Collecting reports that came as mail: from a mailbox (IMAP), a maildir, or one file.

A message is marked only after what it says is committed, so a reader that is killed reads it once more, and nothing is
heard twice. Messages that report nothing stay where they are, and are counted.
"""

import imaplib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from django.conf import settings

from campaign.delivery import reading_reports

log = structlog.get_logger(__name__)
SECONDS_FOR_AN_ANSWER = 20
LONGEST_RUN_SECONDS = 60.0
MOST_AT_ONCE = 500
# Servers that allow keywords of ours keep track of what we could not read; the message stays unseen.
LEFT = "$TwothirdsLeft"


class NoMailbox(Exception):
    """The mailbox can't be opened or read. The sentence names no password."""


@dataclass
class Tally:
    """How many messages reported something, and how many were left as they are."""

    heard: int = 0
    left: int = 0

    def take(self, raw: bytes, envelope_to: str = "") -> bool:
        """Read one and count it."""
        is_report = reading_reports.read(raw, envelope_to)
        self.heard += is_report
        self.left += not is_report
        return is_report


def from_file(raw: bytes, envelope_to: str = "") -> Tally:
    """One message, as a mail server pipes it."""
    tally = Tally()
    tally.take(raw, envelope_to)
    return tally


def from_maildir(directory: Path) -> Tally:
    """What is new in a maildir. What was read goes to cur/, with the mark S where it reported something."""
    if not (directory / "new").is_dir():
        raise NoMailbox(f"{directory} is no maildir: it has no new/.")
    (directory / "cur").mkdir(exist_ok=True)
    tally = Tally()
    for file in sorted((directory / "new").iterdir()):
        with suppress(FileNotFoundError):  # another reader was faster
            with file.open("rb") as message:
                is_report = tally.take(message.read(reading_reports.MOST_READ))
            file.rename(directory / "cur" / f"{file.name.partition(':')[0]}:2,{'S' if is_report else ''}")
    return tally


def from_mailbox(address: str) -> Tally:
    """What is unseen in `imaps://user:password@host/INBOX`. What reported something is marked as seen.

    Where a server knows no keywords the newest come first: what reports nothing stays unseen there, and would stand
    before the rest for ever. At most 500 messages and a minute at once; the next run goes on. Raises NoMailbox.
    """
    tally, until = Tally(), time.monotonic() + LONGEST_RUN_SECONDS
    with _server(urlsplit(address)) as server:
        keeps_track = _may_mark(server)
        for uid in _unseen(server, keeps_track)[:MOST_AT_ONCE]:
            if time.monotonic() > until:
                break
            raw = _fetched(server, uid)
            if raw is None:  # gone meanwhile
                continue
            if tally.take(raw):
                server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
            elif keeps_track:
                server.uid("STORE", uid, "+FLAGS.SILENT", f"({LEFT})")
    log.info("a mailbox was read for reports", heard=tally.heard, left=tally.left)
    return tally


def from_setting() -> Tally:
    """What is unseen in REPORTS_MAILBOX_URL. A mailbox that can't be read is left for the next time, with a warning."""
    try:
        return from_mailbox(settings.REPORTS_MAILBOX_URL) if settings.REPORTS_MAILBOX_URL else Tally()
    except NoMailbox as error:
        log.warning("the mailbox of reports waits", reason=str(error))
        return Tally()


@contextmanager
def _server(url: SplitResult) -> Iterator[imaplib.IMAP4]:
    """Logged in, with the folder open. Whatever goes wrong with the server is a NoMailbox."""
    is_tls = url.scheme == "imaps"
    opened: Callable[..., imaplib.IMAP4] = imaplib.IMAP4_SSL if is_tls else imaplib.IMAP4
    folder = unquote(url.path.strip("/")) or "INBOX"
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    try:
        server = opened(url.hostname or "", url.port or (993 if is_tls else 143), timeout=SECONDS_FOR_AN_ANSWER)
        with closing(_Farewell(server)):
            server.login(unquote(url.username or ""), unquote(url.password or ""))
            if server.select(quoted)[0] != "OK":
                raise NoMailbox("The server has no such folder.")
            yield server
    except imaplib.IMAP4.error:
        raise NoMailbox("The mail server refused the log-in or a command.") from None
    except (OSError, UnicodeError) as error:
        raise NoMailbox(f"The mail server can't be reached: {type(error).__name__}.") from None


@dataclass
class _Farewell:
    """Says good-bye and hangs up, also to a server that hung up before."""

    server: imaplib.IMAP4

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self.server.logout()
        with suppress(OSError):
            self.server.shutdown()


def _may_mark(server: imaplib.IMAP4) -> bool:
    """Whether keywords of our own are allowed."""
    _kind, flags = server.response("PERMANENTFLAGS")
    return any(rb"\*" in (each or b"") or LEFT.encode() in (each or b"") for each in flags or [])


def _unseen(server: imaplib.IMAP4, keeps_track: bool) -> list[str]:
    criteria = ("UNSEEN", "UNKEYWORD", LEFT) if keeps_track else ("UNSEEN",)
    _kind, found = server.uid("SEARCH", *criteria)
    numbers = b" ".join(each for each in found if isinstance(each, bytes)).decode("ascii", "replace")
    uids = re.findall(r"[0-9]+", numbers)
    return uids if keeps_track else uids[::-1]


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """The beginning of a message, without marking it."""
    _kind, found = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{reading_reports.MOST_READ}>)")
    return next((each[1] for each in found if isinstance(each, tuple) and isinstance(each[1], bytes)), None)
