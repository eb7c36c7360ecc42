"""Counting: rolling confirmed signatures up into tallies, and checking that the tallies are true.

A signature is counted when this job has marked it (`counted_at`) and added it to a tally in the same transaction. The
mark is on the row, not in a time window, so a signature whose transaction was open longer can't be skipped.
"""

import uuid
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import connection, transaction

from campaign.lib.locks import Job, alone, wait_for
from campaign.petitions.models import Petition

log = structlog.get_logger(__name__)
BATCH = 5000
_STANDS = "confirmed_at IS NOT NULL AND withdrawn_at IS NULL AND invalidated_at IS NULL AND quarantined_at IS NULL"
_DAY = "(confirmed_at AT TIME ZONE 'UTC')::date"

_ROLL_UP = """
WITH chosen AS (
  SELECT id FROM petitions_signature WHERE {which} LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), marked AS (
  UPDATE petitions_signature s SET counted_at = {mark} FROM chosen WHERE s.id = chosen.id
  RETURNING petition_id, (s.confirmed_at AT TIME ZONE 'UTC')::date AS day, state, source
), tallied AS (
  INSERT INTO petitions_tally AS tally (petition_id, day, state, source, confirmed)
  SELECT petition_id, day, state, source, {sign} count(*) FROM marked GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (petition_id, day, state, source) DO UPDATE SET confirmed = tally.confirmed + EXCLUDED.confirmed
), totals AS (
  UPDATE petitions_petition p SET confirmed_total = p.confirmed_total {sign} m.n
  FROM (SELECT petition_id, count(*) AS n FROM marked GROUP BY 1) m WHERE p.id = m.petition_id
)
SELECT count(*) FROM marked
"""
_COUNT = _ROLL_UP.format(which=f"{_STANDS} AND counted_at IS NULL", mark="now()", sign="+")
_UNCOUNT = _ROLL_UP.format(which=f"NOT ({_STANDS}) AND counted_at IS NOT NULL", mark="NULL", sign="-")
_UNCOUNT_THESE = _ROLL_UP.format(which="id = ANY(%(ids)s) AND counted_at IS NOT NULL", mark="NULL", sign="-").replace(
    "SKIP LOCKED", ""
)


def _run(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"batch": BATCH} | values)
        return int(cursor.fetchone()[0])


@transaction.atomic
def count() -> int:
    """Roll up what was confirmed, withdrawn, invalidated or quarantined since; how many rows changed a tally.

    Called again at once there is nothing left to do. Of two at the same time only one works.
    """
    if not alone(Job.COUNTING):
        return 0
    return _run(_COUNT) + _run(_UNCOUNT)


@transaction.atomic
def uncount(signature_ids: Iterable[uuid.UUID]) -> int:
    """Take these out of the tallies now, because their rows are about to go. Those that were not counted stay out.

    Waits for a roll-up that is under way: two that write tallies and petitions by turns would meet in a deadlock.
    """
    wait_for(Job.COUNTING)
    return _run(_UNCOUNT_THESE, ids=list(signature_ids))


@transaction.atomic
def recount() -> int:
    """Count everything anew, repair what differs, and say so in the log; by how many signatures the tallies were off.

    Waits for a roll-up that is under way. Petitions whose people were forgotten keep their last tallies.
    """
    wait_for(Job.COUNTING)
    while _run(_COUNT) + _run(_UNCOUNT):
        pass
    drift = 0
    for petition in Petition.objects.filter(forgotten_at=None).order_by("pk"):
        drift += _repair(petition)
    return drift


def _repair(petition: Petition) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH truth AS (
              SELECT {_DAY} AS day, state, source, count(*) AS n FROM petitions_signature
              WHERE petition_id = %(id)s AND counted_at IS NOT NULL GROUP BY 1, 2, 3
            ), wrong AS (
              SELECT coalesce(t.day, x.day) AS day, coalesce(t.state, x.state) AS state,
                     coalesce(t.source, x.source) AS source, coalesce(t.n, 0) AS n, coalesce(x.confirmed, 0) AS was
              FROM truth t FULL JOIN (SELECT * FROM petitions_tally WHERE petition_id = %(id)s) x
                ON (t.day, t.state, t.source) = (x.day, x.state, x.source)
              WHERE coalesce(t.n, 0) <> coalesce(x.confirmed, 0)
            ), repaired AS (
              INSERT INTO petitions_tally AS tally (petition_id, day, state, source, confirmed)
              SELECT %(id)s, day, state, source, n FROM wrong
              ON CONFLICT (petition_id, day, state, source) DO UPDATE SET confirmed = EXCLUDED.confirmed
            )
            SELECT coalesce(sum(abs(n - was)), 0) FROM wrong
            """,
            {"id": petition.pk},
        )
        drift = int(cursor.fetchone()[0])
        cursor.execute(
            """
            UPDATE petitions_petition SET confirmed_total = truth.n
            FROM (SELECT count(*) AS n FROM petitions_signature
                  WHERE petition_id = %(id)s AND counted_at IS NOT NULL) truth
            WHERE id = %(id)s AND confirmed_total <> truth.n RETURNING 1
            """,
            {"id": petition.pk},
        )
        if cursor.fetchone() is not None:
            drift = max(drift, 1)
    if drift:
        log.error("tallies were off and are repaired", petition=str(petition.pk), signatures=drift)
    return drift
