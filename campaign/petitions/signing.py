"""Signing: one statement puts the person, the signature and the outbox row into PostgreSQL; nothing else is asked."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from campaign.delivery import posting
from campaign.delivery.models import Kind
from campaign.lib import emails
from campaign.petitions.checking import SignUp
from campaign.petitions.gathering import Gathering
from campaign.petitions.models import Petition, Signature
from campaign.petitions.screening import Screened
from campaign.supporters.models import Supporter
from campaign.supporters.wordings import UPDATES

CONFIRM, ALREADY_SIGNED = "confirm_signature", "already_signed"

# A mailbox that has not been confirmed keeps what was typed last, for seven days from then, as its new link says; a
# confirmed one is its owner's and stays as it is.
# The outbox row's key holds the day, by the database's clock: however often somebody signs, a day brings one piece of
# mail. To whoever had signed already it brings one over all petitions, and plus-tags and dots don't bring another. The
# keys are written in their order, or two commits that write to the same mailboxes would meet in a deadlock.
# Asking how many people were written has them written before the signatures: PostgreSQL itself would go backwards, and
# whoever confirms or erases takes the person's row first.
_TODAY = "(now() AT TIME ZONE 'UTC')::date"
STATEMENT = f"""
WITH given AS (
  SELECT * FROM unnest(
    %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::uuid[], %s::bytea[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bytea[], %s::text[],
    %s::uuid[], %s::uuid[]
  ) AS g(supporter, email, given_name, family_name, state, postal_code, language,
         signature, petition, comment, source, referrer, partner, wording, network, held, delivery, cap)
  ORDER BY supporter, petition
), people AS (
  INSERT INTO supporters_supporter AS known (id, email, given_name, family_name, state, postal_code, language)
  SELECT DISTINCT ON (supporter) supporter, email, given_name, family_name, state, postal_code, language
    FROM given ORDER BY supporter
  ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email, given_name = EXCLUDED.given_name,
    family_name = EXCLUDED.family_name, state = EXCLUDED.state, postal_code = EXCLUDED.postal_code,
    language = EXCLUDED.language WHERE known.confirmed_at IS NULL
  RETURNING 1
), signed AS (
  INSERT INTO petitions_signature AS known (id, petition_id, supporter_id, state, comment, language, source, referrer,
    partner_id, updates_wording, network, quarantined_at, quarantine_reason)
  SELECT signature, petition, supporter, state, comment, language, source, referrer, partner, wording, network,
    CASE WHEN held <> '' THEN now() END, held FROM given WHERE (SELECT count(*) FROM people) >= 0
  ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, comment = EXCLUDED.comment, language = EXCLUDED.language,
    updates_wording = EXCLUDED.updates_wording, created_at = now() WHERE known.confirmed_at IS NULL
)
INSERT INTO delivery_delivery (id, key, kind, recipe, about, mailbox)
SELECT g.delivery,
  CASE WHEN s.signed THEN concat_ws(':', '{ALREADY_SIGNED}', g.cap, {_TODAY})
    ELSE concat_ws(':', '{CONFIRM}', g.signature, {_TODAY}, s.left_at) END,
  CASE WHEN s.signed THEN {int(Kind.RECEIPT)} ELSE {int(Kind.CONFIRMATION)} END,
  CASE WHEN s.signed THEN '{ALREADY_SIGNED}' ELSE '{CONFIRM}' END,
  jsonb_build_object('signature', g.signature), g.supporter
FROM given g LEFT JOIN LATERAL (
  SELECT confirmed_at IS NOT NULL AND withdrawn_at IS NULL AS signed,
    extract(epoch FROM withdrawn_at)::bigint AS left_at
  FROM petitions_signature WHERE id = g.signature
) s ON true
ORDER BY 2
ON CONFLICT (key) DO NOTHING
"""


@dataclass(frozen=True)
class Origin:
    """Where a sign-up came in: in which language, through which partner, and what screening found."""

    language: str = "en"
    partner_id: int | None = None
    screened: Screened = field(default_factory=Screened)


def signature_id(petition_id: uuid.UUID, supporter_id: uuid.UUID) -> uuid.UUID:
    """The id of this supporter's signature under this petition, whether it exists or not."""
    digest = hmac.digest(settings.MAILBOX_KEY, b"signature\0" + petition_id.bytes + supporter_id.bytes, hashlib.sha256)
    return uuid.UUID(bytes=digest[:16], version=5)


def sign(petition: Petition, sign_up: SignUp, origin: Origin) -> uuid.UUID:
    """Keep the sign-up and queue its confirmation mail; the signature's id, once both are committed.

    The second time finds the same row: nobody can tell from here whether the mailbox was known. A pending signature
    takes what was typed last; a confirmed one stays, and its owner learns by mail that somebody signed again.
    """
    row = _row(petition.pk, sign_up, origin)
    _gathering.add(row)
    # on_commit() would ask this thread's connection, and most threads need none: another one wrote their row.
    transaction.on_commit(posting.nudge) if connection.in_atomic_block else posting.nudge()
    return row[_SIGNATURE]


def _seal(model: type[Supporter | Signature], field: str, text: str) -> bytes:
    return model._meta.get_field(field).seal(text)  # type: ignore[union-attr]


_SUPPORTER, _SIGNATURE = 0, 7


def _row(petition_id: uuid.UUID, sign_up: SignUp, origin: Origin) -> tuple[Any, ...]:
    """In the order of the statement's parameters."""
    supporter = emails.mailbox_id(sign_up.email)
    return (
        supporter,
        _seal(Supporter, "email", sign_up.email),
        _seal(Supporter, "given_name", sign_up.given_name),
        _seal(Supporter, "family_name", sign_up.family_name),
        sign_up.state,
        sign_up.postal_code,
        origin.language,
        signature_id(petition_id, supporter),
        petition_id,
        _seal(Signature, "comment", sign_up.comment) if sign_up.comment else None,
        sign_up.source,
        sign_up.referrer,
        origin.partner_id,
        UPDATES if sign_up.updates_consent else "",
        origin.screened.network,
        origin.screened.quarantine_reason,
        uuid.uuid4(),
        emails.cap_id(sign_up.email),
    )


def _write(rows: Sequence[tuple[Any, ...]]) -> None:
    """One statement, one commit. Of several sign-ups for one signature in the same moment the last one counts."""
    last = {row[_SIGNATURE]: row for row in rows}
    columns = [list(column) for column in zip(*last.values(), strict=True)]
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(STATEMENT, columns, prepare=True)


_gathering: Gathering[tuple[Any, ...]] = Gathering(_write)
