"""Whom a mailing goes to: people whose confirmed signature stands, who asked for updates, and whom nothing stops.

The language is the signature's: the petition was read, and updates were agreed to, in that one.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.db import connection

from campaign.mailings import rendering
from campaign.mailings.fields import Person
from campaign.mailings.models import Mailing, Wrote
from campaign.mailings.rendering import Source, Written
from campaign.petitions.models import Signature

# What stands on the signature's own row, and what has to be looked up beside it. `s` is the signature.
_OWN = """
s.petition_id = %(petition)s AND s.language = %(language)s AND s.updates_wording <> ''
AND s.confirmed_at <= coalesce(%(as_of)s, statement_timestamp())
AND s.withdrawn_at IS NULL AND s.invalidated_at IS NULL AND s.quarantined_at IS NULL
"""
_BESIDE = """
EXISTS (
  SELECT 1 FROM supporters_consent AS c WHERE c.supporter_id = s.supporter_id AND c.purpose = 'updates'
    AND c.withdrawn_at IS NULL AND c.given_at <= coalesce(%(as_of)s, statement_timestamp())
) AND NOT EXISTS (
  SELECT 1 FROM delivery_suppression AS x WHERE x.mailbox = s.supporter_id
    AND (x.expires_at IS NULL OR x.expires_at > statement_timestamp())
    AND (x.scope IN ('all', 'updates') OR x.mailing_list = %(petition)s)
)
"""
_LETTER = """
EXISTS (
  SELECT 1 FROM letters_letter AS l WHERE l.petition_id = %(petition)s AND l.supporter_id = s.supporter_id
    AND l.written_at <= coalesce(%(as_of)s, statement_timestamp())
)
"""
# Two bytes of a keyed hash of mailing and supporter: a fair draw that nobody can steer and everybody can repeat.
_DRAWN = "get_byte(sha256(%(seed)s || uuid_send(s.supporter_id)), {0})"
_DRAW = f"({_DRAWN.format(0)} * 256 + {_DRAWN.format(1)})"
# Below the limit lies A, from there to twice the limit B: both are drawn with the same luck. Without a test it is 0.
VERSION = f"CASE WHEN {_DRAW} < %(limit)s THEN 'A' WHEN {_DRAW} < 2 * %(limit)s THEN 'B' ELSE %(chosen)s END"
IS_SAMPLE = f"({_DRAW} < 2 * %(limit)s)"


@dataclass(frozen=True, slots=True)
class Audience:
    """A mailing's audience as conditions for a statement: of the signature's row, and of rows beside it."""

    own: str
    beside: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A mail as one real recipient would get it."""

    version: str
    supporter_name: str
    email: str
    state: str
    written: Written


def audience_of(mailing: Mailing) -> Audience:
    """As of the mailing's start, or as of now where it has not started."""
    own, beside = _OWN, _BESIDE
    if mailing.states:
        own += " AND s.state = ANY(%(states)s)"
    if mailing.confirmed_since:
        own += " AND s.confirmed_at >= %(since)s"
    if mailing.partner_id:
        own += " AND s.partner_id = %(partner)s"
    if mailing.wrote:
        beside += f" AND {'' if mailing.wrote == Wrote.WROTE else 'NOT '}{_LETTER}"
    since = mailing.confirmed_since
    values = {
        "petition": mailing.petition_id,
        "language": mailing.language,
        "as_of": mailing.started_at,
        "states": list(mailing.states),
        "since": datetime.combine(since, time(), tzinfo=UTC) if since else None,
        "partner": mailing.partner_id,
        "seed": hmac.digest(settings.MAILBOX_KEY, b"version\0" + mailing.pk.bytes, hashlib.sha256),
        "limit": mailing.sample_percent * 65536 // 100,
        "chosen": mailing.chosen or ("" if mailing.is_compared else "A"),
    }
    return Audience(own, beside, values)


def size(mailing: Mailing) -> int:
    """How many people get it: exactly, as of now; once it has started, as of then."""
    whom = audience_of(mailing)
    return int(
        _rows(f"SELECT count(*) FROM petitions_signature AS s WHERE {whom.own} AND {whom.beside}", whom.values)[0][0]
    )


def is_anybody(mailing: Mailing) -> bool:
    """Whether there is at least one, which is found sooner than how many."""
    whom = audience_of(mailing)
    return bool(
        _rows(f"SELECT 1 FROM petitions_signature AS s WHERE {whom.own} AND {whom.beside} LIMIT 1", whom.values)
    )


def sample(mailing: Mailing, how_many: int = 10, drawn: uuid.UUID | None = None) -> list[Sampled]:
    """Rendered mails of recipients picked at random, in the version that each would get (A until it is chosen).

    The ids are keyed hashes, so those behind a random point are as good as drawn. Each call draws anew, unless it is
    told the point: then they are the same in the same order. Raises Refused where the mailing can't be rendered.
    """
    whom = audience_of(mailing)
    drawn = drawn or uuid.UUID(bytes=secrets.token_bytes(16))
    found = _behind(whom, how_many, "s.supporter_id >= %(drawn)s", drawn)
    if len(found) < how_many:
        found |= _behind(whom, how_many - len(found), "s.supporter_id < %(drawn)s", drawn)
    sources = {name: Source.of(mailing, name) for name in set(found.values())}
    rows = Signature.objects.select_related("supporter").filter(petition=mailing.petition_id, supporter__in=found)
    rows = rows.order_by("supporter_id")
    return [_sampled(row, sources[found[row.supporter_id]], found[row.supporter_id]) for row in rows]


def _behind(whom: Audience, how_many: int, where: str, drawn: uuid.UUID) -> dict[uuid.UUID, str]:
    statement = f"""
    SELECT s.supporter_id, coalesce(nullif({VERSION}, ''), 'A') FROM petitions_signature AS s
    WHERE {whom.own} AND {whom.beside} AND {where} ORDER BY s.supporter_id LIMIT %(most)s
    """
    return dict(_rows(statement, {**whom.values, "drawn": drawn, "most": how_many}))


def _sampled(signature: Signature, source: Source, version: str) -> Sampled:
    supporter = signature.supporter
    person = Person(supporter.pk, supporter.given_name, supporter.family_name, supporter.state)
    return Sampled(version, supporter.name, supporter.email, signature.state, rendering.shown(source, person))


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return cursor.fetchall()
