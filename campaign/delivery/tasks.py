"""One call each; the rules are elsewhere."""

import logging
from functools import cache

from celery import shared_task
from kombu.exceptions import OperationalError

from campaign.delivery import collecting_reports, reporting, sending, sweeping, watching
from campaign.delivery.models import Queue

log = logging.getLogger(__name__)


def wake(queue: Queue) -> None:
    """Have a worker of this queue look what is due. Raises what the broker raises."""
    send_due.apply_async([queue.value], queue=queue.value, expires=60, retry=False)


@shared_task(name="delivery.send_due")
def send_due(queue: str) -> None:
    """Send what is due in a queue; where something was taken in hand, look once more.

    Another process is woken as soon as there is more than one batch, and once only: so a long queue keeps all of them
    busy, and each of them leaves one task behind.
    """

    @cache
    def again() -> None:
        try:
            wake(Queue(queue))
        except (OperationalError, OSError) as error:  # what is in hand goes on, the sweeper finds the rest
            log.warning("the broker can't be reached: %s", type(error).__name__)

    if sending.send_due(Queue(queue), again):
        again()


@shared_task(name="delivery.sweep")
def sweep() -> None:
    """Find what the queue lost, and send it."""
    for queue in sweeping.sweep():
        wake(queue)


@shared_task(name="delivery.watch")
def watch() -> None:
    """Count where the deliveries of each series stand."""
    watching.watch()


@shared_task(name="delivery.read_reports")
def read_reports() -> None:
    """Read the mailbox of the setting for bounces, complaints and unsubscribings."""
    collecting_reports.from_setting()


@shared_task(name="delivery.forget_reports")
def forget_reports() -> None:
    """Let go of old reports that were about nothing we know."""
    reporting.forget_strangers()
