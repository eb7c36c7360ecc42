"""The long stories: twenty kills over a thousand mails, a worker asked to stop, two clocks, a database that is gone."""

import random
import signal
import time
from collections import Counter

import pytest
from django.db.models import Q

from campaign.delivery.models import UNDER_WAY, Delivery, Kind, Status
from campaign.petitions.models import Petition
from embedded.troubles import defer, drop_after_dot, slow
from tests.chaos import mailroom
from tests.chaos.checking import faults
from tests.chaos.ground import Ground, again_and_again
from tests.stories.conftest import until

pytestmark = [pytest.mark.full, pytest.mark.timeout(590)]
KILLS = 20


def test_twenty_kills_over_a_thousand_mails_lose_nothing_and_send_nothing_twice(ground: Ground):
    began = time.monotonic()
    acknowledged = mailroom.fill(ground, signed=400, confirmed=150, mailings=2)
    assert mailroom.counted() == {Kind.CONFIRMATION: 400, Kind.RECEIPT: 150, Kind.LETTER: 300, Kind.MAILING: 300}
    ground.sink.suffer(slow(0.02, 0.02))
    ground.start("worker", "mailer", "beat")
    while ground.kills < KILLS:
        ground.go_on()
        time.sleep(random.uniform(0.1, 0.8))
        name = random.choice(["worker", "mailer"])
        random.choice([ground.kill_one, ground.kill_one, ground.kill_all])(name)
    ground.sink.recover()
    ground.drain(patience=240)
    print(ground.told(began))  # noqa: T201 - for whoever asks with -s
    assert faults(ground.books(acknowledged)) == []
    # 150 confirmations had nothing to say any more, the rest was mail: over a thousand of 1,150.
    fates = ground.fates()
    assert fates[Status.SUPPRESSED] == 150
    assert fates.get(Status.DEAD, 0) <= KILLS


def test_a_rude_mail_server_and_an_emptied_broker_lose_nothing_while_people_sign(ground: Ground):
    """The connection after the final dot, kept and not; 451 for a while; FLUSHALL; a killed broker and database."""
    began = time.monotonic()
    acknowledged = mailroom.fill(ground, signed=120, confirmed=60, mailings=2)
    ground.sink.suffer(slow(0.01, 0.01))
    ground.start("worker", "mailer", "beat")
    people = mailroom.crowd(ground, 200, first=120, threads=4)
    for round_ in range(3):
        ground.go_on()
        time.sleep(1)
        ground.sink.suffer(drop_after_dot(kept=bool(round_ % 2), times=2))
        ground.most_uncertain += 2
        time.sleep(0.5)
        ground.sink.suffer(defer(seconds=2.0))
        ground.flush_valkey()
        time.sleep(0.5)
        ground.kill_postgres()
        ground.kill_valkey()
    people.wait(patience=120)
    ground.drain(patience=240)
    print(ground.told(began))  # noqa: T201 - for whoever asks with -s
    everybody = acknowledged | people.acknowledged
    assert len(everybody) == 320
    assert faults(ground.books(everybody)) == []


def test_while_the_database_is_gone_people_are_told_when_to_come_again_and_then_it_works(ground: Ground):
    """On the page and through the API; whoever comes again does so with the same Idempotency-Key."""
    ground.start("web")
    key = mailroom.make_partner()
    before = mailroom.crowd(ground, 4, key=key)
    before.wait()
    assert ground.postgres.child is not None
    ground.postgres.child.kill()
    people = mailroom.crowd(ground, 4, first=10, key=key)
    until(lambda: len(people.refused) >= 8, "answers", patience=60)
    ground.postgres.start()
    people.wait()
    assert {status for status, _ in people.refused} == {503}
    assert all(int(headers["retry-after"]) > 0 for _, headers in people.refused)
    again_and_again(Petition.objects.exists)
    books = ground.books(before.acknowledged | people.acknowledged)
    assert len(books.signed) == len(books.posted_to) == len(books.fates) == 8


@pytest.mark.parametrize("name", ["worker", "mailer"])
def test_a_worker_asked_to_stop_finishes_what_it_has_in_hand_and_gives_back_the_rest(ground: Ground, name: str):
    acknowledged = mailroom.fill(ground, signed=120, confirmed=60, mailings=2)
    ground.sink.suffer(slow(0.02, 0.02))
    ground.start(name)
    ground.go_on()
    until(lambda: len(ground.sink.messages()) > 10, "mail under way")
    child = ground.children[name]
    assert child.process is not None
    began = time.monotonic()
    child.process.send_signal(signal.SIGTERM)
    assert child.process.wait(timeout=25) == 0
    print(f"stopped after {time.monotonic() - began:.1f} s: {ground.fates()}")  # noqa: T201 - for whoever asks with -s
    assert not Delivery.objects.filter(status__in=UNDER_WAY).exists()
    assert not Delivery.objects.filter(status=Status.UNCERTAIN).exists()
    assert Delivery.objects.filter(status=Status.QUEUED).exists(), "it finished before it was asked to stop"
    assert not Delivery.objects.filter(Q(status=Status.QUEUED) & ~Q(crashes=0)).exists()
    ground.children.pop(name).kill()
    ground.sink.recover()
    ground.start("worker", "mailer")
    ground.drain(patience=120)
    assert faults(ground.books(acknowledged)) == []


def test_two_clocks_at_once_do_no_harm(ground: Ground):
    acknowledged = mailroom.fill(ground, signed=60, confirmed=30, mailings=2)
    ground.start("worker", "mailer", "beat", "beat2")
    ground.drain(patience=120)
    petition = Petition.objects.get(slug=mailroom.SLUG)
    until(lambda: again_and_again(lambda: tally(petition)) == 30, "the count")
    time.sleep(5)
    assert tally(petition) == 30
    assert Counter(ground.fates()) == {Status.ACCEPTED: 60 - 30 + 30 + 60 + 60, Status.SUPPRESSED: 30}
    assert faults(ground.books(acknowledged)) == []


def tally(petition: Petition) -> int:
    """As the job counted it last."""
    petition.refresh_from_db()
    return petition.confirmed_total
