"""A mailing is finished when all of it has gone, and its people are told once when a spike stops it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import sending, watching
from campaign.delivery.models import Delivery, Kind, Queue, Series, Status
from campaign.mailings import approving, comparing, finishing, steering, tasks
from campaign.mailings.models import Mailing, Stage
from campaign.mailings.progress import progress_of
from campaign.organizers.models import Organizer
from tests import factories
from tests.delivery.conftest import arrived


def reload(mailing: Mailing) -> Mailing:
    return Mailing.objects.select_related("series").get(pk=mailing.pk)


@pytest.mark.parametrize("status", [Status.QUEUED, Status.DEFERRED, Status.CLAIMED, Status.HANDING_OFF])
def test_while_one_mail_waits_or_is_under_way_it_runs(three, queued, status: str):
    mailing = queued()
    Delivery.objects.filter(series=mailing.pk).update(status=Status.ACCEPTED)
    lease = timezone.now() + timedelta(minutes=1) if status in {Status.CLAIMED, Status.HANDING_OFF} else None
    one = Delivery.objects.filter(series=mailing.pk, mailbox=three[0].supporter_id)
    one.update(status=status, lease_until=lease, next_at=timezone.now() + timedelta(hours=1))
    assert finishing.finish() == 0
    assert reload(mailing).status == Stage.RUNNING
    one.update(status=Status.UNCERTAIN, lease_until=None)
    assert finishing.finish() == 1
    assert finishing.finish() == 0
    assert reload(mailing).status == Stage.FINISHED


def test_a_mailing_that_is_not_all_queued_is_not_finished(three, started):
    started()
    assert finishing.finish() == 0


def test_the_tasks_do_all_of_it(three, approved, olive: Organizer, sink, monkeypatch):

    mailing = approved()
    approving.schedule(mailing.pk, timezone.now(), olive)
    tasks.start_due()
    sending.send_due(Queue.MAILINGS)
    tasks.compare()
    tasks.finish()
    watching.watch()
    mailing = reload(mailing)
    assert mailing.status == Stage.FINISHED
    progress = progress_of(mailing)
    assert (progress.audience, progress.accepted, progress.waiting, progress.bounced) == (3, 3, 0, 0)
    assert progress.ends_at is None


def test_progress_says_when_it_will_end(three, queued):
    mailing = queued()
    Series.objects.filter(pk=mailing.pk).update(
        tally={"all": 3, "queued": 2, "accepted": 1, "reported:bounced": 1}, tallied_at=timezone.now(), rate=4
    )
    progress = progress_of(reload(mailing))
    assert (progress.audience, progress.queued, progress.waiting, progress.accepted) == (3, 2, 2, 1)
    assert progress.bounced == 1
    assert progress.ends_at is not None
    assert timedelta(seconds=25) < progress.ends_at - timezone.now() < timedelta(seconds=31)
    Series.objects.hold(mailing.pk, "bounces")
    assert progress_of(reload(mailing)).ends_at is None
    assert progress_of(reload(mailing)).held_reason == "bounces"


def test_progress_of_a_draft_is_nought(three, drafted):
    assert progress_of(drafted()).audience == 0


def test_progress_and_arms_count_nothing(three, queued, django_assert_num_queries):
    mailing = reload(queued())
    comparing.compare()
    with django_assert_num_queries(1):
        progress_of(mailing)


@pytest.mark.parametrize("why", ["bounces", "complaints"])
def test_its_people_are_told_once_when_a_spike_stops_it(three, queued, sink, omar: Organizer, why: str):
    mailing = queued()
    Series.objects.hold(mailing.pk, why)
    finishing.finish()
    finishing.finish()
    sending.send_due(Queue.CONFIRM)
    told = [each for each in arrived(sink) if each.subject.startswith("Paused")]
    assert sorted(each.to for each in told) == ["olive@example.org", "omar@example.org"]
    assert told[0].subject == "Paused: “News”"
    assert f"http://testserver/dashboard/mailings/{mailing.pk}/" in told[0].text
    assert ("spam" in told[0].text) == (why == "complaints")
    assert reload(mailing).status == Stage.PAUSED
    steering.resume(mailing.pk, omar)
    finishing.finish()
    Series.objects.hold(mailing.pk, why)
    Series.objects.filter(pk=mailing.pk).update(held_at=timezone.now() + timedelta(seconds=2))
    finishing.finish()
    sending.send_due(Queue.CONFIRM)
    assert len([each for each in arrived(sink) if each.subject.startswith("Paused")]) == 4


def test_a_pause_by_an_organizer_tells_nobody(three, queued, olive: Organizer):
    steering.pause(queued().pk, olive)
    finishing.finish()
    assert not Delivery.objects.filter(recipe=finishing.PAUSED).exists()


def test_who_let_it_go_on_already_is_not_told(three, queued, sink, olive: Organizer):
    mailing = queued()
    Series.objects.hold(mailing.pk, "bounces")
    finishing.finish()
    steering.resume(mailing.pk, olive)
    sending.send_due(Queue.CONFIRM)
    assert [each for each in arrived(sink) if each.subject.startswith("Paused")] == []


@pytest.mark.parametrize("by_hand", ["cancelled", "paused"])
def test_nobody_is_told_of_a_spike_that_somebody_dealt_with(three, queued, sink, olive: Organizer, by_hand: str):
    mailing = queued()
    Series.objects.hold(mailing.pk, "bounces")
    finishing.finish()
    if by_hand == "cancelled":
        approving.cancel(mailing.pk, olive)
    else:
        steering.resume(mailing.pk, olive)
        steering.pause(mailing.pk, olive)
    sending.send_due(Queue.CONFIRM)
    assert [each for each in arrived(sink) if each.subject.startswith("Paused")] == []


@pytest.mark.parametrize("why", ["bounces", "complaints"])
def test_its_people_are_told_once_of_a_spike_that_comes_when_all_of_it_has_left(three, queued, sink, why: str):
    """As a rule: complaints come hours after the last mail."""
    mailing = queued()
    sending.send_due(Queue.MAILINGS)
    finishing.finish()
    Series.objects.hold(mailing.pk, why)
    finishing.finish()
    finishing.finish()
    sending.send_due(Queue.CONFIRM)
    told = [each for each in arrived(sink) if each.to in ("olive@example.org", "omar@example.org")]
    assert sorted(each.to for each in told) == ["olive@example.org", "omar@example.org"]
    assert told[0].subject == "Too late to pause: “News”"
    assert "All of it had left" in told[0].text
    assert "paused" not in told[0].text
    assert ("spam" in told[0].text) == (why == "complaints")
    assert reload(mailing).status == Stage.FINISHED


def test_nobody_is_told_of_what_happened_long_ago(three, queued, sink):
    mailing = queued()
    sending.send_due(Queue.MAILINGS)
    finishing.finish()
    Series.objects.hold(mailing.pk, "bounces")
    Series.objects.filter(pk=mailing.pk).update(held_at=timezone.now() - finishing.TOLD_FOR)
    finishing.finish()
    assert not Delivery.objects.filter(recipe=finishing.PAUSED).exists()


def test_bounces_stop_a_mailing_by_themselves(petition, subscribed, queued):

    for number in range(20):
        subscribed(factories.signer(number))
    mailing = queued()
    now = timezone.now()
    rows = Delivery.objects.filter(series=mailing.pk, kind=Kind.MAILING)
    ids = list(rows.values_list("pk", flat=True)[:6])
    rows.filter(pk__in=ids).update(status=Status.REFUSED, handed_off_at=now + timedelta(seconds=1))
    assert watching.hold_if_spiking(mailing.pk)
    assert reload(mailing).status == Stage.PAUSED
