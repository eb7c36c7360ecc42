"""Rows of one moment share a write; each gets its own answer, and the pen is never lost."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, DataError, IntegrityError, OperationalError

from campaign.petitions.gathering import MOST_IN_ONE_COMMIT, Gathering

pytestmark = pytest.mark.django_db(transaction=True)


class Book:
    """What was written, write by write."""

    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.takes_seconds = 0.01

    def write(self, rows):
        time.sleep(self.takes_seconds)
        self.writes.append(list(rows))

    @property
    def rows(self):
        return [row for write in self.writes for row in write]


def from_postgresql(kind, state):
    """The error as Django raises it: its cause knows the SQLSTATE."""
    error = kind("no")
    error.__cause__ = psycopg.errors.lookup(state)("no") if state else psycopg.OperationalError("no")
    return error


def add_all(gathering, rows):
    """Each from a thread of its own, all at once; what each met."""
    gate = threading.Barrier(len(rows))

    def add(row):
        gate.wait(10)
        try:
            gathering.add(row)
        except DatabaseError as error:
            return error

    with ThreadPoolExecutor(len(rows)) as pool:
        return list(pool.map(add, rows))


def test_every_row_is_written_once_and_most_of_them_together():
    book = Book()
    gathering = Gathering(book.write)
    for _round in range(5):
        assert add_all(gathering, list(range(40))) == [None] * 40
    assert sorted(book.rows) == sorted(list(range(40)) * 5)
    assert len(book.writes) <= 25
    assert max(len(write) for write in book.writes) <= MOST_IN_ONE_COMMIT


def test_nobody_is_answered_before_the_write_that_holds_their_row():
    book = Book()
    gathering = Gathering(book.write)
    seen = []

    def add(row):
        gathering.add(row)
        seen.append(row in book.rows)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(add, range(100)))
    assert seen == [True] * 100


def test_one_bad_row_fails_alone():
    book = Book()

    def write(rows):
        if 13 in rows:
            raise from_postgresql(IntegrityError, "23503")
        book.write(rows)

    met = add_all(Gathering(write), list(range(20)))
    assert [isinstance(error, IntegrityError) for error in met] == [row == 13 for row in range(20)]
    assert sorted(book.rows) == [row for row in range(20) if row != 13]


def test_a_text_that_the_driver_itself_refuses_fails_alone():
    book = Book()

    def write(rows):
        if 13 in rows:
            raise from_postgresql(DataError, None)
        book.write(rows)

    met = add_all(Gathering(write), list(range(20)))
    assert [isinstance(error, DataError) for error in met] == [row == 13 for row in range(20)]


@pytest.mark.parametrize("state", ["57P01", "08006", "53300", None])
def test_where_the_database_is_gone_all_get_to_know_at_once(state):
    calls = []

    def write(rows):
        calls.append(len(rows))
        time.sleep(0.05)
        raise from_postgresql(OperationalError, state)

    met = add_all(Gathering(write), list(range(20)))
    assert all(isinstance(error, OperationalError) for error in met)
    assert len(calls) <= 4


def test_after_a_failure_the_next_one_writes_again():
    book = Book()
    fails = [True]

    def write(rows):
        if fails.pop() if fails else False:
            raise from_postgresql(OperationalError, None)
        book.write(rows)

    gathering = Gathering(write)
    with pytest.raises(OperationalError):
        gathering.add(1)
    gathering.add(2)
    assert book.rows == [2]


def test_a_writer_that_is_stopped_hands_the_pen_on():
    class Stop(BaseException):
        pass

    book = Book()
    stops = [True]

    def write(rows):
        if stops.pop() if stops else False:
            raise Stop
        book.write(rows)

    gathering = Gathering(write)
    with pytest.raises(Stop):
        gathering.add(1)
    assert add_all(gathering, [2, 3, 4]) == [None] * 3
