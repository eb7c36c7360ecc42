"""Metering: a bucket of tokens for each relay, one a message, exact for all workers, by the database's clock."""

from typing import Any

from django.conf import settings
from django.db import connection

from campaign.delivery.breaking import relay
from campaign.delivery.models import Queue

# What may go at once after a rest, in seconds of the rate; and at least so many.
BURST_SECONDS, LEAST_BURST = 1.0, 2.0
# What each queue leaves for those before it, as a share of the burst: a confirmation never waits for a mailing.
RESERVES = {Queue.CONFIRM: 0.0, Queue.LETTERS: 0.1, Queue.MAILINGS: 0.25}

# The row is locked before it is read: whoever comes second reads what the first one left, with a later time.
_TAKE = """
WITH locked AS MATERIALIZED (
  SELECT relay, tokens, filled_at FROM delivery_bucket WHERE relay = %(relay)s FOR UPDATE
), filled AS MATERIALIZED (
  SELECT relay, moment, least(%(burst)s, tokens
    + %(rate)s * greatest(0, extract(epoch FROM moment - filled_at)::float)) AS tokens
  FROM (SELECT relay, tokens, filled_at, clock_timestamp() AS moment FROM locked) AS now
), taken AS MATERIALIZED (
  SELECT relay, moment, tokens, greatest(0, least(%(wanted)s, floor(tokens - %(reserve)s)))::int AS n FROM filled
)
UPDATE delivery_bucket AS b SET tokens = taken.tokens - n, filled_at = greatest(b.filled_at, moment)
FROM taken WHERE b.relay = taken.relay RETURNING n
"""
_BEGIN = """
INSERT INTO delivery_bucket (relay, tokens, filled_at) VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""


def allowance(queue: Queue, wanted: int) -> int:
    """Take up to so many tokens: how many mails may go to the relay just now, 0 for none. They come back with time.

    MAIL_RATE says how many come back in a second; with 0 all may go, and nothing is asked.
    """
    rate = int(settings.MAIL_RATE)
    if rate <= 0 or wanted <= 0:
        return max(0, wanted)
    burst = max(LEAST_BURST, rate * BURST_SECONDS)
    values: dict[str, Any] = {
        "relay": relay(),
        "burst": burst,
        "rate": rate,
        "wanted": wanted,
        "reserve": burst * RESERVES[queue],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        found = cursor.fetchone()
        if found is None:
            cursor.execute(_BEGIN, [values["relay"], burst])
            cursor.execute(_TAKE, values)
            found = cursor.fetchone()
    return int(found[0])
