"""Watching series: how many of their deliveries stand where, how fast they go, and whether a spike has to stop them."""

import time
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from campaign.delivery.models import Report, Series
from campaign.lib.locks import Job, alone

log = structlog.get_logger(__name__)
LOOKED_AT = 500
BOUNCES_ALLOWED, LEAST_BOUNCES = 0.05, 5
COMPLAINTS_ALLOWED, LEAST_COMPLAINTS = 0.003, 2
# A count of a long series takes its time: the rest after it is so many times as long.
REST_AFTER_COUNT = 10
REPORTS_ARE_NEW_FOR = timedelta(minutes=5)
UNDER_WAY = ("queued", "deferred", "claimed", "handing_off")
HANDED_OVER = ("accepted", "refused", "uncertain", "handing_off")

_LAST = """
SELECT count(*), count(*) FILTER (WHERE status = 'refused' OR reported IN ('bounced', 'rejected', 'failed')),
  count(*) FILTER (WHERE reported = 'complained')
FROM (
  SELECT status, reported FROM delivery_delivery AS d
  WHERE series_id = %(series)s AND handed_off_at >= (SELECT watched_from FROM delivery_series WHERE id = %(series)s)
    AND status <> 'handing_off'
  ORDER BY handed_off_at DESC LIMIT %(most)s
) AS lately
"""
_ALL = """
SELECT status, reported, count(*) FROM delivery_delivery WHERE series_id = %s GROUP BY status, reported
"""
# Where more joined after a count, or was sent again, or left. "min" and "max" are always one look at an index; with
# EXISTS the planner, who knows of a million rows, walks over all of them for each series that has none.
_STIRRED = """
SELECT id FROM delivery_series AS s WHERE (
  SELECT min(next_at) FROM delivery_delivery WHERE series_id = s.id AND status IN ('queued', 'deferred')
) IS NOT NULL OR (
  SELECT max(handed_off_at) FROM delivery_delivery WHERE series_id = s.id
) >= s.tallied_at
"""
_LATE_COMPLAINTS = """
SELECT count(*) FROM delivery_delivery AS d JOIN delivery_series AS s ON s.id = d.series_id
WHERE s.id = %s AND d.reported = 'complained' AND d.reported_at >= s.watched_from
"""


def hold_if_spiking(series_id: uuid.UUID) -> bool:
    """Hold a series where over 5 % of its last 500 mails bounced, or over 0.3 % of them brought a complaint.

    Mail servers that refuse at once count as bounces. Under five bounces or two complaints nothing is a spike. The
    second time it is held already: False.
    """
    handed, bounced, complained = _row(_LAST, {"series": series_id, "most": LOOKED_AT})
    if bounced >= LEAST_BOUNCES and bounced > BOUNCES_ALLOWED * handed:
        return _hold(series_id, "bounces", bounced, handed)
    if complained >= LEAST_COMPLAINTS and complained > COMPLAINTS_ALLOWED * handed:
        return _hold(series_id, "complaints", complained, handed)
    return False


def _hold(series_id: uuid.UUID, why: str, found: int, handed: int) -> bool:
    is_held = Series.objects.hold(series_id, why)
    if is_held:
        log.warning("a series is held", series=str(series_id), reason=why, found=found, of=handed)
    return is_held


def watch() -> None:
    """Count each series that moves, or of which something was reported lately. Of two at once only one counts."""
    with transaction.atomic():
        if not alone(Job.WATCHING):
            return
        for series in _moving():
            _count(series)


def _moving() -> list[Series]:
    heard = Report.objects.filter(heard_at__gt=timezone.now() - REPORTS_ARE_NEW_FOR)
    news = set(heard.exclude(delivery__series=None).values_list("delivery__series", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_STIRRED)
        news |= {pk for (pk,) in cursor.fetchall()}
    return [each for each in Series.objects.order_by("pk") if _is_moving(each, has_news=each.pk in news)]


def _is_moving(series: Series, *, has_news: bool) -> bool:
    if series.tallied_at is None:
        return True
    rest = timedelta(milliseconds=REST_AFTER_COUNT * series.tally.get("took_ms", 0))
    if timezone.now() < series.tallied_at + rest:
        return False
    return has_news or series.counted(*UNDER_WAY) > 0 or series.counted("all") == 0


def _count(series: Series) -> None:
    began = time.monotonic()
    tally: dict[str, int] = {"all": 0}
    now = _row("SELECT statement_timestamp()", [])[0]  # before it counts: what leaves meanwhile is counted next time
    with connection.cursor() as cursor:
        cursor.execute(_ALL, [series.pk])
        for status, reported, count in cursor.fetchall():
            tally["all"] += count
            tally[status] = tally.get(status, 0) + count
            if reported:
                tally[f"reported:{reported}"] = tally.get(f"reported:{reported}", 0) + count
    tally["took_ms"] = int((time.monotonic() - began) * 1000)
    rate = _rate(series, tally, now)
    Series.objects.filter(pk=series.pk).update(tally=tally, tallied_at=now, rate=rate)
    if series.held_at is None and series.ended_at is None:
        _look_for_spikes(series, tally)


def _rate(series: Series, tally: dict[str, int], now: Any) -> int:
    """Mails handed over per minute, half of what it was and half of what it is since the last count."""
    if series.tallied_at is None:
        return 0
    minutes = max(0.001, (now - series.tallied_at).total_seconds() / 60)
    lately = (sum(tally.get(name, 0) for name in HANDED_OVER) - series.counted(*HANDED_OVER)) / minutes
    return max(0, round((series.rate + lately) / 2 if series.rate else lately))


def _look_for_spikes(series: Series, tally: dict[str, int]) -> None:
    """Complaints come late, about mail that is no longer among the last 500: those count against all of it."""
    if hold_if_spiking(series.pk):
        return
    late = _row(_LATE_COMPLAINTS, [series.pk])[0] if tally.get("reported:complained") else 0
    handed = sum(tally.get(name, 0) for name in HANDED_OVER)
    if late >= LEAST_COMPLAINTS and late > COMPLAINTS_ALLOWED * handed:
        _hold(series.pk, "complaints", late, handed)


def _row(statement: str, values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
