"""Doing what one Idempotency-Key asks for once (draft-ietf-httpapi-idempotency-key-header), however often it arrives.

    answer = idempotency.once(asked, sign_and_answer)

The answer is kept in the transaction of its effect: there is never one without the other.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from campaign.partners.models import IdempotencyRecord, in_24_hours

LONGEST = 255
# Either a quoted string of structured fields (RFC 8941), where \ stands before " and \ only, or bare visible ASCII.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_BARE = re.compile(r"[!#-~][!-~]*")


class Malformed(Exception):
    """The header is neither a quoted nor a bare text of 1 to 255 ASCII characters."""


class StillRunning(Exception):
    """The first call with this key has not been answered yet."""


class OtherBody(Exception):
    """This key was used for another body before."""


@dataclass(frozen=True)
class Asked:
    """One call: with which key, where, under which Idempotency-Key, and with which body."""

    key_id: int
    route: str
    token: str
    fingerprint: bytes


@dataclass(frozen=True)
class Answered:
    """What the call gets. A replay is the answer that the first call got."""

    status: int
    body: dict[str, Any]
    is_replay: bool = False

    @property
    def is_success(self) -> bool:
        """Only success is kept: what was refused may be mended and sent again with the same key."""
        return 200 <= self.status < 300


def token_of(header: str) -> str:
    """The text of the header; `"abc"` and `abc` are the same. Raises Malformed."""
    header = header.strip(" \t")
    quoted = _QUOTED.fullmatch(header)
    token = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else header
    if len(token) > LONGEST or not (quoted or _BARE.fullmatch(header)):
        raise Malformed
    return token


def fingerprint_of(body: bytes) -> bytes:
    """SHA-256 of the body as it came."""
    return hashlib.sha256(body).digest()


def once(asked: Asked, effect: Callable[[], Answered]) -> Answered:
    """Have the effect and keep its answer; the second time has no effect and gets the kept answer, for 24 hours.

    Of several at once one has the effect, the others get StillRunning or its answer. Raises OtherBody for a key that
    was used with another body, and whatever the effect raises: then nothing is kept and nothing has happened.
    """
    with transaction.atomic():
        _claim(asked)
        kept = _kept(asked)
        if kept is not None:
            if bytes(kept.fingerprint) != asked.fingerprint:
                raise OtherBody
            return replace(Answered(kept.status_code, kept.body), is_replay=True)
        answered = effect()
        if answered.is_success:
            _keep(asked, answered)
        return answered


def _claim(asked: Asked) -> None:
    """A lock that goes with the transaction. Of two numbers, so that it never meets the locks of campaign.lib.locks."""
    name = f"{asked.key_id}\0{asked.route}\0{asked.token}"
    digest = hashlib.sha256(name.encode()).digest()
    numbers = [int.from_bytes(digest[at : at + 4], signed=True) for at in (0, 4)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", numbers)
        if not cursor.fetchone()[0]:
            raise StillRunning


def _kept(asked: Asked) -> IdempotencyRecord | None:
    """Asked in a statement of its own: one that began before the lock was ours would not see the other's row."""
    records = IdempotencyRecord.objects.filter(expires_at__gt=timezone.now())
    return records.filter(key_id=asked.key_id, route=asked.route, token=asked.token).first()


def _keep(asked: Asked, answered: Answered) -> None:
    record = IdempotencyRecord(
        key_id=asked.key_id,
        route=asked.route,
        token=asked.token,
        fingerprint=asked.fingerprint,
        status_code=answered.status,
        body=answered.body,
        created_at=timezone.now(),
        expires_at=in_24_hours(),
    )
    IdempotencyRecord.objects.bulk_create(
        [record],
        update_conflicts=True,  # an expired one that was not swept yet
        unique_fields=["key", "route", "token"],
        update_fields=["fingerprint", "status_code", "body", "created_at", "expires_at"],
    )
