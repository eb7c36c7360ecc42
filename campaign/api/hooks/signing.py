"""The signature of what a mail server of ours hands in: HMAC-SHA256 with REPORTS_SECRET over the time and the body.

X-Report-Timestamp: 1764000000
X-Report-Signature: <hex of HMAC-SHA256(secret, "1764000000." + body)>
"""

import hmac
import time

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaign.api.hooks.providers import Forged

TIMESTAMP, SIGNATURE = "X-Report-Timestamp", "X-Report-Signature"
OLDEST_SECONDS = 5 * 60


def is_set() -> bool:
    """Whether there is a secret."""
    return bool(settings.REPORTS_SECRET)


def look_at_time(request: HttpRequest) -> None:
    """Before anybody reads the body. Raises Forged where the time is missing, or is not now."""
    sent_at = request.headers.get(TIMESTAMP, "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise Forged(_("X-Report-Timestamp must say when this was signed, in seconds."))
    if abs(time.time() - int(sent_at)) > OLDEST_SECONDS:
        raise Forged(_("This was signed more than five minutes ago, or will be."))


def check(request: HttpRequest) -> None:
    """Raises Forged where no secret fits."""
    content = request.headers[TIMESTAMP].encode() + b"." + request.body
    given = request.headers.get(SIGNATURE, "").strip().lower().encode("utf-8", "replace")
    wanted = [hmac.digest(secret.encode(), content, "sha256").hex().encode() for secret in settings.REPORTS_SECRET]
    if not any(hmac.compare_digest(given, each) for each in wanted):
        raise Forged(_("X-Report-Signature does not fit this message."))
