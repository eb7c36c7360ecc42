"""Reads the .eml files that the mail sink wrote. A file that is no mail is shown as far as it can be read."""

import contextlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

LIMIT = 200
LINK_IN_TEXT = re.compile(r"https?://[^\s<>\"']+")
LINK_IN_HTML = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)
ENDS_A_SENTENCE = ".,;:!?)]"
ENVELOPE = ("X-Envelope-From", "X-Envelope-To")
# As whoever keeps a mail writes it, on top of the file.
FOR_WHOM = re.compile(rb"\AX-Envelope-From:[^\n]*\nX-Envelope-To:([^\n]*)\n")
LONGEST_ENVELOPE = 2000


@dataclass(frozen=True)
class ReceivedMail:
    """One message as it arrived. `to` is the envelope's recipient, the only one the mail went to."""

    id: str
    to: str
    sender: str
    subject: str
    headers: dict[str, str]
    text: str
    html: str
    received_at: datetime

    @property
    def links(self) -> list[str]:
        """Every web address in the text and in the HTML, once each, in the order of reading."""
        in_text = (link.rstrip(ENDS_A_SENTENCE) for link in LINK_IN_TEXT.findall(self.text))
        in_html = (html.unescape(link) for link in LINK_IN_HTML.findall(self.html))
        return list(dict.fromkeys([*in_text, *in_html]))

    def as_json(self) -> dict[str, Any]:
        """The twin's form of it."""
        return {
            "id": self.id,
            "to": self.to,
            "from": self.sender,
            "subject": self.subject,
            "headers": self.headers,
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "received_at": self.received_at.isoformat(),
        }


def read_messages(directory: Path, *, to: str = "", limit: int = LIMIT) -> list[ReceivedMail]:
    """The newest messages first, at most `limit`; with `to` only those to that mailbox. No directory: no messages."""
    found: list[ReceivedMail] = []
    for path in sorted(directory.glob("*.eml"), reverse=True):
        with contextlib.suppress(FileNotFoundError):  # cleared while we read
            if to and _is_for_another(path, to):
                continue
            message = read_file(path)
            if not to or to.casefold() in message.to.casefold():
                found.append(message)
        if len(found) >= limit:
            break
    return found


def _is_for_another(path: Path, to: str) -> bool:
    """Whether the file's first lines say so: to read the whole of thousands takes long."""
    with path.open("rb") as file:
        found = FOR_WHOM.match(file.read(LONGEST_ENVELOPE))
    return found is not None and to.casefold() not in found[1].decode("utf-8", "replace").casefold()


def read_message(directory: Path, message_id: str) -> ReceivedMail | None:
    """One message; None when there is no such file."""
    try:
        return read_file(directory / f"{message_id}.eml")
    except OSError:  # no such file, or a name longer than a file's may be
        return None


def read_file(path: Path) -> ReceivedMail:
    """Parse one file. Raises FileNotFoundError."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    return ReceivedMail(
        id=path.stem,
        to=header(message, "X-Envelope-To") or header(message, "To"),
        sender=header(message, "From") or header(message, "X-Envelope-From"),
        subject=header(message, "Subject"),
        headers=dict(all_headers(message)),
        text=body(message, "plain"),
        html=body(message, "html"),
        received_at=arrival(path),
    )


def header(message: EmailMessage, name: str) -> str:
    """One header, decoded; empty when it is missing or cannot be understood."""
    try:
        return str(message.get(name, "") or "").strip()  # a folded header begins with the space of its fold
    except (ValueError, IndexError, AttributeError):  # the parser of the standard library fails on some broken ones
        return ""


def all_headers(message: EmailMessage) -> Iterator[tuple[str, str]]:
    """The headers as the sender wrote them; what stands there twice is joined by line ends."""
    for name in dict.fromkeys(message.keys()):
        if name not in ENVELOPE:
            with contextlib.suppress(ValueError, IndexError, AttributeError):
                yield name, "\n".join(str(value).strip() for value in message.get_all(name, []))


def body(message: EmailMessage, kind: str) -> str:
    """The text or the HTML part; empty when there is none."""
    try:
        part = message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError, AttributeError):  # an unknown character set, for one
        return ""


def arrival(path: Path) -> datetime:
    """When the sink took it: the file's name begins with the nanoseconds."""
    nanoseconds = path.stem.split("-")[0]
    if nanoseconds.isascii() and nanoseconds.isdigit():
        with contextlib.suppress(OverflowError, ValueError):
            return datetime.fromtimestamp(int(nanoseconds) / 1e9, tz=UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
