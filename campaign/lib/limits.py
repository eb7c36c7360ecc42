"""How often somebody may do something, counted exactly across all processes in Valkey.

Valkey gets 50 ms. When it does not answer, this process counts for itself and asks again two seconds later.
"""

import threading
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits.storage import MemoryStorage, RedisStorage
from redis import RedisError
from redis.connection import AbstractConnection

REST_AFTER_FAILURE_SECONDS = 2.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Verdict:
    """What a hit found. `reset` is in whole seconds; `shared` is False where only this process counted."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    shared: bool


class Counter:
    """Counts hits in windows that begin at multiples of their length."""

    def __init__(self, url: str, timeout: float) -> None:
        self._shared = RedisStorage(url, socket_timeout=timeout, socket_connect_timeout=timeout, wrap_exceptions=False)
        self._own = MemoryStorage()
        self._lines = threading.local()
        self._last_shared: dict[str, int] = {}
        self._resting_until = 0.0

    def hit(self, what: str, who: str, limit: int, seconds: int, cost: int = 1) -> Verdict:
        """Count one; say whether it is still within the limit. A hit over the limit is counted as well."""
        now = time.time()
        key = f"limit:{what}:{who}:{int(now // seconds)}"
        count, shared = self._count(key, seconds, cost)
        reset = seconds - int(now % seconds)
        return Verdict(count <= limit, limit, max(0, limit - count), reset, shared)

    def _count(self, key: str, seconds: int, cost: int) -> tuple[int, bool]:
        if time.monotonic() >= self._resting_until:
            try:
                return self._ask_valkey(self._shared.prefixed_key(key), seconds, cost), True
            except (RedisError, OSError):
                self._resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        # On top of what all processes had counted together: whoever was over the limit stays over it.
        before = self._last_shared.get(self._shared.prefixed_key(key), 0)
        return before + self._own.incr(key, seconds, amount=cost), False

    def _ask_valkey(self, key: str, seconds: int, cost: int) -> int:
        """One round trip; the first hit of a window takes a second one to say when the window may be forgotten."""
        line = self._line()
        try:
            line.send_command("INCRBY", key, cost)
            count = int(line.read_response())
            if count == cost:
                line.send_command("EXPIRE", key, seconds)
                line.read_response()
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
