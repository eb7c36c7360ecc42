"""Many sign-ups at the same moment share one commit (docs/decisions/0005).

Whoever comes first writes; those who come meanwhile wait and are written together by the next of them. Nobody is
answered before the commit that holds their row. Rows that fail together are tried again one by one, so that a bad one
can't take others with it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import DatabaseError, connection

MOST_IN_ONE_COMMIT = 64
Row = TypeVar("Row")


@dataclass(eq=False)
class _Waiting(Generic[Row]):
    row: Row
    is_done: bool = False
    error: Exception | None = None


class Gathering(Generic[Row]):
    """Gathers rows from the threads of this process. `write` must commit all rows it is given, or raise."""

    def __init__(self, write: Callable[[Sequence[Row]], None]) -> None:
        self._write = write
        self._waiting: list[_Waiting[Row]] = []
        self._list = threading.Lock()
        self._pen = threading.Lock()

    def add(self, row: Row) -> None:
        """Returns once the row is committed. Raises what the row itself met.

        Inside a transaction the row belongs to that transaction and is written at once, alone.
        """
        if connection.in_atomic_block:
            self._write([row])
            return
        mine = _Waiting(row)
        with self._list:
            self._waiting.append(mine)
        while not mine.is_done:
            with self._pen:
                if not mine.is_done:
                    self._write_some()
        if mine.error is not None:
            raise mine.error

    def _write_some(self) -> None:
        with self._list:
            some, self._waiting = self._waiting[:MOST_IN_ONE_COMMIT], self._waiting[MOST_IN_ONE_COMMIT:]
        try:
            self._write([waiting.row for waiting in some])
        except DatabaseError as error:
            if len(some) == 1:
                some[0].error = error
            else:
                self._write_one_by_one(some)
        except BaseException as error:
            for waiting in some:
                waiting.error = error if isinstance(error, Exception) else RuntimeError("the writer was stopped")
            if not isinstance(error, Exception):
                raise
        finally:
            for waiting in some:
                waiting.is_done = True

    def _write_one_by_one(self, some: Sequence[_Waiting[Row]]) -> None:
        for waiting in some:
            try:
                self._write([waiting.row])
            except Exception as error:
                waiting.error = error
