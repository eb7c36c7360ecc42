"""From anymail's events to ours. The only place of the house that listens to a signal: anymail's own `tracking`."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking

from campaign.delivery import enhanced_codes, reporting
from campaign.delivery.models import Reported
from campaign.delivery.reporting import Heard

# Opened, clicked, queued, autoresponded and subscribed change nothing here.
WORDS = {
    EventType.SENT: Reported.SENT,
    EventType.DEFERRED: Reported.DEFERRED,
    EventType.DELIVERED: Reported.DELIVERED,
    EventType.BOUNCED: Reported.BOUNCED,
    EventType.REJECTED: Reported.REJECTED,
    EventType.FAILED: Reported.FAILED,
    EventType.UNSUBSCRIBED: Reported.UNSUBSCRIBED,
    EventType.COMPLAINED: Reported.COMPLAINED,
}
_RETURNED = {Reported.BOUNCED, Reported.REJECTED, Reported.FAILED}
_TAG = "delivery-"

Raw = Mapping[str, Any]
Path = tuple[str | int, ...]

# Where a provider that has an id of its own for a mail names ours as well.
OUR_RETURN_PATH: dict[str, Path] = {"amazon_ses": ("mail", "source")}
OUR_MESSAGE_ID: dict[str, Path] = {
    "amazon_ses": ("mail", "commonHeaders", "messageId"),
    "postal": ("payload", "message", "message_id"),
    "sendgrid": ("smtp-id",),
}
# Where it repeats the server's enhanced code in a field of its own.
CODE: dict[str, Path] = {
    "amazon_ses": ("bounce", "bouncedRecipients", 0, "status"),
    "mailgun": ("event-data", "delivery-status", "enhanced-code"),
    "sendgrid": ("status",),
}
# How it says, where the server gave no enhanced code, that there is no such mailbox: what stands where.
NO_MAILBOX: dict[str, tuple[tuple[Path, frozenset[Any]], ...]] = {
    "amazon_ses": (
        (("bounce", "bounceType"), frozenset({"Permanent"})),
        (("bounce", "bounceSubType"), frozenset({"General", "NoEmail", "Suppressed", "OnAccountSuppressionList"})),
    ),
    "brevo": ((("event",), frozenset({"hard_bounce", "invalid_email"})),),
    "mailersend": ((("data", "type"), frozenset({"hard_bounced"})),),
    "mailgun": ((("event-data", "reason"), frozenset({"suppress-bounce"})),),
    "mailjet": ((("error",), frozenset({"user unknown", "mailbox inactive", "invalid domain", "no mail host"})),),
    "mailtrap": ((("bounce_category",), frozenset({"badmailbox"})),),
    "mandrill": ((("msg", "bounce_description"), frozenset({"bad_mailbox", "invalid_domain"})),),
    "postmark": ((("Type",), frozenset({"HardBounce", "BadEmailAddress"})),),
    "resend": (
        (("data", "bounce", "type"), frozenset({"Permanent"})),
        (("data", "bounce", "subType"), frozenset({"General", "NoEmail", "Suppressed"})),
    ),
    "sendgrid": ((("bounce_classification",), frozenset({"Invalid Address"})),),
    "sparkpost": ((("msys", "message_event", "bounce_class"), frozenset({"10", "30"})),),
    "unisender_go": ((("delivery_info", "delivery_status"), frozenset({"err_user_unknown"})),),
}


def _on_event(sender: Any, event: AnymailTrackingEvent, **_more: Any) -> None:
    """One event of a view whose signature was checked. Heard before: nothing happens."""
    heard = as_heard(sender.slug, event)
    if heard is not None:
        reporting.hear(heard)


tracking.connect(_on_event, dispatch_uid="mail reports")


def as_heard(slug: str, event: AnymailTrackingEvent) -> Heard | None:
    """The event in our words; None for one that says nothing of a mail's fate. No address and no text is kept."""
    what = WORDS.get(event.event_type)
    if what is None:
        return None
    raw = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    code = _code(slug, raw, event) if what in _RETURNED | {Reported.DEFERRED} else ""
    delivery = _delivery(event)
    message_id = _text(raw, OUR_MESSAGE_ID.get(slug, ())) or _plain(event.message_id)
    happened_at = _moment(event.timestamp)
    parts = (delivery.hex if delivery else message_id, what, str(happened_at), code)
    return Heard(
        source=slug,
        event_id=_plain(event.event_id) or reporting.digest(*parts),
        what=what,
        delivery=delivery,
        return_path=_text(raw, OUR_RETURN_PATH.get(slug, ())),
        message_id=message_id,
        happened_at=happened_at,
        reason=code or _plain(event.reject_reason)[:20],
        is_bad_address=what in _RETURNED and _is_bad_address(slug, raw, code),
    )


def _delivery(event: AnymailTrackingEvent) -> uuid.UUID | None:
    """The id that our own line gave to the provider: in the metadata, or in a tag where there are none."""
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    tags = event.tags if isinstance(event.tags, list) else []
    named = [_plain(metadata.get("delivery"))]
    named += [tag.removeprefix(_TAG) for tag in map(_plain, tags) if tag.startswith(_TAG)]
    for each in named:
        if len(each) == 32:
            try:
                return uuid.UUID(hex=each)
            except ValueError:
                continue
    return None


def _code(slug: str, raw: Raw, event: AnymailTrackingEvent) -> str:
    """The server's enhanced code. One that ends in .0.0 says no more than that it failed."""
    told = (_text(raw, CODE.get(slug, ())), _plain(event.mta_response), _plain(event.description))
    found = [code for each in told if (code := enhanced_codes.found_in(each))]
    return next((code for code in found if not code.endswith(".0.0")), found[0] if found else "")


def _is_bad_address(slug: str, raw: Raw, code: str) -> bool:
    """By the server's own word; where it has none, by the provider's."""
    if code and not code.endswith(".0.0"):
        return enhanced_codes.is_bad_address(code)
    signs = NO_MAILBOX.get(slug, ())
    return bool(signs) and all(_text(raw, path) in values for path, values in signs)


def _text(raw: Any, path: Path) -> str:
    """What stands there, if it is text."""
    for step in path:
        if isinstance(raw, Mapping) and isinstance(step, str):
            raw = raw.get(step)
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
        else:
            return ""
    return _plain(raw) if path else ""


def _plain(value: Any) -> str:
    """Text in one line that a database takes."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return " ".join(str(value).encode("utf-8", "replace").decode().replace("\0", " ").split())[:4000]


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
