"""Braking: what slows mail down or stops it, for all workers at once."""

from collections.abc import Mapping, Sequence

from campaign.delivery.models import Queue, QueueHold
from campaign.delivery.transport import Fate


def stopped(queue: Queue) -> str:
    """Why nothing of this queue may leave now; empty where it may."""
    return "queue held" if QueueHold.objects.filter(pk=queue.value).exists() else ""


def allowance(queue: Queue, wanted: int) -> int:
    """How many may leave just now."""
    return wanted


def paused_domains() -> Mapping[str, float]:
    """Receiving domains that want to be left alone, and for how many seconds."""
    return {}


def heard(fates: Sequence[tuple[str, Fate]]) -> None:
    """Feed the breakers."""


def forget_old() -> None:
    """Forget what is a day old."""
