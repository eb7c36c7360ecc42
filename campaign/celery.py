"""The worker's way in, and its way out. The queue is only a nudge: rows in PostgreSQL say what is to be done.

See docs/decisions/0002. On SIGTERM a worker takes nothing new, and whoever sends mail ends after the window in hand.
What goes on for longer (an import, an export) is cut off before the worker itself would be, and its message put back.
"""

import os
import signal
import threading
from typing import Any

from celery import Celery, signals

from campaign.delivery import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

app = Celery("campaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_workers: list[Any] = []  # the one that runs in this process


@signals.celeryd_init.connect
def _remember(instance: Any, **_: Any) -> None:
    _workers[:] = [instance]


@signals.worker_process_init.connect
def _listen(**_: Any) -> None:
    """Children of the pool hear of the stop by SIGUSR2; SIGTERM would end them in the middle of a message."""
    signal.signal(signal.SIGUSR2, _stop_soon)


@signals.worker_shutting_down.connect
def _pass_on(how: str, **_: Any) -> None:
    """Tell the children, and end what does not end: Celery's own soft shutdown would always wait its full time."""
    if how != "Warm" or not _workers:
        return
    _stop_soon()
    pool = _workers[0].pool
    for pid in pool.info.get("processes", ()) if pool else ():
        if pid != os.getpid():
            os.kill(pid, signal.SIGUSR2)
    patience = threading.Timer(app.conf.stop_patience, os.kill, (os.getpid(), signal.SIGQUIT))
    patience.daemon = True
    patience.start()


def _stop_soon(*_: Any) -> None:
    stopping.ask()
