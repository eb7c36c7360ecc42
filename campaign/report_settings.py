"""Reads the settings of reports: who may bring them, and where they are read. Nonsense stops the start."""

import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from campaign import env
from campaign.env import BadSetting

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LEAST_LETTERS = 16
_PREFIX = "ANYMAIL_"
# Where more than DATA_UPLOAD_MAX_MEMORY_SIZE may be sent, in bytes; the first that fits. Providers send events by the
# thousand, and a bounce may return a whole message.
LARGER_BODIES = (("/api/hooks/mail/inbound", 12 * 1024 * 1024), ("/api/hooks/mail/", 4 * 1024 * 1024))


def told(anymail: dict[str, Any]) -> dict[str, Any]:
    """The provider's settings, with what `ANYMAIL_<setting>` adds: for a provider whose SMTP server is our relay and
    whose webhooks report to us.
    """
    plain: dict[str, Any] = {"True": True, "False": False}
    added = {
        name.removeprefix(_PREFIX): plain.get(value, value)
        for name, value in os.environ.items()
        if name.startswith(_PREFIX) and value
    }
    if "WEBHOOK_SECRET" in added:
        added["WEBHOOK_SECRET"] = _pairs(_PREFIX + "WEBHOOK_SECRET")
    return anymail | added


def clock(address: str) -> dict[str, Any]:
    """What Celery's clock does about them: a mailbox is read every minute, where there is one."""
    reading = {"task": "delivery.read_reports", "schedule": 60.0, "options": {"expires": 60}}
    forgetting = {"forget-reports": {"task": "delivery.forget_reports", "schedule": timedelta(hours=24)}}
    return forgetting | ({"read-reports": reading} if address else {})


def secrets(name: str) -> list[str]:
    """Several, separated by commas, while one takes the other's place."""
    found = env.words(name)
    if any(len(each) < _LEAST_LETTERS for each in found):
        raise BadSetting(f"{name} must have at least {_LEAST_LETTERS} letters. `openssl rand -base64 32` makes one.")
    return found


def _pairs(name: str) -> list[str]:
    """user:password, several separated by commas."""
    found = env.words(name)
    if any(":" not in each for each in found):
        raise BadSetting(f"{name} must read user:password.")
    return found


def mailbox(name: str) -> str:
    """imaps://user:password@host/INBOX; without TLS on this machine only."""
    value = env.text(name, "")
    if not value:
        return ""
    try:
        url = urlsplit(value)
        is_safe = url.scheme == "imaps" or (url.scheme == "imap" and url.hostname in _LOOPBACK)
        is_whole = bool(url.hostname and url.username and url.password) and (url.port is None or url.port > 0)
    except ValueError:
        is_safe = is_whole = False
    if not (is_safe and is_whole):
        raise BadSetting(f"{name} must read imaps://user:password@host/folder.")
    return value
