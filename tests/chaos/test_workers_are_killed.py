"""Workers are killed while they send: nothing is lost, nothing arrives twice, and what nobody can know says so."""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery.models import Delivery, Status
from campaign.inbox.reading import read_messages
from campaign.petitions.models import Petition
from embedded import commands
from tests.factories import sign, signer
from tests.stories.conftest import running_house, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full, pytest.mark.timeout(580)]
MAILS, KILLS, SLOTS = 300, 8, 2
FINAL = {Status.ACCEPTED, Status.UNCERTAIN}


def expire_leases() -> None:
    """Leases last four minutes; the story has less patience. All workers are dead at this moment."""
    Delivery.objects.filter(status__in=[Status.CLAIMED, Status.HANDING_OFF]).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def test_killed_workers_lose_nothing_and_send_nothing_twice(django_db_blocker, tmp_path):
    with running_house(django_db_blocker, tmp_path) as house:
        petition = Petition.objects.get(slug="un-cybercrime-convention")
        house.children["worker"].stop(patience=10)
        for number in range(MAILS):
            sign(petition, signer(number))
        for _ in range(KILLS):
            worker = house.start("worker", commands.worker())
            time.sleep(random.uniform(2.5, 4.5))
            worker.kill()
            expire_leases()
        house.start("worker", commands.worker())

        def is_drained() -> bool:
            return not Delivery.objects.exclude(status__in=FINAL).exists()

        def nudge_and_look() -> bool:
            Delivery.objects.filter(status=Status.DEFERRED).update(next_at=timezone.now())
            return is_drained()

        until(nudge_and_look, "the outbox to drain", patience=120)
        fates = Counter(Delivery.objects.values_list("status", flat=True))
        arrived = Counter(mail.to for mail in read_messages(house.sink.directory, limit=10 * MAILS))
        assert sum(fates.values()) == MAILS
        assert max(arrived.values()) == 1
        assert fates[Status.UNCERTAIN] <= KILLS * SLOTS
        assert MAILS - fates[Status.UNCERTAIN] <= len(arrived) <= MAILS
