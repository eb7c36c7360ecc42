"""From the outbox to the server's answer: once, whatever goes wrong between."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from campaign.delivery import recipes, sending, sweeping
from campaign.delivery.claiming import claim
from campaign.delivery.models import (
    Delivery,
    DeliveryEvent,
    MailboxCap,
    Queue,
    Scope,
    Status,
    Suppression,
    SuppressionReason,
)
from campaign.delivery.recipes import Postponed, Withheld
from campaign.lib import emails
from embedded.troubles import At, Trouble, defer, drop_after_dot, reject
from tests.delivery.conftest import arrived, now_due


def fate(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def test_a_delivery_leaves_once_and_its_steps_are_kept(post, sink):
    delivery = post()
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    assert fate(delivery) == (Status.ACCEPTED, "smtp 250")
    assert [event.status for event in delivery.events.all()] == ["handing_off", "accepted"]
    mail = arrived(sink)[0]
    assert mail.headers["Message-ID"] == delivery.message_id
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert f"X-Envelope-From: <{delivery.return_path}>".encode() in sink.messages()[0].read_bytes()
    assert (mail.text.strip(), mail.to) == ("Words.", "ada@example.org")


def test_the_same_key_is_posted_once(post):
    assert post(key="once").pk == post(key="once").pk
    assert Delivery.objects.count() == 1


def test_a_temporary_refusal_waits_and_then_leaves(post, sink):
    delivery = post()
    sink.suffer(defer(times=1))
    sending.send_due()
    assert fate(delivery) == (Status.DEFERRED, "smtp 451 4.3.0")
    assert delivery.next_at > timezone.now()
    assert sending.send_due() == 0
    now_due()
    sending.send_due()
    assert fate(delivery)[0] == Status.ACCEPTED
    assert len(arrived(sink)) == 1


def test_without_a_server_mail_waits(post):
    delivery = post()
    sending.send_due()
    assert fate(delivery)[0] == Status.DEFERRED
    assert not delivery.events.filter(status=Status.HANDING_OFF).exists()


def test_what_a_server_put_off_for_three_days_is_refused_and_not_silently_dropped(post, sink):
    sink.suffer(defer())
    delivery = post()
    for _ in range(4):
        sending.send_due()
        now_due()
    DeliveryEvent.objects.update(at=timezone.now() - timedelta(days=3, minutes=1))
    sending.send_due()
    assert fate(delivery)[0] == Status.REFUSED
    assert delivery.reason.startswith("gave up")


def test_a_mail_that_stood_in_a_paused_queue_for_days_is_not_given_up_at_the_next_refusal(post, sink):
    sink.suffer(defer(times=2))
    delivery = post()
    sending.send_due()
    DeliveryEvent.objects.update(at=timezone.now() - timedelta(days=4))
    for _ in range(2):
        now_due()
        sending.send_due()
    assert fate(delivery)[0] == Status.ACCEPTED


def test_a_letter_that_waited_for_weeks_is_not_given_up_at_the_first_refusal(post, sink):
    sink.suffer(defer(times=1))
    delivery = post()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=30))
    sending.send_due()
    assert fate(delivery)[0] == Status.DEFERRED
    now_due()
    sending.send_due()
    assert fate(delivery)[0] == Status.ACCEPTED


def test_a_mail_server_of_ours_that_is_down_for_days_loses_nothing(post):
    delivery = post()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=30))
    sending.send_due()
    now_due()
    sending.send_due()
    assert fate(delivery)[0] == Status.DEFERRED


def test_an_address_that_does_not_exist_is_suppressed_and_not_tried_again(post, sink):
    sink.suffer(reject("ada@example.org"))
    delivery = post()
    sending.send_due()
    assert fate(delivery) == (Status.REFUSED, "smtp 550 5.1.1")
    assert Suppression.objects.get().reason == SuppressionReason.BOUNCED
    second = post()
    sending.send_due()
    assert fate(second) == (Status.SUPPRESSED, "bounced")


@pytest.mark.parametrize("answer", ["552 5.2.2 Mailbox full", "550 5.7.1 Not from you"])
def test_a_full_mailbox_or_a_policy_is_no_bad_address(post, sink, answer):
    sink.suffer(reject("ada@example.org", answer))
    delivery = post()
    sending.send_due()
    assert fate(delivery)[0] == Status.REFUSED
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("kept", [True, False])
def test_a_line_that_breaks_after_the_text_leaves_us_unsure_and_is_never_sent_again(post, sink, kept):
    sink.suffer(drop_after_dot(kept=kept))
    delivery = post()
    sending.send_due()
    assert fate(delivery)[0] == Status.UNCERTAIN
    now_due()
    sweeping.sweep()
    assert sending.send_due() == 0
    assert len(arrived(sink)) == int(kept)


def test_a_server_that_hangs_up_between_two_mails_is_asked_again(post, sink):
    first, second = post("ada@example.org"), post("bruno@example.org")
    sink.suffer(Trouble(At.RCPT, recipient="ada@example.org", drop=True, times=1))
    sending.send_due()
    assert {fate(first)[0], fate(second)[0]} == {Status.ACCEPTED}
    assert len(arrived(sink)) == 2


def test_a_suppression_that_came_after_posting_still_stops_it(post, sink):
    delivery = post()
    Suppression.objects.add(delivery.mailbox, Scope.ALL, SuppressionReason.NOT_ME)
    sending.send_due()
    assert fate(delivery) == (Status.SUPPRESSED, "not_me")
    assert arrived(sink) == []


def test_a_recipe_may_withhold_or_postpone(post):
    recipes.register("gone", lambda _: Withheld("erased"))
    recipes.register("later", lambda _: Postponed("seat vacant", minutes=60))
    gone, later = post(recipe="gone"), post(recipe="later")
    sending.send_due()
    assert fate(gone) == (Status.SUPPRESSED, "erased")
    assert fate(later) == (Status.DEFERRED, "seat vacant")


def test_a_recipe_that_fails_is_set_aside_after_three_crashes_and_the_rest_flows(post, sink):
    def fail(_: Delivery) -> Withheld:
        raise RuntimeError("a fault of ours")

    recipes.register("poison", fail)
    poison, good = post(recipe="poison"), post()
    for _ in range(3):
        now_due()
        sending.send_due()
    assert fate(poison)[0] == Status.DEAD
    assert fate(good)[0] == Status.ACCEPTED


def test_a_worker_that_died_before_promising_loses_nothing(post, sink):
    delivery = post()
    claim(Queue.CONFIRM, "a worker that dies")
    assert sending.send_due() == 0
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeping.sweep()
    sending.send_due()
    assert fate(delivery)[0] == Status.ACCEPTED
    assert len(arrived(sink)) == 1


def test_a_worker_that_died_while_handing_over_leaves_uncertain(post):
    delivery = post()
    claimed = claim(Queue.CONFIRM, "a worker that dies")[0]
    claimed.move(Status.HANDING_OFF)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert not sweeping.sweep()
    assert fate(delivery)[0] == Status.UNCERTAIN


def dies(worker: str) -> int:
    """A worker takes rows and is never heard of again; how many it took."""
    now_due()
    taken = claim(Queue.CONFIRM, worker)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    return len(taken)


def test_three_workers_that_die_of_the_same_row_set_it_aside(post):
    delivery = post()
    assert [dies("one"), dies("two"), dies("three")] == [1, 1, 1]
    assert fate(delivery)[0] == Status.DEAD


def test_what_was_in_hand_at_a_crash_is_tried_alone_so_that_it_takes_nobody_with_it(post, sink):
    rows = [post(f"person{number}@example.org") for number in range(4)]
    assert dies("one") == 4
    assert dies("two") == 1
    now_due()
    assert sending.send_due() == 4
    assert {fate(row)[0] for row in rows} == {Status.ACCEPTED}


def test_what_was_in_hand_at_a_crash_is_not_overtaken_by_all_that_comes_after_it(post, sink):
    first, second = post("ada@example.org"), post("bruno@example.org")
    assert dies("one") == 2
    newer = [post(f"person{number}@example.org").pk for number in range(3)]
    Delivery.objects.filter(pk=first.pk).update(next_at=timezone.now() - timedelta(minutes=2))
    Delivery.objects.filter(pk=second.pk).update(next_at=timezone.now() - timedelta(minutes=1))
    claims = [[each.pk for each in claim(Queue.CONFIRM, "two")] for _ in range(4)]
    assert claims[:2] == [[first.pk], [second.pk]]
    assert (set(claims[2]), claims[3]) == (set(newer), [])


def test_a_worker_whose_row_was_taken_from_it_does_not_send(post, sink):
    delivery = post()
    stale = claim(Queue.CONFIRM, "slow")[0]
    Delivery.objects.update(status=Status.QUEUED, claimed_by="", lease_until=None)
    claim(Queue.CONFIRM, "quick")
    assert not stale.move(Status.HANDING_OFF)
    assert fate(delivery)[0] == Status.CLAIMED


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_each_delivery_once(post, sink):
    for number in range(120):
        post(f"person{number}@example.org")
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        while sending.send_due():
            pass
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    recipients = [mail.to for mail in arrived(sink)]
    assert len(recipients) == len(set(recipients)) == 120
    assert set(Delivery.objects.values_list("status", flat=True)) == {Status.ACCEPTED}


def test_a_mailbox_gets_one_confirmation_a_day_and_three_without_a_click(post, sink):
    cap = emails.cap_id("ada@example.org")
    told = []
    for _day in range(4):
        first, second = post(cap=str(cap)), post(cap=str(cap))
        sending.send_due()
        told.append({fate(first)[0], fate(second)[0]})
        Delivery.objects.filter(status=Status.DEFERRED).delete()
        MailboxCap.objects.update(last_at=timezone.now() - timedelta(hours=24, seconds=1))
    waits, never = {Status.ACCEPTED, Status.DEFERRED}, {Status.ACCEPTED, Status.SUPPRESSED}
    assert told == [waits, waits, never, {Status.SUPPRESSED}]
    assert len(arrived(sink)) == 3


def test_plus_tags_and_dots_do_not_open_the_cap(post, sink):
    assert emails.cap_id("a.da+1@gmail.com") == emails.cap_id("ada@googlemail.com")
    assert emails.mailbox_id("ada+1@gmail.com") != emails.mailbox_id("ada@gmail.com")


def test_a_deferred_confirmation_is_not_stopped_by_its_own_cap(post, sink):
    sink.suffer(defer(times=1))
    delivery = post(cap=str(uuid.uuid4()))
    sending.send_due()
    now_due()
    sending.send_due()
    assert fate(delivery)[0] == Status.ACCEPTED


def test_names_that_would_be_two_recipients_are_one():
    assert emails.named('Ada, "eve@example.org" <x>;\r\nBcc: y', "ada@example.org").count("<") == 1
    assert "\n" not in emails.named("Ada\u2028\u0085\nLopez", "ada@example.org")


def test_not_me_stands_after_an_unsubscribe_and_the_owner_cannot_lift_it(post):
    mailbox = post().mailbox
    Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.UNSUBSCRIBED)
    Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.NOT_ME)
    Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.UNSUBSCRIBED)
    assert Suppression.objects.get().reason == SuppressionReason.NOT_ME
