"""Valkey may stop, hang or be emptied at any time: sign-ups go on as fast as ever and no mail is lost."""

import os
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from campaign.inbox.reading import read_messages
from embedded.stranger import Stranger
from embedded.valkey import Valkey
from tests.factories import signer
from tests.stories.conftest import House, running_house, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PETITION = "/petitions/un-cybercrime-convention/"
BACK_WITHIN_SECONDS = 120


@pytest.fixture
def valkey(tmp_path) -> Iterator[Valkey]:
    """A broker of the test's own, to be ill-treated."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def house(valkey, django_db_blocker, tmp_path) -> Iterator[House]:
    """A house that hangs on that broker."""
    with running_house(django_db_blocker, tmp_path, REDIS_URL=valkey.url()) as running:
        yield running


def sign(house: House, first: int, number: int) -> list[float]:
    """So many people sign; how long each waited."""
    visitor = Stranger()
    form = visitor.open(house.url + PETITION).form_with("email", "given_name")
    waited = []
    for which in range(first, first + number):
        began = time.perf_counter()
        page = visitor.submit(form, **signer(which))
        waited.append(time.perf_counter() - began)
        assert page.url.endswith("/check-your-mail/")
    return waited


def all_heard(house: House, number: int) -> bool:
    return len({mail.to for mail in read_messages(house.sink.directory)}) >= number


def test_with_valkey_stopped_sign_ups_are_as_fast_and_their_mail_leaves_after_its_return(house, valkey):
    before = sign(house, 0, 15)
    until(lambda: all_heard(house, 15), "the first mails")
    valkey.stop()
    without = sign(house, 15, 15)
    assert statistics.median(without) < statistics.median(before) + 0.05
    valkey.start()
    until(lambda: all_heard(house, 30), "the mail of the dark hour", patience=BACK_WITHIN_SECONDS)
    assert Counter(mail.to for mail in read_messages(house.sink.directory)) == {
        signer(which)["email"]: 1 for which in range(30)
    }


@pytest.mark.full
def test_with_valkey_hanging_nobody_waits_for_it(house, valkey):
    sign(house, 0, 5)
    os.kill(valkey.child.pid, signal.SIGSTOP)
    try:
        waited = sign(house, 5, 20)
    finally:
        os.kill(valkey.child.pid, signal.SIGCONT)
    assert statistics.median(waited) < 0.1
    assert max(waited) < 1.0
    until(lambda: all_heard(house, 25), "all mail", patience=BACK_WITHIN_SECONDS)
