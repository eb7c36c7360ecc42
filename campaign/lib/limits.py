"""How often somebody may do something, counted exactly across all processes in Valkey.

Valkey gets 50 ms. When it does not answer, this process counts for itself and asks again two seconds later. What is
called very often is counted by `spend`, which asks Valkey for several calls at once.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits.storage import MemoryStorage, RedisStorage
from redis import RedisError
from redis.connection import AbstractConnection

REST_AFTER_FAILURE_SECONDS = 2.0
MOST_REMEMBERED = 10_000
MOST_AT_ONCE = 100
# Adds the cost to what somebody did in a window: how much it is together, and whether all processes were counted.
Count = Callable[[str, str, int, int, int], tuple[int, bool]]


@dataclass(frozen=True)
class Verdict:
    """What a hit found. `reset` is in whole seconds; `shared` is False where only this process counted."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    shared: bool


@dataclass(slots=True)
class _Held:
    """What this process took in one window, and what it knows of the rest."""

    window: int
    limit: int
    left: int = 0  # taken and not yet given out
    rest: int = 0  # what nobody had taken when Valkey was asked last
    at_once: int = 1
    is_over: bool = False


def _now() -> float:
    """Windows begin at multiples of their length on this clock."""
    return time.time()


class Purse:
    """Takes several calls of somebody's limit from Valkey at once, and gives them out one by one without asking.

    Together the processes never allow more than the limit. What one has taken and not given out, at most an eighth of
    what was left (and MOST_AT_ONCE), the others can't give: the limit may be felt that much earlier for each of them.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], _Held] = {}
        self._lock = threading.Lock()

    def spend(self, count: Count, what: str, who: str, limit: int, seconds: int) -> Verdict:
        """Count one. Somebody who is over the limit stays over it to the end of the window, and nobody is asked."""
        now = _now()
        window, reset = int(now // seconds), seconds - int(now % seconds)
        with self._lock:
            held = self._held.get((what, who))
            if held is None or held.window != window or held.limit != limit:
                if len(self._held) >= MOST_REMEMBERED:
                    self._held.clear()
                held = self._held[(what, who)] = _Held(window, limit)
            if held.left:
                held.left -= 1
                return Verdict(True, limit, held.rest + held.left, reset, True)
            if held.is_over:
                return Verdict(False, limit, 0, reset, True)
            wanted = held.at_once
        counted, shared = count(what, who, window, seconds, wanted)
        return self._take(held, wanted, counted, reset, shared)

    def _take(self, held: _Held, wanted: int, counted: int, reset: int, shared: bool) -> Verdict:
        """Of what was asked for, as much as the limit still holds; the next time twice as much, less near its end."""
        got = max(0, wanted - max(0, counted - held.limit))
        with self._lock:
            held.rest = max(0, held.limit - counted)
            held.at_once = max(1, min(2 * wanted, held.rest // 8, MOST_AT_ONCE))
            held.left += max(0, got - 1)
            held.is_over = held.is_over or not got
            return Verdict(got > 0, held.limit, held.rest + held.left, reset, shared)


class Counter:
    """Counts hits in windows that begin at multiples of their length."""

    def __init__(self, url: str, timeout: float) -> None:
        self._shared = RedisStorage(url, socket_timeout=timeout, socket_connect_timeout=timeout, wrap_exceptions=False)
        self._own = MemoryStorage()
        self._lines = threading.local()
        self._last_shared: dict[str, int] = {}
        self._resting_until = 0.0
        self._purse = Purse()

    def hit(self, what: str, who: str, limit: int, seconds: int, cost: int = 1) -> Verdict:
        """Count one; say whether it is still within the limit. A hit over the limit is counted as well."""
        now = _now()
        count, shared = self.count(what, who, int(now // seconds), seconds, cost)
        reset = seconds - int(now % seconds)
        return Verdict(count <= limit, limit, max(0, limit - count), reset, shared)

    def spend(self, what: str, who: str, limit: int, seconds: int) -> Verdict:
        """Count one, in bulk."""
        return self._purse.spend(self.count, what, who, limit, seconds)

    def count(self, what: str, who: str, window: int, seconds: int, cost: int) -> tuple[int, bool]:
        """Add the cost; how much it is together in this window, and whether all processes were counted."""
        key = f"limit:{what}:{who}:{window}"
        if time.monotonic() >= self._resting_until:
            try:
                return self._ask_valkey(self._shared.prefixed_key(key), seconds, cost), True
            except (RedisError, OSError):
                self._resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        # On top of what all processes had counted together: whoever was over the limit stays over it.
        before = self._last_shared.get(self._shared.prefixed_key(key), 0)
        return before + self._own.incr(key, seconds, amount=cost), False

    def _ask_valkey(self, key: str, seconds: int, cost: int) -> int:
        """One round trip. Its end is said before a window is counted: no key stays for ever."""
        line = self._line()
        try:
            line.send_packed_command(line.pack_commands([("SET", key, 0, "EX", seconds, "NX"), ("INCRBY", key, cost)]))
            line.read_response()
            count = int(line.read_response())
        except BaseException:
            line.disconnect()
            raise
        if len(self._last_shared) >= MOST_REMEMBERED:
            self._last_shared.clear()
        self._last_shared[key] = count
        return count

    def _line(self) -> AbstractConnection:
        """This thread's own connection: taking one from redis-py's pool costs more than the question itself."""
        found: AbstractConnection | None = getattr(self._lines, "line", None)
        if found is None:
            found = self._lines.line = self._shared.storage.connection_pool.make_connection()
        return found


@cache
def counter() -> Counter:
    """This process's counter."""
    return Counter(settings.REDIS_URL, settings.VALKEY_TIMEOUT_SECONDS)


def hit(what: str, who: str, limit: int, seconds: int, cost: int = 1) -> Verdict:
    """Count one hit of `who` at `what`; at most `limit` in `seconds`. `cost` counts it as several."""
    return counter().hit(what, who, limit, seconds, cost)


def spend(what: str, who: str, limit: int, seconds: int) -> Verdict:
    """Like `hit` for one, for what is called very often: never more than the limit, and seldom a question to Valkey."""
    return counter().spend(what, who, limit, seconds)
