"""Pausing a queue, and letting it go on. Workers read the hold before they claim, and once more as they promise."""

import structlog

from campaign.delivery import braking
from campaign.delivery.models import Queue
from campaign.delivery.posting import nudge

log = structlog.get_logger(__name__)


def pause(queue: Queue, by: str) -> bool:
    """Nothing of this queue leaves any more; what stands in it waits. The second time: False.

    `by` is an id, never an address. What a worker is handing over at this moment still leaves.
    """
    is_new = braking.hold(queue, by)
    if is_new:
        log.warning("a queue was paused", queue=queue.value, by=by)
    return is_new


def resume(queue: Queue, by: str) -> bool:
    """The queue goes on, and its workers are woken. The second time: False."""
    was_held = braking.resume(queue)
    if was_held:
        log.warning("a queue was resumed", queue=queue.value, by=by)
        nudge(queue)
    return was_held
