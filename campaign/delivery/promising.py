"""Promising: `handing_off` is committed before a text leaves, after a last look at what may stop it.

One statement looks and moves, on the database that the suppressions, holds and cancellations are written to. "Is not
distinct from" instead of "=": with "=" the planner goes through all rows that are under way, whose number it can't
know, instead of fifty keys (measured: 43 to 84 microseconds a mail).
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaign.delivery.models import LEASE, Queue
from campaign.delivery.transport import Outgoing

# `|| ''` keeps the planner, who knows nothing of new rows, from walking over all that is under way: it goes by the ids.
_PROMISE = """
WITH asked AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(mailboxes)s::uuid[], %(scopes)s::text[], %(lists)s::uuid[], %(past)s::bool[])
    AS a(id, mailbox, scope, mailing_list, is_past_bounces)
), looked AS MATERIALIZED (
  SELECT asked.id, asked.mailbox, (
    SELECT reason FROM delivery_suppression AS s
    WHERE s.mailbox = asked.mailbox AND (s.expires_at IS NULL OR s.expires_at > statement_timestamp())
      AND (s.scope = 'all' OR (s.scope = 'updates' AND asked.scope <> 'all') OR s.mailing_list = asked.mailing_list)
      AND NOT (asked.is_past_bounces AND s.reason = 'bounced')
    ORDER BY s.scope LIMIT 1
  ) AS stopped FROM asked
), moved AS (
  UPDATE delivery_delivery AS d SET
    status = CASE WHEN stopped IS NULL THEN 'handing_off' ELSE 'suppressed' END,
    reason = coalesce(stopped, ''), mailbox = looked.mailbox,
    handed_off_at = CASE WHEN stopped IS NULL THEN statement_timestamp() ELSE d.handed_off_at END,
    finished_at = CASE WHEN stopped IS NULL THEN NULL ELSE statement_timestamp() END,
    lease_until = CASE WHEN stopped IS NULL THEN statement_timestamp() + %(lease)s END
  FROM looked WHERE d.id = looked.id AND d.status || '' = 'claimed' AND d.claimed_by = %(worker)s
    AND NOT EXISTS (SELECT 1 FROM delivery_queuehold WHERE queue = %(queue)s)
    AND (d.series_id IS NULL OR EXISTS (
      SELECT 1 FROM delivery_series AS s WHERE s.id = d.series_id AND s.held_at IS NULL AND s.ended_at IS NULL
    ))
  RETURNING d.id, d.status, d.reason
), noted AS (
  INSERT INTO delivery_deliveryevent (delivery_id, status, reason) SELECT id, status, reason FROM moved
)
SELECT id FROM moved WHERE status = 'handing_off'
"""


def promise(queue: Queue, worker: str, window: Sequence[Outgoing]) -> list[Outgoing]:
    """Those that may leave now, with the promise written; it holds once the transaction is committed.

    What is suppressed ends as suppressed. What its queue or series holds, and what another worker has by now, stays as
    it is and must not leave.
    """
    if not window:
        return []
    values: dict[str, Any] = {
        "ids": [each.delivery.pk for each in window],
        "mailboxes": [each.mail.mailbox or each.delivery.mailbox for each in window],
        "scopes": [str(each.mail.scope) for each in window],
        "lists": [each.mail.mailing_list for each in window],
        "past": [each.mail.is_past_bounces for each in window],
        "lease": LEASE,
        "worker": worker,
        "queue": str(queue),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PROMISE, values)
        promised: set[uuid.UUID] = {row[0] for row in cursor.fetchall()}
    return [each for each in window if each.delivery.pk in promised]
