"""Reporting: what providers and mail servers tell us after the hand-over, each thing once and in any order.

However often and in whichever order the same reports come, a delivery and the suppressions end up the same. What is
told by nobody we can tell, or is about nothing we know, is kept as heard and changes nothing.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from campaign.delivery.models import (
    WAITING,
    Delivery,
    DeliveryEvent,
    Report,
    Reported,
    Scope,
    Status,
    Suppression,
    SuppressionReason,
)

log = structlog.get_logger(__name__)
# What nobody can say of a mail that they never had, and what somebody says who did not take it.
HAD_IT = (
    Reported.SENT,
    Reported.DEFERRED,
    Reported.DELIVERED,
    Reported.BOUNCED,
    Reported.UNSUBSCRIBED,
    Reported.COMPLAINED,
)
TURNED_AWAY = (Reported.REJECTED, Reported.FAILED)
# Why a delivery stands where it stands, where only a report said so; its event says which report.
BY_REPORT = "reported"
_ORDER = list(Reported)
_LONGEST = 80
STRANGERS_KEPT = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing somebody told us. `reason` is a code or a word of ours, never the other side's text: it names people.

    `is_signed`: the channel knows who speaks (a provider's signature), or the mail bears our own signed return path.
    Which mail it is about say `return_path` (checked here), then `delivery` and `message_id`, which anybody can write
    down and which count only where the channel is signed.
    """

    source: str
    event_id: str
    what: Reported
    return_path: str = ""
    message_id: str = ""
    delivery: uuid.UUID | None = None
    happened_at: datetime | None = None
    reason: str = ""
    is_bad_address: bool = False
    is_signed: bool = True


# --- what the rooms upstairs add -------------------------------------------------------------------------------------

ListOf = Callable[[uuid.UUID], uuid.UUID | None]
_lists: list[ListOf] = []
_on_unsubscribe: list[Callable[[str], bool]] = []


def lists_of(ask: ListOf) -> None:
    """Which list a series belongs to, told by the room upstairs that has series. The same twice is once."""
    if ask not in _lists:
        _lists.append(ask)


def on_unsubscribe(stop: Callable[[str], bool]) -> None:
    """Who stops mail for the word in `unsubscribe+<word>@...`; False for a forged one. The same twice is once."""
    if stop not in _on_unsubscribe:
        _on_unsubscribe.append(stop)


# --- hearing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def hear(heard: Heard) -> Report | None:
    """Take in one report; None for one that was heard before, which changes nothing.

    Of fifty at once with the same id one is heard. `reported` only rises in the order of Reported. A delivery of which
    nobody knew what became of it is accepted when anybody shows that they had the mail, and refused when the provider
    says that it did not take it. Bad addresses, complaints and unsubscribings suppress.
    """
    delivery = _delivery_of(heard)
    report = _noted(heard, delivery)
    if report is None or delivery is None:
        return report
    # Suppressions before the delivery, in the order in which whoever settles takes their locks.
    _suppress(heard, delivery, report)
    _raise(delivery, heard.what)
    log.info("mail reported", what=heard.what, delivery=str(delivery.pk), report=report.pk, source=report.source)
    return report


def _delivery_of(heard: Heard) -> Delivery | None:
    """Signed VERP proves itself; a Message-ID or an id is as good as the channel that names it."""
    if heard.return_path:
        found = Delivery.objects.of_return_path(heard.return_path)
        if found is not None:
            return found
    if not heard.is_signed:
        return None
    if heard.delivery is not None:
        return Delivery.objects.filter(pk=heard.delivery).first()
    return Delivery.objects.of_message_id(heard.message_id) if heard.message_id else None


def digest(*parts: str) -> str:
    """An id for what came without one, or with one that is too long: the same parts, the same id."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


_NOTE = f"""
INSERT INTO {Report._meta.db_table} (source, event_id, what, delivery_id, reason, happened_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""


def _noted(heard: Heard, delivery: Delivery | None) -> Report | None:
    """Write it down; None where it stands there already. A forged id never takes the place of a real one."""
    event_id = heard.event_id
    if not heard.is_signed and delivery is None:
        event_id = "?" + digest(event_id)
    elif not event_id or len(event_id) > _LONGEST or not (event_id.isascii() and event_id.isprintable()):
        event_id = digest(event_id)
    report = Report(
        source=heard.source,
        event_id=event_id,
        what=heard.what,
        delivery=delivery,
        reason=heard.reason[:_LONGEST],
        happened_at=heard.happened_at,
    )
    values = (report.source, event_id, report.what, report.delivery_id, report.reason, report.happened_at)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    report.pk = row[0]
    return report


def _suppress(heard: Heard, delivery: Delivery, report: Report) -> None:
    """Whom we must not mail from now on. A complaint outweighs a bounce, whichever came first."""
    event = str(report.pk)
    if heard.what in {Reported.BOUNCED, *TURNED_AWAY} and heard.is_bad_address:
        Suppression.objects.add(delivery.mailbox, Scope.ALL, SuppressionReason.BOUNCED, event=event)
    elif heard.what == Reported.COMPLAINED:
        Suppression.objects.add(delivery.mailbox, Scope.ALL, SuppressionReason.COMPLAINED, event=event)
    elif heard.what == Reported.UNSUBSCRIBED:
        found = _list_of(delivery)
        scope = Scope.UPDATES if found is None else Scope.LIST
        reason = SuppressionReason.UNSUBSCRIBED
        Suppression.objects.add(delivery.mailbox, scope, reason, mailing_list=found, event=event)


def _list_of(delivery: Delivery) -> uuid.UUID | None:
    if delivery.series_id is None:
        return None
    return next((found for ask in _lists if (found := ask(delivery.series_id)) is not None), None)


def _raise(delivery: Delivery, what: Reported) -> None:
    """Two conditional updates: what another report or the worker wrote meanwhile is never taken back."""
    row = Delivery.objects.filter(pk=delivery.pk)
    row.filter(reported__in=_ORDER[: _ORDER.index(what)]).update(reported=what, reported_at=Now())
    if what in HAD_IT:
        _settle(row.filter(_MAY_HAVE_ARRIVED), Status.ACCEPTED, what)
    elif what in TURNED_AWAY:
        _settle(row.filter(status=Status.UNCERTAIN), Status.REFUSED, what)


# Also what waits, for another try or in a restored database that does not know that it left: whoever has it shall not
# get it again.
_MAY_HAVE_ARRIVED = Q(status__in=(Status.UNCERTAIN, Status.DEAD, *WAITING)) | Q(status=Status.REFUSED, reason=BY_REPORT)


def _settle(rows: "QuerySet[Delivery]", to: Status, what: str) -> bool:
    """A delivery ends where a report says it ended."""
    delivery = rows.first()
    if delivery is None:
        return False
    moved = rows.update(status=to, reason=BY_REPORT, finished_at=Now(), lease_until=None, claimed_by="")
    if moved:
        DeliveryEvent.objects.create(delivery=delivery, status=to, reason=f"{BY_REPORT} {what}")
    return bool(moved)


@transaction.atomic
def reconcile() -> int:
    """Settle the uncertain of which something was reported before they became uncertain; how many. Twice is once."""
    waiting = Delivery.objects.filter(status=Status.UNCERTAIN).exclude(reported="").order_by("pk")
    settled = 0
    for delivery in waiting.select_for_update(skip_locked=True)[:1000]:
        row = Delivery.objects.filter(pk=delivery.pk, status=Status.UNCERTAIN)
        had_it = delivery.reports.filter(what__in=HAD_IT).exists() or delivery.reported in HAD_IT
        settled += _settle(row, Status.ACCEPTED if had_it else Status.REFUSED, delivery.reported)
    return settled


def forget_strangers() -> int:
    """What was about nothing we know, or from nobody we can tell, goes after 90 days; how many. Twice is once."""
    gone, _each = Report.objects.filter(delivery=None, heard_at__lt=Now() - STRANGERS_KEPT).delete()
    return gone


# --- mail to unsubscribe+<word>@... ----------------------------------------------------------------------------------


@transaction.atomic
def stop_for(word: str, event_id: str) -> bool:
    """Somebody mailed the address that stops mail; False for a forged word, which leaves nothing behind.

    The same mail read twice stops once: who subscribed anew meanwhile stays subscribed.
    """
    with transaction.atomic():
        report = _noted(Heard(source="mailto", event_id=event_id, what=Reported.UNSUBSCRIBED), None)
        if report is None:
            return True
        if any(stop(word) for stop in _on_unsubscribe):
            log.info("unsubscribed by mail", report=report.pk)
            return True
        transaction.set_rollback(True)
    return False
