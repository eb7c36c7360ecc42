"""Composing: a mail as the bytes that travel, in pure ASCII with CRLF, by hand: the email package takes a millisecond.

What could become a second recipient or a second header is refused here, before any server hears of it.
"""

import base64
import binascii
import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings

from campaign.delivery.addressing import address_of, phrase_and_address
from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail

LONGEST_LINE = 998
_WIDTH = 78
# Of UTF-8 that one encoded word holds; the rest of 75 is its frame.
_BYTES_OF_A_WORD = 39
_SAFE = re.compile(r"(?!.*=\?)[!-~]+(?: +[!-~]+)*")
_NEVER_IN_A_HEADER = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_PIECES = re.compile(r"[^ ]+ *| +")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# Written here and by nobody else; a Cc or Bcc would be a second recipient to whoever believes it.
_OURS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version", "reply-to", "return-path"}
)
_TEXT = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_HTML = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


def compose(delivery: Delivery, mail: Mail) -> bytes:
    """The whole message; made anew for each try, equal each time but for its date.

    Raises ValueError for what must never leave: an address that is not exactly one, a header with a line break in it.
    """
    head = "".join(_head(delivery, mail)).encode("ascii")
    if not mail.html:
        return head + _TEXT + _quoted(mail.text)
    # "=_" can't come about in quoted-printable, so no text can end a part.
    boundary = b"=_" + delivery.id.hex.encode()
    edge = b"\r\n--" + boundary
    frame = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n'
    parts = (edge, b"\r\n", _TEXT, _quoted(mail.text), edge, b"\r\n", _HTML, _quoted(mail.html), edge, b"--\r\n")
    return b"".join((head, frame, *parts))


def headers_of(delivery: Delivery, mail: Mail) -> dict[str, str]:
    """What a recipe said of its mail, and what everything that leaves here says. An empty one is left out."""
    asked = {"Auto-Submitted": "auto-generated"} | mail.headers
    for name, value in asked.items():
        if name.lower() in _OURS or name.lower().startswith("content-") or not _NAME.fullmatch(name):
            raise ValueError(f"a header {name!r} can't be asked for")
        refuse_breaks(name, value)
    return {name: value for name, value in asked.items() if value}


def refuse_breaks(name: str, value: str) -> None:
    """Raises ValueError where a value could end its header: line breaks of any script, and control characters."""
    if _NEVER_IN_A_HEADER.search(value):
        raise ValueError(f"{name} holds a line break or a control character")


def _head(delivery: Delivery, mail: Mail) -> list[str]:
    lines = [_mailbox_line("From", mail.sender or settings.MAIL_FROM), _to_line(mail.to)]
    if mail.reply_to:
        lines.append(_mailbox_line("Reply-To", mail.reply_to))
    refuse_breaks("Subject", mail.subject)
    lines.append(header_line("Subject", mail.subject))
    lines.append(f"Date: {_date(int(time.time()))}\r\nMessage-ID: {delivery.message_id}\r\nMIME-Version: 1.0\r\n")
    lines.extend(header_line(name, value) for name, value in headers_of(delivery, mail).items())
    return lines


def _to_line(to: str) -> str:
    address = address_of(to)
    return f"To: {address}\r\n" if address == to else _mailbox_line("To", to)


@lru_cache(maxsize=256)
def _mailbox_line(name: str, mailbox: str) -> str:
    """One person: From, To or Reply-To. Raises ValueError unless it is exactly one, with an address we can write to."""
    phrase, address = phrase_and_address(mailbox)
    if not phrase:
        return _folded(name, address)
    if re.fullmatch(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/?^_`{|}~-]+)*", phrase):
        return _folded(name, f"{phrase} <{address}>")
    if _SAFE.fullmatch(phrase):
        quoted = phrase.replace("\\", "\\\\").replace('"', '\\"')
        return _folded(name, f'"{quoted}" <{address}>')
    return _folded(name, f"{_encoded_words(phrase)} <{address}>")


def header_line(name: str, value: str) -> str:
    """A header with its end, folded. Words that can't stand as they are travel as RFC 2047 has it."""
    if not value:
        return f"{name}: \r\n"
    if len(name) + len(value) <= _WIDTH - 2 and _SAFE.fullmatch(value):
        return f"{name}: {value}\r\n"
    if _SAFE.fullmatch(value) and (name != "Subject" or max(map(len, value.split())) < _WIDTH - len("Subject: ")):
        return _folded(name, value)
    if name != "Subject" and ("<" in value or value.isascii()):
        raise ValueError(f"{name} can't be written")
    return _folded(name, _encoded_words(value))


def _encoded_words(text: str) -> str:
    """In RFC 2047's words, cut after spaces where that can be (some readers keep a gap), never inside a character."""
    words: list[bytes] = []
    held = b""
    for piece in _PIECES.findall(text):
        encoded = piece.encode()
        pieces = [encoded] if len(encoded) <= _BYTES_OF_A_WORD else [letter.encode() for letter in piece]
        for each in pieces:
            if len(held) + len(each) > _BYTES_OF_A_WORD:
                words.append(held)
                held = b""
            held += each
    return " ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*words, held] if word)


def _folded(name: str, value: str) -> str:
    """At spaces, before column 78 where there is one. Raises ValueError where a line would be longer than mail allows.

    A space before a space is never a fold: a line of white space alone would end the header for some.
    """
    lines: list[str] = []
    first, *words = re.findall(r" *[^ ]+", value)
    line = f"{name}: {first}"
    for word in words:
        if len(line) + len(word) > _WIDTH:
            lines.append(line)
            line = word
        else:
            line += word
    lines.append(line)
    if any(len(each) > LONGEST_LINE for each in lines):
        raise ValueError(f"{name} has a word that is longer than a line may be")
    return "\r\n".join(lines) + "\r\n"


def _quoted(text: str) -> bytes:
    """Quoted-printable with CRLF, ending in one. White space at the end of a line and lone dots survive too."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return b"".join(map(_quoted_line, lines))


@lru_cache(maxsize=1024)
def _quoted_line(line: str) -> bytes:
    """The mails of a mailing have most of their lines in common."""
    return binascii.b2a_qp(f"{line}\n".encode()).replace(b"\n", b"\r\n")


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, tz=UTC))
