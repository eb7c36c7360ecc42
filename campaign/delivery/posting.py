"""Putting mail into the outbox, and waking the worker. The row is the truth; the wake-up may get lost."""

import logging
import threading
import uuid
from dataclasses import dataclass, field

from django.db import transaction
from kombu.exceptions import OperationalError

from campaign.delivery.models import Delivery, Kind, Queue, queue_of
from campaign.delivery.tasks import wake

log = logging.getLogger(__name__)
SHORTEST_BETWEEN_NUDGES = 0.25


@dataclass(frozen=True)
class Envelope:
    """What to mail: the recipe's name, the ids it is about, the mailbox it goes to. The key is unique for ever.

    Mail of the kind MAILING belongs to a series, other mail to none.
    """

    key: str
    kind: Kind
    recipe: str
    mailbox: uuid.UUID
    about: dict[str, str] = field(default_factory=dict)
    series: uuid.UUID | None = None


def post(envelope: Envelope) -> Delivery:
    """Queue the envelope, to leave when this transaction commits. The same key is posted once: the first stays."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                key=envelope.key,
                kind=envelope.kind,
                recipe=envelope.recipe,
                mailbox=envelope.mailbox,
                about=envelope.about,
                series_id=envelope.series,
            )
        ],
        ignore_conflicts=True,
    )
    queue = queue_of(envelope.kind)
    transaction.on_commit(lambda: nudge(queue))
    return Delivery.objects.get(key=envelope.key)


class _Nudger:
    """Wakes workers from a thread of its own: a broker that hangs holds up nobody, and many nudges become one."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._queues: set[Queue] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def nudge(self, queue: Queue) -> None:
        self._queues.add(queue)
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        rest = threading.Event()
        while self._wanted.wait():
            self._wanted.clear()
            try:
                for queue in [each for each in Queue if each in self._queues]:
                    self._queues.discard(queue)
                    wake(queue)
            except (OperationalError, OSError) as error:
                log.warning("the broker can't be reached, the sweeper will find the mail: %s", type(error).__name__)
                rest.wait(1.0)
            rest.wait(SHORTEST_BETWEEN_NUDGES)


_nudger = _Nudger()


def nudge(queue: Queue = Queue.CONFIRM) -> None:
    """Wake the workers of a queue soon. Returns at once, does not wait for the broker and never fails."""
    _nudger.nudge(queue)
