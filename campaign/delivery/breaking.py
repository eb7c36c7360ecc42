"""Breaking: leaving a relay or a receiving domain alone that turns us away. For all workers, by the database's clock.

A relay's breaker opens after five windows in a row of which it answered no mail at all. When its pause is over one
worker sends one window; every pause is longer than the one before, and an answer ends it all. A domain's breaker opens
after five temporary refusals in a row within a quarter of an hour: one full mailbox stops no provider that takes the
mail of others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from campaign.delivery.claiming import running_series
from campaign.delivery.models import Breaker, Delivery, Queue
from campaign.delivery.transport import Accepted, Fate, TryLater, Unsure
from campaign.lib.kept import Kept

log = structlog.get_logger(__name__)
FAILURES_ALLOWED = 5
# What is longer ago than this was not in a row.
IN_A_ROW_WITHIN = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
RELAY, DOMAIN = "relay:", "domain:"
# The first pause and the longest, in seconds. Of each up to a half is left out, so that not all come back at once.
PAUSES = {RELAY: (10.0, 300.0), DOMAIN: (30.0, 1800.0)}
# So long one worker tries a relay while the others wait for what it finds: longer than the time-outs of a connection.
TRIED_FOR = timedelta(seconds=45)
TRYING = "one worker tries it"
MOST_DOMAINS = 5_000

# What is open already is not opened further by what was still under way when it opened.
_FAIL = """
INSERT INTO delivery_breaker AS b (subject, failures, reason, failed_at, open_until)
SELECT subject, least(times, %(allowed)s), reason, statement_timestamp(), CASE WHEN times >= %(allowed)s
  THEN statement_timestamp() + make_interval(secs => %(first)s * (0.5 + random() / 2)) END
FROM unnest(%(subjects)s::text[], %(times)s::int[], %(reasons)s::text[]) AS f(subject, times, reason)
ON CONFLICT (subject) DO UPDATE SET (failures, reason, failed_at, open_until) = (
  SELECT n, excluded.reason, statement_timestamp(), CASE WHEN n >= %(allowed)s THEN statement_timestamp()
    + make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least(n - %(allowed)s, 20)) * (0.5 + random() / 2)) END
  FROM (SELECT CASE
    WHEN b.failures >= %(allowed)s THEN b.failures + 1
    WHEN b.failed_at < statement_timestamp() - %(within)s THEN excluded.failures
    ELSE least(b.failures + excluded.failures, %(allowed)s) END AS n) AS counted
) WHERE b.open_until IS NULL OR b.open_until <= statement_timestamp() OR b.reason = %(trying)s
RETURNING subject, failures, extract(epoch FROM open_until - statement_timestamp())::float
"""
# Locked in one order and never waited for: windows that close and windows that open the same ones never block.
_CLOSE = """
DELETE FROM delivery_breaker WHERE subject IN (
  SELECT subject FROM delivery_breaker WHERE subject = ANY(%s) ORDER BY subject FOR UPDATE SKIP LOCKED
) RETURNING subject, open_until IS NOT NULL
"""
_LOOK = """
SELECT subject, extract(epoch FROM open_until - statement_timestamp())::float FROM delivery_breaker
WHERE open_until > statement_timestamp() ORDER BY open_until DESC LIMIT %s
"""


@dataclass(frozen=True)
class _Seen:
    """What this process saw of the breakers a moment ago: whether anything failed lately, and which domains pause."""

    has_failures: bool
    domains: Mapping[str, float]


def relay() -> str:
    """The name of the relay: the provider that the settings name, or the host."""
    return str(getattr(settings, "MAIL_PROVIDER", "") or getattr(settings, "EMAIL_HOST", "") or "here")[:80]


def relay_subject() -> str:
    """What the relay's breaker is called."""
    return f"{RELAY}{relay()}"


def paused_domains() -> Mapping[str, float]:
    """Receiving domains that want to be left alone, and for how many seconds; at most a second old."""
    return _seen.get(None).domains


def heard(fates: Sequence[tuple[str, Fate]]) -> bool:
    """Learn from what became of a window: the receiving domain of each mail, and the server's word.

    True where the relay is left alone from now on: whoever has more in hand begins no more of it. Where all is well and
    nothing failed lately nothing is written or read.
    """
    if not fates:
        return False
    lost = [fate for _domain, fate in fates if _is_lost(fate)]
    if len(lost) == len(fates):
        return _fail(RELAY, {relay_subject(): 1}, {relay_subject(): str(lost[0])})
    well = {domain for domain, fate in fates if isinstance(fate, Accepted)}
    put_off = [(domain, fate) for domain, fate in fates if _is_put_off(fate) and domain and domain not in well]
    if _seen.get(None).has_failures:
        _close([relay_subject(), *(_subject(domain) for domain in well)])
    if put_off:
        reasons = {_subject(domain): str(fate) for domain, fate in put_off}
        _fail(DOMAIN, Counter(_subject(domain) for domain, _fate in put_off), reasons)
    return False


def _subject(domain: str) -> str:
    return f"{DOMAIN}{domain}"[:260]


def _without_addresses(words: str) -> str:
    return " ".join(word for word in words.split() if "@" not in word and word.isprintable())


def _is_lost(fate: Fate) -> bool:
    """No word of the server about this mail: there was no connection, or it broke."""
    return isinstance(fate, Unsure) or (isinstance(fate, TryLater) and fate.is_connection)


def _is_put_off(fate: Fate) -> bool:
    return isinstance(fate, TryLater) and not fate.is_connection


def _fail(kind: str, times: Mapping[str, int], reasons: Mapping[str, str]) -> bool:
    """Whether one of these is open now. What is not moved was open already."""
    subjects = sorted(times)
    first, longest = PAUSES[kind]
    values: dict[str, Any] = {
        "subjects": [subject[:260] for subject in subjects],
        "times": [times[subject] for subject in subjects],
        "reasons": [_without_addresses(reasons[subject])[:80] for subject in subjects],
        "allowed": FAILURES_ALLOWED,
        "within": IN_A_ROW_WITHIN,
        "first": first,
        "longest": longest,
        "trying": TRYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FAIL, values)
        moved = cursor.fetchall()
    opened = [(subject, failures, pause) for subject, failures, pause in moved if pause is not None]
    _seen.forget()
    for subject, failures, pause in opened:
        log.warning("a breaker opened", subject=subject, failures=failures, seconds=round(pause))
    return bool(opened) or len(moved) < len(subjects)


def _close(subjects: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [list(subjects)])
        closed = cursor.fetchall()
    if closed:
        _seen.forget()
    for subject, was_open in closed:
        if was_open:
            log.info("a breaker closed", subject=subject)


def _look(_key: None) -> _Seen:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [MOST_DOMAINS])
        rows = cursor.fetchall()
    domains = {subject.removeprefix(DOMAIN): left for subject, left in rows if subject.startswith(DOMAIN)}
    return _Seen(has_failures=bool(rows) or Breaker.objects.exists(), domains=domains)


_seen: Kept[None, _Seen] = Kept(_look, seconds=1.0, stale=1.0)


def try_once(queue: Queue) -> bool:
    """Whether this worker is the one that tries the relay, now that its pause is over; of two at once only one.

    Only who has something to send tries. Should it send nothing all the same, another one may after a while.
    """
    is_mailing = queue is Queue.MAILINGS
    if not (running_series() if is_mailing else Delivery.objects.due().standing_in(queue).exists()):
        return False
    over = Breaker.objects.filter(subject=relay_subject(), open_until__lte=Now())
    return bool(over.update(open_until=Now() + TRIED_FOR, reason=TRYING))


def forget_old() -> None:
    """Forget what failed a day ago: which domains our mail goes to is nobody's business for longer."""
    Breaker.objects.filter(failed_at__lt=Now() - FORGOTTEN_AFTER).exclude(open_until__gt=Now()).delete()
