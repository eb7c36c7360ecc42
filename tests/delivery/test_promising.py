"""The last look before a text leaves, and the first line after it: whose row it is, and what may stop it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import pausing, recipes, sending, settling
from campaign.delivery.claiming import claim
from campaign.delivery.models import Delivery, Queue, Scope, Status, Suppression, SuppressionReason
from campaign.delivery.promising import promise
from campaign.delivery.recipes import Mail
from campaign.delivery.settling import Outcome
from campaign.delivery.transport import Outgoing
from tests.delivery.conftest import arrived

MAIL = Mail(to="ada@example.org", subject="Hello", text="Words.")


def status(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.status


@pytest.fixture
def taken(post) -> Delivery:
    """What a slow worker has in hand, as it remembers it; a quick one took it from it meanwhile."""
    post()
    mine = claim(Queue.CONFIRM, "slow")[0]
    Delivery.objects.update(status=Status.QUEUED, claimed_by="", lease_until=None)
    assert claim(Queue.CONFIRM, "quick")
    return mine


def test_who_lost_a_row_promises_nothing_of_it(taken):
    assert promise(Queue.CONFIRM, "slow", [Outgoing(taken, MAIL)]) == []
    assert promise(Queue.CONFIRM, "quick", [Outgoing(taken, MAIL)])


def test_who_lost_a_row_says_nothing_of_its_fate(taken):
    promise(Queue.CONFIRM, "quick", [Outgoing(taken, MAIL)])
    settling.settle("slow", [Outcome(taken, Status.DEFERRED, "no connection", pause=0)])
    assert status(taken) == Status.HANDING_OFF
    settling.settle("quick", [Outcome(taken, Status.ACCEPTED, "smtp 250")])
    assert status(taken) == Status.ACCEPTED


def test_a_queue_that_is_paused_after_the_claim_promises_nothing_more(post, sink):
    def pause(_: Delivery) -> Mail:
        pausing.pause(Queue.CONFIRM, "operator")
        return MAIL

    recipes.register("pausing", pause)
    delivery = post(recipe="pausing")
    sending.send_due(Queue.CONFIRM)
    assert (status(delivery), delivery.attempts, arrived(sink)) == (Status.QUEUED, 0, [])


@pytest.mark.parametrize(
    ("scope", "days", "stops"), [(Scope.ALL, 1, True), (Scope.ALL, -1, False), (Scope.UPDATES, 1, 0)]
)
def test_a_receipt_is_stopped_by_what_stops_everything_as_long_as_it_stands(post, sink, scope, days, stops):
    delivery = post()
    until = timezone.now() + timedelta(days=days)
    Suppression.objects.create(
        mailbox=delivery.mailbox, scope=scope, reason=SuppressionReason.UNSUBSCRIBED, expires_at=until
    )
    sending.send_due(Queue.CONFIRM)
    assert status(delivery) == (Status.SUPPRESSED if stops else Status.ACCEPTED)
