"""Looks after a set of programs: starts them, brings back what dies, stops all of them in order."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from embedded.processes import Child, Program, Watchdog

LOOK_EVERY_SECONDS = 0.2
CALM_AFTER_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 30.0
STOP_PATIENCE_SECONDS = 16.0
"""For those that stop first: a worker may finish what it has in hand. The whole stop takes 25 s at most."""
LATER_PATIENCE_SECONDS = 4.0

Say = Callable[[str], None]


class StoppedError(Exception):
    """Somebody asked us to stop."""


@dataclass
class Service:
    """One program under care. `rank` orders the stop: the highest first, equals together."""

    child: Child
    is_ready: Callable[[], bool]
    rank: int
    revive: Callable[[], Child]
    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    again_at: float | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.child.program.name

    def pause(self) -> float:
        """How long to wait before the next start: 1 s, then twice as long each time; a calm while forgets it."""
        if time.monotonic() - self.started_at > CALM_AFTER_SECONDS:
            self.failures = 0
        self.failures += 1
        return float(min(2 ** (self.failures - 1), LONGEST_PAUSE_SECONDS))


class Supervisor:
    """Runs services until told to stop. `end_early` is asked at every look: True ends everything."""

    def __init__(self, say: Say, end_early: Callable[[], bool] = lambda: False) -> None:
        self.say = say
        self.end_early = end_early
        self.services: list[Service] = []
        self.stop_asked = threading.Event()
        self.hurry = False
        self.on_change: Callable[[], None] = lambda: None

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for the stop; asking again makes it rough."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = self.stop_asked.is_set()
        self.stop_asked.set()

    def adopt(self, child: Child, rank: int, revive: Callable[[], Child]) -> None:
        """Look after a child that runs already; `revive` brings it back and answers the new one, or raises."""
        self.services.append(Service(child, lambda: True, rank, revive))

    def start(self, program: Program, is_ready: Callable[[Child], bool], rank: int) -> Service:
        """Start a program and go on at once; wait_for_all() waits."""
        child = Child(program)

        def revive() -> Child:
            child.start()
            return child

        service = Service(revive(), lambda: is_ready(child), rank, revive)
        self.services.append(service)
        return service

    def wait_for_all(self, patience: float = 120.0) -> None:
        """Wait until everything answers. Raises ChildDiedError, and StoppedError when somebody lost patience."""
        for service in self.services:
            self.wait_for(service.child, service.is_ready, patience)

    def wait_for(self, child: Child, is_ready: Callable[[], bool], patience: float = 120.0) -> None:
        """Wait for one child, listening for the wish to stop. Raises as wait_for_all() does."""

        def is_ready_or_stopped() -> bool:
            if self.stop_asked.is_set() or self.end_early():
                raise StoppedError
            return is_ready()

        child.wait_until(is_ready_or_stopped, patience)

    def watch(self) -> None:
        """Stay until the stop is asked for. Whatever dies comes back, the database too."""
        while not self.stop_asked.wait(LOOK_EVERY_SECONDS) and not self.end_early():
            Watchdog.mine()
            for service in self.services:
                self._look_after(service)

    def _look_after(self, service: Service) -> None:
        if service.child.is_alive:
            return
        if service.again_at is None:
            self._bury(service)
        elif time.monotonic() >= service.again_at:
            self._revive(service)

    def _bury(self, service: Service) -> None:
        """Say how it ended, end the children it left, and set the time of its next start."""
        ended = f"{service.name} ended ({how(service.child.returncode)})"
        last_lines = service.child.last_lines(8)
        service.child.kill()
        self._try_later(service, ended, last_lines)

    def _revive(self, service: Service) -> None:
        service.again_at = None
        service.started_at = time.monotonic()
        try:
            service.child = service.revive()
        except Exception as error:  # whatever is in the way (a full disk, a port) may be gone at the next try
            self._try_later(service, f"{service.name} cannot start", str(error))
        self.on_change()

    def _try_later(self, service: Service, what: str, last_lines: str) -> None:
        pause = service.pause()
        service.again_at = time.monotonic() + pause
        self.say(f"{what}; starting it again in {pause:g} s. Its last lines:\n{last_lines}")

    def stop(self) -> None:
        """Stop everything, the highest rank first, equals together. The second time does nothing."""
        patience = STOP_PATIENCE_SECONDS
        for rank in sorted({service.rank for service in self.services}, reverse=True):
            self._stop_together([service.child for service in self.services if service.rank == rank], patience)
            patience = LATER_PATIENCE_SECONDS
        self.services.clear()
        Watchdog.mine().dismiss()

    def _stop_together(self, children: list[Child], patience: float) -> None:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + patience
        while any(child.is_alive for child in children) and time.monotonic() < deadline and not self.hurry:
            time.sleep(0.02)
        for child in children:
            child.kill()


def how(code: int | None) -> str:
    """In words, how a process ended."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
