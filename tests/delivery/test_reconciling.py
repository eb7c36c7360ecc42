"""A restored database does not send until somebody decided about what may have left since the backup."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import braking, recognizing, reconciling, sweeping
from campaign.delivery.models import Delivery, DeliveryEvent, Epoch, Queue, Series, Status
from campaign.lib import kept
from tests.delivery.posts import receipt_waits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_was_told_yet():
    recognizing._was_told.clear()


def is_stopped() -> bool:
    return braking.stopped(Queue.CONFIRM) == "wrong epoch"


def test_a_new_house_just_sends():
    assert recognizing.begin()
    assert not is_stopped()
    assert not recognizing.begin()


def test_a_new_house_begins_with_the_value_that_the_operator_holds(settings):
    settings.MAIL_EPOCH = "spring"
    recognizing.begin()
    assert not is_stopped()
    assert Epoch.objects.get().value == "spring"


def test_a_database_of_before_there_were_epochs_sends_as_long_as_nobody_sets_another(settings):
    receipt_waits()
    assert not is_stopped()
    settings.MAIL_EPOCH = "2"
    assert is_stopped()
    recognizing.begin()
    assert is_stopped()


def test_a_database_that_was_restored_beside_the_old_one_stops_by_itself():
    recognizing.begin()
    Epoch.objects.update(database="7301/16384/00000001")
    assert is_stopped()


def test_the_database_knows_itself_by_cluster_name_and_line_of_history():
    cluster, number, line = recognizing.this_database().split("/")
    assert cluster.isdigit()
    assert number.isdigit()
    assert len(line) == 8
    recognizing.begin()
    kept.forget_everything()
    assert not is_stopped()


def test_a_stop_is_told_once_by_each_process(settings, caplog):
    recognizing.begin()
    settings.MAIL_EPOCH = "2"
    for _ in range(3):
        assert is_stopped()
    told = [record for record in caplog.records if "mail reconcile" in record.getMessage()]
    assert len(told) == 1


def test_what_waited_becomes_uncertain_and_then_mail_leaves_again(settings):
    recognizing.begin()
    rows = [
        receipt_waits(),
        receipt_waits(status=Status.DEFERRED, reason="451"),
        receipt_waits(status=Status.CLAIMED, claimed_by="gone", lease_until=timezone.now()),
        receipt_waits(status=Status.HANDING_OFF, claimed_by="gone", lease_until=timezone.now()),
    ]
    accepted = receipt_waits(status=Status.ACCEPTED)
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile()
    assert done is not None
    assert done.uncertain == 4
    assert {row.status for row in Delivery.objects.exclude(pk=accepted.pk)} == {Status.UNCERTAIN}
    assert DeliveryEvent.objects.filter(status=Status.UNCERTAIN, reason=reconciling.REASON).count() == len(rows)
    assert Delivery.objects.get(pk=accepted.pk).status == Status.ACCEPTED
    assert not is_stopped()
    sweeping.sweep()
    assert not Delivery.objects.due().exists()


def test_the_second_time_nothing_is_decided(settings):
    settings.MAIL_EPOCH = "2"
    assert reconciling.reconcile() is not None
    receipt_waits()
    assert reconciling.reconcile() is None
    assert Delivery.objects.due().exists()


def test_an_operator_who_made_sure_lets_it_all_go(settings):
    waits = receipt_waits()
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile(as_uncertain=False)
    assert done is not None
    assert done.uncertain == 0
    assert not is_stopped()
    waits.refresh_from_db()
    assert waits.status == Status.QUEUED


def test_what_was_posted_after_the_restore_can_not_have_left(settings):
    before = receipt_waits(created_at=timezone.now() - timedelta(hours=3))
    after = receipt_waits()
    settings.MAIL_EPOCH = "2"
    reconciling.reconcile(posted_before=timezone.now() - timedelta(hours=1))
    assert Delivery.objects.get(pk=before.pk).status == Status.UNCERTAIN
    assert Delivery.objects.get(pk=after.pk).status == Status.QUEUED


def test_series_are_held_because_more_of_them_would_be_queued(settings):
    running = Series.objects.create()
    held = Series.objects.create(held_at=timezone.now(), held_reason="bounces")
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile(as_uncertain=False)
    assert done is not None
    assert done.held == 1
    assert Series.objects.get(pk=running.pk).held_reason == "restored"
    assert Series.objects.get(pk=held.pk).held_reason == "bounces"


def test_the_rooms_upstairs_stop_what_would_start_by_itself(settings):
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile()
    assert done is not None
    assert done.upstairs == {"mailings_unscheduled": 0}


def test_more_than_one_statement_can_carry(settings, monkeypatch):
    monkeypatch.setattr(reconciling, "BATCH", 3)
    for _ in range(8):
        receipt_waits()
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile()
    assert done is not None
    assert done.uncertain == 8


def test_what_is_to_be_decided_is_told(settings):
    recognizing.begin()
    waits = receipt_waits()
    DeliveryEvent.objects.create(delivery=waits, status=Status.DEFERRED)
    settings.MAIL_EPOCH = "2"
    found = reconciling.doubts()
    assert found.has_to_be_decided
    assert (found.epoch, found.held, found.is_moved) == ("1", "2", False)
    assert found.waiting == {Queue.CONFIRM: 1, Queue.LETTERS: 0, Queue.MAILINGS: 0}
    assert found.known_until is not None


def test_what_is_written_down_is_this_database_and_not_one_that_is_remembered(db):
    recognizing._this_database._answers[None] = (time.monotonic(), "another/1/00000001")
    assert recognizing.begin()
    kept.forget_everything()
    row = Epoch.objects.get()
    assert not recognizing.is_moved(row.database)
