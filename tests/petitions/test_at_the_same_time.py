"""Several deeds about one person at the same moment: each gets through or finds nobody, and none meets a deadlock."""

import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice

import pytest
from django.db import DatabaseError, connection

from campaign.legislators.models import Seat
from campaign.letters import writing
from campaign.letters.writing import Manuscript, MayNotWrite
from campaign.petitions import confirming, counting
from campaign.petitions.models import Signature
from campaign.supporters import erasing
from tests.factories import make_petition, sign, sign_and_confirm, signer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def at_once(deeds: list[Callable[[], object]]) -> list[DatabaseError]:
    """Do all of them in threads of their own; what the database objected to."""
    objections: list[DatabaseError] = []
    line = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        line.wait()
        try:
            with suppress(Signature.DoesNotExist, MayNotWrite):
                deed()
        except DatabaseError as error:
            objections.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return objections


def test_confirming_signing_again_and_erasing_wait_for_each_other(petition):
    objections = []
    for number in range(ROUNDS):
        signature = sign(petition, signer(number))
        deeds: list[Callable[[], object]] = [
            lambda it=signature: confirming.confirm(it.pk),
            lambda it=number: sign(petition, signer(it)),
            lambda it=signature: erasing.erase(it.supporter_id),
        ]
        objections += at_once(list(islice(cycle(deeds), 9)))
    assert not objections


def test_writing_and_erasing_wait_for_each_other(petition):
    seat = Seat.objects.senate().of_state("OR").with_holders()[0]
    manuscript = Manuscript(seat, "Please withhold consent", "I ask you to withhold consent to the Convention. " * 2)
    objections = []
    for number in range(ROUNDS):
        signature = sign_and_confirm(petition, signer(number))
        deeds: list[Callable[[], object]] = [
            lambda it=signature: writing.send(it.pk, manuscript),
            lambda it=signature: erasing.erase(it.supporter_id),
        ]
        objections += at_once(list(islice(cycle(deeds), 6)))
    assert not objections


def test_counting_and_erasing_wait_for_each_other_and_the_total_is_true(petition):
    other = make_petition("another")
    objections = []
    for number in range(ROUNDS):
        counted = [sign_and_confirm(each, signer(number)) for each in (petition, other)]
        counting.count()
        sign_and_confirm(petition, signer(100 + number))
        gone = sign_and_confirm(other, signer(200 + number))
        counting.count()
        confirming.withdraw(gone.pk)
        sign_and_confirm(other, signer(300 + number))
        deeds: list[Callable[[], object]] = [counting.count, lambda it=counted: erasing.erase(it[0].supporter_id)]
        objections += at_once(list(islice(cycle(deeds), 4)))
    assert not objections
    assert counting.recount() == 0
