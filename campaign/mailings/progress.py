"""How far a mailing is, from what jobs counted last: reading it costs no more for a million people than for ten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from campaign.delivery.models import Status
from campaign.mailings import comparing
from campaign.mailings.models import Mailing

_WAITING = (Status.QUEUED, Status.DEFERRED, Status.CLAIMED, Status.HANDING_OFF)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the mails of a mailing stand. `audience` is how many were queued so far; `rate` is mails a minute."""

    audience: int
    queued: int
    waiting: int
    accepted: int
    refused: int
    suppressed: int
    uncertain: int
    bounced: int
    complained: int
    unsubscribed: int
    rate: int
    ends_at: datetime | None
    counted_at: datetime | None
    held_reason: str


@dataclass(frozen=True, slots=True)
class Arm:
    """What a version brought so far."""

    name: str
    handed_over: int = 0
    wrote: int = 0
    unsubscribed: int = 0
    complained: int = 0
    bounced: int = 0


def progress_of(mailing: Mailing) -> Progress:
    """By the last count, which is some seconds old. Before the start everything is nought."""
    series = mailing.series
    audience = mailing.batches.aggregate(all=Sum("size"))["all"] or 0
    counted = series.counted if series else _nothing
    gone = sum(counted(name) for name in Status.values if name not in _WAITING)
    waiting = max(0, audience - gone)
    rate = series.rate if series else 0
    is_moving = bool(series and rate and waiting and not series.held_at and not series.ended_at)
    return Progress(
        audience=audience,
        queued=counted(Status.QUEUED),
        waiting=waiting,
        accepted=counted(Status.ACCEPTED),
        refused=counted(Status.REFUSED),
        suppressed=counted(Status.SUPPRESSED),
        uncertain=counted(Status.UNCERTAIN, Status.DEAD),
        bounced=counted("reported:bounced", "reported:rejected", "reported:failed"),
        complained=counted("reported:complained"),
        unsubscribed=sum(arm.unsubscribed for arm in arms_of(mailing)),
        rate=rate,
        ends_at=timezone.now() + timedelta(minutes=waiting / rate) if is_moving else None,
        counted_at=series.tallied_at if series else None,
        held_reason=series.held_reason if series and series.held_at else "",
    )


def arms_of(mailing: Mailing) -> list[Arm]:
    """A, and B where two are compared."""
    names = ("A", "B") if mailing.is_compared else ("A",)
    return [Arm(name, **mailing.figures.get(name, {})) for name in names]


def evidence_of(mailing: Mailing) -> float:
    """How strongly the letters speak for one of the versions; 20 is enough."""
    return comparing.evidence(*[arm.wrote for arm in arms_of(mailing)]) if mailing.is_compared else 1.0


def _nothing(*_names: str) -> int:
    return 0
