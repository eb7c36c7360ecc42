"""Many sign-ups at the same moment share one commit (docs/decisions/0005).

Whoever comes first writes; those who come meanwhile wait and are written together by the next of them. Nobody is
answered before the commit that holds their row. Rows that fail together are tried again one by one, so that a bad one
can't take others with it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import DatabaseError, OperationalError, connection

MOST_IN_ONE_COMMIT = 64
# Classes of SQLSTATE that say nothing about a row: the connection is broken, the server full or going down.
_NO_ROWS_FAULT = ("08", "53", "57")
Row = TypeVar("Row")


def _is_no_rows_fault(error: DatabaseError) -> bool:
    """The database is out of reach. What has no SQLSTATE and is no such error (NUL in a text) may be a row's fault."""
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(_NO_ROWS_FAULT))


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Waiting(Generic[Row]):
    """A row and the thread that waits for it. Its turn comes when the row is written, or when it is to write."""

    row: Row
    turn: threading.Lock = field(default_factory=_held)
    is_done: bool = False
    error: Exception | None = None


class Gathering(Generic[Row]):
    """Gathers rows from the threads of this process. `write` must commit all rows it is given, or raise."""

    def __init__(self, write: Callable[[Sequence[Row]], None]) -> None:
        self._write = write
        self._waiting: list[_Waiting[Row]] = []
        self._lock = threading.Lock()
        self._is_writing = False

    def add(self, row: Row) -> None:
        """Returns once the row is committed. Raises what the row itself met.

        Inside a transaction the row belongs to that transaction and is written at once, alone.
        """
        if connection.in_atomic_block:
            self._write([row])
            return
        mine = _Waiting(row)
        with self._lock:
            self._waiting.append(mine)
            must_wait, self._is_writing = self._is_writing, True
        if must_wait:
            self._wait(mine)
        if not mine.is_done:
            self._write_some()
        if mine.error is not None:
            raise mine.error

    def _wait(self, mine: _Waiting[Row]) -> None:
        """Until the row is written, or this thread holds the pen. Each thread is woken by itself, and only once."""
        try:
            mine.turn.acquire()
        except BaseException:  # this thread is being stopped: the pen must not end with it
            with self._lock:
                was_handed_the_pen = mine.turn.acquire(blocking=False) and not mine.is_done
                if mine in self._waiting:
                    self._waiting.remove(mine)
            if was_handed_the_pen:
                self._hand_over([])
            raise

    def _write_some(self) -> None:
        with self._lock:
            some, self._waiting = self._waiting[:MOST_IN_ONE_COMMIT], self._waiting[MOST_IN_ONE_COMMIT:]
        try:
            self._write([waiting.row for waiting in some])
        except DatabaseError as error:
            self._sort_out(some, error)
        except BaseException as error:
            for waiting in some:
                waiting.error = error if isinstance(error, Exception) else RuntimeError("the writer was stopped")
            if not isinstance(error, Exception):
                raise
        finally:
            self._hand_over(some)

    def _hand_over(self, some: Sequence[_Waiting[Row]]) -> None:
        """The next one writes already while those whose rows are written go on."""
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._is_writing = following is not None
            if following is not None:
                following.turn.release()
        for waiting in some:
            waiting.is_done = True
            waiting.turn.release()

    def _sort_out(self, some: Sequence[_Waiting[Row]], error: DatabaseError) -> None:
        """One by one, if a row may be the fault. Where the database is gone, all get to know at once."""
        if len(some) == 1 or _is_no_rows_fault(error):
            for waiting in some:
                waiting.error = error
            return
        for waiting in some:
            try:
                self._write([waiting.row])
            except Exception as own:
                waiting.error = own
