"""Reading reports that come as mail: bounces (RFC 3464), complaints (RFC 5965), and `unsubscribe+<word>@...`.

Anybody can write to us, so everything here is foreign: it may be cut off, nested, in no charset, or forged. A report
counts where it bears a return path that we signed; whatever cannot be read is left as it is.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

import structlog

from campaign.delivery import enhanced_codes, reporting
from campaign.delivery.models import Delivery, Reported
from campaign.delivery.reporting import Heard
from campaign.lib import emails

log = structlog.get_logger(__name__)
# What servers say comes first, what they return comes after it: of a long message the beginning is enough.
MOST_READ = 1024 * 1024
MOST_PARTS = 200
# The parser holds each line against the boundaries of all parts around it: five hundred of them, one in the other, in a
# megabyte took it a minute.
MOST_BOUNDARIES = 30

_RETURN_PATH = re.compile(r"bounces\+[0-9a-f]{32}\.[0-9a-z_-]{16}@[^\s<>,;:\"]+", re.IGNORECASE)
_TO_STOP = re.compile(r"(?<![\w.+-])unsubscribe\+([0-9a-z_~-]{8,60})@", re.IGNORECASE | re.ASCII)
_OUR_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^\s<>]+>", re.IGNORECASE)
_FOR_WHOM = ("X-Envelope-To", "Envelope-To", "Delivered-To", "X-Original-To", "To")
_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINALS = {"message/rfc822", "message/global"}
_ORIGINAL_HEADERS = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}

# A "failed" that was "delayed" before says what became of it; a list or another network took what is no failure.
ACTIONS = {
    "failed": Reported.BOUNCED,
    "delayed": Reported.DEFERRED,
    "delivered": Reported.DELIVERED,
    "relayed": Reported.SENT,
    "expanded": Reported.SENT,
}
# "not-spam", "virus", "auth-failure" and their like say nothing against our mail.
FEEDBACK = {"abuse": Reported.COMPLAINED, "fraud": Reported.COMPLAINED, "opt-out": Reported.UNSUBSCRIBED}


@dataclass(frozen=True)
class Word:
    """What a server says of one recipient."""

    what: Reported
    code: str
    recipients: tuple[str, ...] = ()


@dataclass
class Found:
    """What stands in a message, as far as it can be read."""

    words: list[Word] = field(default_factory=list)
    feedback: Reported | None = None
    texts: list[str] = field(default_factory=list)  # where our return path may stand
    message_ids: list[str] = field(default_factory=list)
    own_id: list[str] = field(default_factory=list)
    source: str = ""


def read(raw: bytes, envelope_to: str = "") -> bool:
    """Take in what one message reports; False where it reports nothing, or nothing that can be read.

    The same message twice, also by another way, is heard once. Raises only what the database raises.
    """
    parsed = _parsed(raw[:MOST_READ], envelope_to)
    if parsed is None:
        return False
    message, found = parsed
    return _hear(found) if found.source else _stop(message, envelope_to)


def _parsed(raw: bytes, envelope_to: str) -> tuple[Message, Found] | None:
    """The message and what is in it. The standard library's parser has more ways to fail than can be listed."""
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        log.warning("a mail could not be read", error="too many parts", size=len(raw))
        return None
    try:
        message = email.message_from_bytes(raw, policy=compat32)
        found = Found(texts=[envelope_to, *_headers(message, *_FOR_WHOM)], own_id=_headers(message, "Message-ID"))
        for part in _parts(message):
            _look_at(part, found)
    except Exception as error:  # foreign bytes: whatever it is, this one is left and the next one read
        log.warning("a mail could not be read", error=type(error).__name__, size=len(raw))
        return None
    return message, found


def _parts(message: Message) -> Iterator[Message]:
    """The parts, without those of messages within: what somebody forwards is no report to us."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        yield part
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(each for each in inner if isinstance(each, Message))


def _headers(message: Message, *names: str) -> list[str]:
    """What stands in these headers, unfolded. Bytes that are no ASCII become question marks."""
    found = []
    for name in names:
        found += [" ".join(str(value).split()) for value in message.get_all(name, [])]
    return found


def _look_at(part: Message, found: Found) -> None:
    kind = part.get_content_type()
    if kind in _STATUS_PARTS:
        found.source = found.source or "dsn"
        found.words += [word for block in _blocks(part) if (word := _word(block))]
    elif kind == "message/feedback-report":
        fields = _blocks(part)[0]
        found.source = "arf"
        found.feedback = FEEDBACK.get("".join(_headers(fields, "Feedback-Type")).lower())
        found.texts += _headers(fields, "Original-Mail-From")
    elif kind in _ORIGINALS or kind in _ORIGINAL_HEADERS:
        original = _original(part)
        found.texts += _headers(original, "Return-Path", "X-Original-Return-Path", "X-Envelope-From")
        found.message_ids += _headers(original, "Message-ID")


def _text(part: Message) -> str:
    """The part's own text, decoded; also where the parser took it for messages."""
    payload = part.get_payload()
    if isinstance(payload, list):
        text = "\n\n".join(str(each.as_bytes(), "ascii", "replace") for each in payload if isinstance(each, Message))
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() not in {"base64", "quoted-printable"}:
            return text
        whole = Message()
        whole["Content-Transfer-Encoding"] = str(part["Content-Transfer-Encoding"])
        whole.set_payload(text.strip())
        part = whole
    content = part.get_payload(decode=True)
    return str(content, "utf-8", "replace") if isinstance(content, bytes) else ""


def _blocks(part: Message) -> list[Message]:
    """Groups of fields, with a blank line between them."""
    texts = re.split(r"\r?\n[ \t]*\r?\n", _text(part).strip())
    return [HeaderParser(policy=compat32).parsestr(text) for text in texts[:MOST_PARTS]]


def _original(part: Message) -> Message:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message) and inner[0].keys():
        return inner[0]
    return HeaderParser(policy=compat32).parsestr(_text(part).lstrip())


def _word(block: Message) -> Word | None:
    """One recipient's fields; None for the fields of the whole message, and for what no RFC knows."""
    action = "".join(_headers(block, "Action")).lower().split(" ")[0]
    if action not in ACTIONS:
        return None
    status = enhanced_codes.found_in("".join(_headers(block, "Status")))
    told = enhanced_codes.found_in(" ".join(_headers(block, "Diagnostic-Code")))
    # "5.0.0" only says that it failed; then the server's own words know more.
    code = told if told and (not status or status.endswith(".0.0")) and told[0] == (status or told)[0] else status
    recipients = _headers(block, "Original-Recipient", "Final-Recipient")
    return Word(ACTIONS[action], code, tuple(each.rpartition(";")[2].strip(" <>") for each in recipients))


# --- what it comes to ------------------------------------------------------------------------------------------------


def _hear(found: Found) -> bool:
    """Take in what it says; False where that is nothing. Unsigned it is kept and changes nothing."""
    return_path, delivery = _signed(found.texts)
    words = found.words
    if found.source == "arf":
        words = [Word(found.feedback, "")] if found.feedback else []
    elif delivery is not None:
        words = _of_our_recipient(words, delivery)
    message_id = next((each[0] for text in found.message_ids if (each := _OUR_MESSAGE_ID.search(text))), "")
    # No date and no id of a signed report's own: whatever brings it a second time, it says the same.
    about = [delivery.pk.hex] if delivery else [message_id, *found.own_id]
    for word in words:
        reporting.hear(
            Heard(
                source=found.source,
                event_id=reporting.digest(*about, word.what, word.code),
                what=word.what,
                return_path=return_path,
                message_id=message_id,
                reason=word.code or (word.what if found.source == "arf" else ""),
                is_bad_address=word.what == Reported.BOUNCED and enhanced_codes.is_bad_address(word.code),
                is_signed=delivery is not None,
            )
        )
    return bool(words)


def _signed(texts: list[str]) -> tuple[str, Delivery | None]:
    """The first return path of ours whose signature holds."""
    for text in texts:
        for each in _RETURN_PATH.findall(text):
            delivery = Delivery.objects.of_return_path(each)
            if delivery is not None:
                return each, delivery
    return "", None


def _of_our_recipient(words: list[Word], delivery: Delivery) -> list[Word]:
    """Our mail had one recipient. Where a server speaks of several, a list or an alias stood behind it.

    Then one of them that got it is enough, and no failure of another says anything against our address.
    """
    ours = [word for word in words if any(_is_mailbox(each, delivery) for each in word.recipients)]
    if ours or len(words) <= 1:
        return ours or words
    got_it = [word for word in words if word.what in {Reported.DELIVERED, Reported.SENT}]
    return [Word((got_it or words)[0].what, "")]


def _is_mailbox(address: str, delivery: Delivery) -> bool:
    try:
        return delivery.mailbox in {emails.mailbox_id(address), emails.office_id(address)}
    except (emails.BadMailbox, ValueError):
        return False


def _stop(message: Message, envelope_to: str) -> bool:
    """Mail to the address that stops mail. What a machine answers to it is no wish of its owner."""
    if "".join(_headers(message, "Auto-Submitted")).lower().startswith("auto-replied"):
        return False
    for text in [envelope_to, *_headers(message, *_FOR_WHOM)]:
        for word in _TO_STOP.findall(text):
            event_id = reporting.digest(word.lower(), *_headers(message, "Message-ID", "Date"))
            if reporting.stop_for(word, event_id):
                return True
    return False
