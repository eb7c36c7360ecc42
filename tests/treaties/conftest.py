"""A treaty, two senators of Oregon, and two people who change the same thing at once."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from campaign.legislators.models import Legislator
from campaign.treaties.models import Treaty
from campaign.treaties.taking_turns import take_turns
from tests import factories


@pytest.fixture
def treaty(db: None) -> Treaty:
    """A treaty of which nothing is known."""
    return factories.make_treaty()


@pytest.fixture
def merkley(db: None) -> Legislator:
    """Speaks for Ada."""
    return Legislator.objects.get(bioguide_id="M001176")


@pytest.fixture
def wyden(db: None) -> Legislator:
    """Speaks for Ada, too."""
    return Legislator.objects.get(bioguide_id="W000779")


def in_the_turn_of_another(treaty: Treaty, first: Callable[[], object], second: Callable[[], object]) -> object:
    """What came of the second deed, begun while whoever does the first one has the turn and has not committed yet.

    That is what it returned or raised. The first one commits as soon as the second one waits, or is over.
    """
    outcome: list[object] = []
    pids: list[int] = []

    def go() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.extend(cursor.fetchone())
        try:
            outcome.append(second())
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=go)
    with transaction.atomic():
        take_turns(treaty)
        first()
        thread.start()
        _wait_until_it_waits(thread, pids)
    thread.join()
    return outcome[0]


def _wait_until_it_waits(thread: threading.Thread, pids: list[int]) -> None:
    until = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < until:
        if pids:
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", pids)
                if cursor.fetchone() != (0,):
                    return
        time.sleep(0.01)
