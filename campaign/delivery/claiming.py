"""Claiming: taking rows of a queue in hand, so that no other worker takes them. The attempt is counted here."""

import uuid

from django.db import connection

from campaign.delivery.models import LEASE, Delivery, Queue

# How many rows a worker takes in hand at once; what it does not begin it gives back.
BATCHES = {Queue.CONFIRM: 50, Queue.LETTERS: 50, Queue.MAILINGS: 500}

# What was in hand at a crash takes its turn like the rest, but alone: when it is first, nothing else is taken.
_TAKE = """
WITH due AS MATERIALIZED (
  SELECT id, crashes, kind, next_at FROM delivery_delivery WHERE {which} AND status IN ('queued', 'deferred')
    AND next_at <= statement_timestamp()
  ORDER BY {order} LIMIT %(most)s FOR UPDATE SKIP LOCKED
), first AS MATERIALIZED (
  SELECT id, crashes FROM due ORDER BY kind, next_at LIMIT 1
), taken AS (
  UPDATE delivery_delivery AS d SET status = 'claimed', claimed_by = %(worker)s,
    lease_until = statement_timestamp() + %(lease)s, attempts = d.attempts + 1
  FROM due WHERE d.id = due.id AND CASE WHEN (SELECT crashes FROM first) > 0
    THEN due.id = (SELECT id FROM first) ELSE due.crashes = 0 END
  RETURNING d.*
) SELECT {columns} FROM taken ORDER BY kind, next_at
"""
# A range and not a list: so the index gives them in their order, however many wait.
_OF_KINDS = {"which": "kind BETWEEN %(first)s AND %(last)s", "order": "kind, next_at", "columns": "*"}
# Of a mailing only what sending looks at: a moment costs Python three microseconds to read, and each row has five.
_COLUMNS = "id, kind, recipe, about, mailbox, series_id, status, reason, attempts, crashes, claimed_by"
_OF_SERIES = {"which": "series_id = %(series)s", "order": "next_at", "columns": _COLUMNS}

# Of several mailings each gets its turn. "min" is always one look at an index: see watching.
_RUNNING = """
SELECT id FROM delivery_series AS series WHERE held_at IS NULL AND ended_at IS NULL AND (
  SELECT min(next_at) FROM delivery_delivery WHERE series_id = series.id AND status IN ('queued', 'deferred')
) <= statement_timestamp() ORDER BY random() LIMIT 1
"""


def claim(queue: Queue, worker: str) -> list[Delivery]:
    """Take a batch of due rows, the oldest first.

    A row that another worker holds is passed over. One that was in hand when a worker crashed is taken alone, so that
    it can take no other with it.
    """
    series = running_series() if queue is Queue.MAILINGS else None
    if queue is Queue.MAILINGS and series is None:
        return []
    return _take(queue, worker, series)


def running_series() -> uuid.UUID | None:
    """One of the series that run and have something due, by lot."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        found = cursor.fetchone()
    return found[0] if found else None


def _take(queue: Queue, worker: str, series: uuid.UUID | None) -> list[Delivery]:
    statement = _TAKE.format(**(_OF_SERIES if series else _OF_KINDS))
    values = {
        "worker": worker,
        "lease": LEASE,
        "most": BATCHES[queue],
        "first": min(queue.kinds),
        "last": max(queue.kinds),
        "series": series,
    }
    return list(Delivery.objects.raw(statement, values))
