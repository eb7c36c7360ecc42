"""What sending does with the brakes: a real mail server that is away, that turns us away, and that comes back."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from campaign.delivery import braking, deciding, pausing, reconciling, sending
from campaign.delivery.deciding import Decision
from campaign.delivery.models import Breaker, Bucket, Delivery, DeliveryEvent, Epoch, Queue, Status
from campaign.lib import kept
from embedded.troubles import defer, drop_after_dot
from tests.delivery.conftest import arrived, now_due

pytestmark = pytest.mark.django_db


def pause_is_over() -> None:
    Breaker.objects.update(open_until=F("open_until") - timedelta(hours=1))
    kept.forget_everything()
    now_due()


def statuses() -> set[str]:
    return set(Delivery.objects.values_list("status", flat=True))


def test_nothing_of_a_paused_queue_is_even_claimed_and_all_of_it_leaves_afterwards(post, sink):
    for _ in range(3):
        post()
    pausing.pause(Queue.CONFIRM, "operator")
    assert sending.send_due() == 0
    assert statuses() == {Status.QUEUED}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
    pausing.resume(Queue.CONFIRM, "operator")
    assert sending.send_due() == 3
    assert len(arrived(sink)) == 3


def test_a_server_that_is_away_is_asked_five_times_and_then_left_alone(post):
    for _ in range(8):
        post()
    for _ in range(8):
        now_due()
        sending.send_due()
    assert Breaker.objects.get().failures == 5
    assert braking.stopped(Queue.CONFIRM) == "relay is down"
    assert sum(Delivery.objects.values_list("attempts", flat=True)) <= 5


def test_a_server_that_breaks_off_after_every_text_leaves_five_uncertain_and_not_the_whole_batch(post, sink):
    sink.suffer(drop_after_dot(kept=True, times=100))
    for number in range(20):
        post(f"person{number}@example.org")
    sending.send_due()
    assert Counter(Delivery.objects.values_list("status", flat=True)) == {Status.UNCERTAIN: 5, Status.QUEUED: 15}


def test_when_the_server_is_back_one_mail_finds_out_and_all_leave_once(post, sink):
    sink.stop()
    for _ in range(8):
        post()
    for _ in range(6):
        now_due()
        sending.send_due()
    assert braking.stopped(Queue.CONFIRM) == "relay is down"
    sink.start()
    pause_is_over()
    sending.send_due()
    now_due()
    sending.send_due()
    assert statuses() == {Status.ACCEPTED}
    assert len(arrived(sink)) == 8
    assert not Breaker.objects.exists()


def test_a_domain_that_puts_us_off_waits_while_others_get_their_mail(post, sink):
    sink.suffer(defer(times=5))
    for number in range(8):
        post(f"somebody{number}@busy.example")
    sending.send_due()
    busy = Delivery.objects.filter(reason="domain pauses")
    assert busy.count() == 3
    assert "busy.example" in braking.paused_domains()
    post("bruno@example.org")
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["bruno@example.org"]
    pause_is_over()
    sending.send_due()
    assert len(arrived(sink)) == 9
    assert not Breaker.objects.exists()


def test_the_rate_of_the_relay_holds_for_what_really_leaves(post, sink, settings, monkeypatch):
    monkeypatch.setitem(sending.LONGEST_BATCH_SECONDS, Queue.CONFIRM, 0.5)
    settings.MAIL_RATE = 4
    for _ in range(20):
        post()
    sending.send_due(Queue.CONFIRM)
    assert 4 <= len(arrived(sink)) <= 8
    assert Bucket.objects.get().tokens < 1
    assert statuses() == {Status.ACCEPTED, Status.QUEUED}


def test_a_restored_database_sends_nothing_until_it_is_reconciled_and_then_nothing_twice(post, sink, settings, olive):
    left_before = post()  # of which this database knows nothing any more
    Epoch.objects.create(value="1")
    settings.MAIL_EPOCH = "2"
    assert sending.send_due() == 0
    assert arrived(sink) == []
    reconciling.reconcile()
    sending.send_due()
    assert arrived(sink) == []
    new = post()
    sending.send_due()
    assert [mail.headers["Message-ID"] for mail in arrived(sink)] == [new.message_id]
    assert deciding.decide(left_before.pk, Decision.SEND_AGAIN, "organizer 5")
    sending.send_due()
    assert len(arrived(sink)) == 2


def test_what_somebody_sent_again_after_a_week_has_three_days_anew(post, sink, olive):
    delivery = post()
    sink.suffer(drop_after_dot(kept=False, times=1))
    sending.send_due()
    DeliveryEvent.objects.update(at=timezone.now() - timedelta(days=7))
    assert deciding.decide(delivery.pk, Decision.SEND_AGAIN, "organizer 5")
    for _ in range(4):
        sink.suffer(defer(times=1))
        sending.send_due()
        delivery.refresh_from_db()
        assert delivery.status == Status.DEFERRED
        now_due()
    DeliveryEvent.objects.update(at=timezone.now() - timedelta(days=4))
    sink.suffer(defer(times=1))
    sending.send_due()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason[:7]) == (Status.REFUSED, "gave up")
