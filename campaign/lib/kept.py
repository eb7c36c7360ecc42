"""What is the same for everybody, kept in the process for a moment."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar
from weakref import WeakSet

from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
STALE_FOR_SECONDS = 10.0
PATIENCE_SECONDS = 2.0
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout)


class Forgetful(Protocol):
    """What keeps something, and can ask anew."""

    def forget(self) -> None:
        """Ask anew for everything. Twice is once."""


_all: "WeakSet[Forgetful]" = WeakSet()


class Kept(Generic[Key, Value]):
    """Answers of a function, each for some seconds, at most so many. "There is none" (None) is an answer as well.

    When an answer is too old one thread asks again; the others get the old one meanwhile and never wait, for `stale`
    seconds at most: what must be known in time (a suspension) has a short one.
    """

    def __init__(
        self,
        ask: Callable[[Key], Value],
        *,
        seconds: float = 1.0,
        stale: float = STALE_FOR_SECONDS,
        most: int = 256,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._stale = stale
        self._most = most
        self._answers: dict[Key, tuple[float, Value]] = {}
        self._asking = threading.Lock()
        _all.add(self)

    def get(self, key: Key) -> Value:
        """The answer, at most as old as it may be. Raises what the function raises, and keeps nothing then."""
        found = self._answers.get(key)
        now = time.monotonic()
        if found is not None and now < found[0] + self._seconds:
            return found[1]
        if not self._asking.acquire(blocking=False):
            is_fit = found is not None and now < found[0] + self._seconds + self._stale
            return found[1] if found is not None and is_fit else self._ask(key)
        try:
            return self._renew(key)
        finally:
            self._asking.release()

    def forget(self) -> None:
        """Ask anew for everything. Twice is once."""
        self._answers.clear()

    def _renew(self, key: Key) -> Value:
        asked_at = time.monotonic()
        answer = self._ask(key)
        self._answers.pop(key, None)
        while len(self._answers) >= self._most:
            self._answers.pop(next(iter(self._answers)), None)
        self._answers[key] = (asked_at, answer)
        return answer


class Remembered(Generic[Value]):
    """One large answer for everybody, made from the one before it. Whoever comes before the first waits for it.

    When it is too old one thread asks again; the others get the old one meanwhile and never wait.
    """

    def __init__(self, ask: Callable[[Value | None], Value], *, seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._answer: tuple[float, Value] | None = None
        self._asking = threading.Lock()
        _all.add(self)

    def get(self) -> Value:
        """The answer, hardly older than it may be; an older one while the database is gone.

        Raises what the function raises where there is no answer yet, or the fault is another one.
        """
        found = self._answer
        if found is not None and time.monotonic() < found[0]:
            return found[1]
        if found is not None and not self._asking.acquire(blocking=False):
            return found[1]
        # Patience has an end: whoever asks may wait for a connection that somebody holds who waits here.
        is_alone = found is not None or self._asking.acquire(timeout=PATIENCE_SECONDS)
        try:
            return self._renewed()
        finally:
            if is_alone:
                self._asking.release()

    def put(self, value: Value) -> None:
        """Somebody found out on another way."""
        self._answer = (time.monotonic() + self._seconds, value)

    def forget(self) -> None:
        """Ask anew, without the old answer. Twice is once."""
        self._answer = None

    def _renewed(self) -> Value:
        found = self._answer
        if found is not None and time.monotonic() < found[0]:
            return found[1]
        try:
            value = self._ask(found[1] if found else None)
        except UNREACHABLE:
            if found is None:
                raise
            value = found[1]
        self.put(value)
        return value


def forget_everything() -> None:
    """Ask anew for all that is kept in this process: between tests, whose rows vanish as if they had never been."""
    for kept in list(_all):
        kept.forget()
