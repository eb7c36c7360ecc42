"""A mailing starts once, and its audience of that moment is queued once, whatever gets killed."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaign.delivery.models import Delivery, Kind, Queue, Scope, Series, Status
from campaign.mailings import approving, audience, starting
from campaign.mailings.drafting import Words
from campaign.mailings.models import Mailing, MailingBatch, Stage
from campaign.organizers.models import Organizer
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Consent
from tests import factories


@pytest.fixture
def twelve(petition: Petition, subscribed: Callable[..., Signature], monkeypatch: pytest.MonkeyPatch):
    """Twelve people, queued five at a time."""
    monkeypatch.setattr(starting, "STRETCH", 5)
    return [subscribed(factories.signer(number)) for number in range(12)]


def mailboxes() -> list[object]:
    return list(Delivery.objects.filter(kind=Kind.MAILING).values_list("mailbox", flat=True))


def batches(mailing: Mailing) -> list[tuple[str, int, int, bool]]:
    return [(each.part, each.number, each.size, each.last is None) for each in mailing.batches.all()]


def test_before_its_time_nothing_starts_and_then_it_starts_once(three, approved, olive: Organizer):
    mailing = approved()
    assert starting.start_due() == 0
    approving.schedule(mailing.pk, timezone.now() + timedelta(hours=1), olive)
    assert starting.start_due() == 0
    Mailing.objects.update(scheduled_at=timezone.now() - timedelta(seconds=1))
    assert starting.start_due() == 1
    assert starting.start_due() == 0
    mailing.refresh_from_db()
    assert mailing.status == Stage.RUNNING
    assert mailing.series == Series.objects.get(pk=mailing.pk)


def test_the_audience_is_queued_in_stretches_and_each_person_once(twelve, started):
    mailing = started()
    assert starting.queue_some() is False
    assert sorted(mailboxes()) == sorted(each.supporter_id for each in twelve)
    assert batches(mailing) == [("rest", 1, 5, False), ("rest", 2, 5, False), ("rest", 3, 2, True)]
    assert starting.queue_some() is False
    assert len(mailboxes()) == 12
    mailing.refresh_from_db()
    assert mailing.queued_at is not None
    delivery = Delivery.objects.filter(kind=Kind.MAILING).first()
    assert delivery is not None
    assert (delivery.recipe, delivery.about, delivery.series_id) == ("mailing", {"version": "A"}, mailing.pk)
    assert delivery.key == f"mailing:{mailing.pk}:{delivery.mailbox}"
    assert (delivery.queue, delivery.status) == (Queue.MAILINGS, Status.QUEUED)


def test_an_audience_that_fills_its_stretches_exactly_ends_as_well(twelve, started, monkeypatch):
    monkeypatch.setattr(starting, "STRETCH", 6)
    mailing = started()
    assert starting.queue_some() is False
    assert [each[2:] for each in batches(mailing)] == [(6, False), (6, False), (0, True)]


def test_a_worker_with_little_time_leaves_the_rest_to_the_next(twelve, started):
    mailing = started()
    assert starting.queue_some(seconds=0) is True
    assert mailboxes() == []
    assert starting.queue_stretch(mailing.pk) is True
    assert starting.queue_some() is False
    assert len(mailboxes()) == 12


def test_killed_between_stretches_it_goes_on_where_it_was(twelve, started, monkeypatch):
    mailing = started()
    assert starting.queue_stretch(mailing.pk)
    real = MailingBatch.objects.create
    calls = []

    def killed(**fields: object) -> object:
        calls.append(fields)
        raise KeyboardInterrupt

    monkeypatch.setattr(MailingBatch.objects, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        starting.queue_some()
    monkeypatch.setattr(MailingBatch.objects, "create", real)
    assert len(calls) == 1
    assert len(mailboxes()) == 5  # the killed stretch left nothing behind
    assert starting.queue_some() is False
    assert len(mailboxes()) == len(set(mailboxes())) == 12


def test_a_note_that_got_lost_queues_nobody_twice(twelve, started):
    mailing = started()
    starting.queue_some()
    mailing.batches.all().delete()
    Mailing.objects.update(queued_at=None)
    starting.queue_some()
    assert len(mailboxes()) == 12
    assert sum(each.size for each in mailing.batches.all()) == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_queue_each_person_once(twelve, started):
    mailing = started()
    errors: list[Exception] = []

    def work() -> None:
        try:
            starting.start_due()
            for _ in range(20):
                starting.queue_some()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(mailboxes()) == len(set(mailboxes())) == 12
    assert [each[1] for each in batches(mailing)] == [1, 2, 3]


def test_who_comes_after_the_start_is_not_in(three, started, subscribed, petition: Petition):
    factories.sign_and_confirm(petition, factories.signer(8))
    mailing = started()
    later = timezone.now() + timedelta(seconds=5)
    late = subscribed(factories.signer(1))
    Signature.objects.filter(pk=late.pk).update(confirmed_at=later)
    without = Signature.objects.get(supporter_id=emails_id(8))
    Signature.objects.filter(pk=without.pk).update(updates_wording="updates")
    Consent.objects.create(supporter_id=without.supporter_id, purpose="updates", wording="w", given_at=later)
    assert audience.size(mailing) == 3
    starting.queue_some()
    assert sorted(mailboxes()) == sorted(each.supporter_id for each in three)


def emails_id(number: int) -> object:
    return factories.mailbox(factories.signer(number))


def test_who_goes_while_it_is_queued_is_not_queued(twelve, started, petition: Petition):
    mailing = started()
    starting.queue_stretch(mailing.pk)
    left = [each for each in twelve if each.supporter_id not in mailboxes()]
    unsubscribing.unsubscribe(left[0].supporter_id, Scope.LIST, petition.pk)
    Signature.objects.filter(pk=left[1].pk).update(withdrawn_at=timezone.now())
    starting.queue_some()
    assert len(mailboxes()) == 10


def test_cancelled_in_the_middle_nothing_more_is_queued(twelve, started, olive: Organizer):
    mailing = started()
    starting.queue_stretch(mailing.pk)
    assert approving.cancel(mailing.pk, olive)
    assert starting.queue_some() is False
    assert len(mailboxes()) == 5
    assert Series.objects.get(pk=mailing.pk).ended_at is not None


def test_of_a_test_of_two_versions_only_the_sample_is_queued(petition: Petition, subscribed, started):
    for number in range(60):
        subscribed(factories.signer(number))
    mailing = started(Words("A", "A"), Words("B", "B"), sample_percent=25)
    starting.queue_some()
    mailing.refresh_from_db()
    arms = list(Delivery.objects.filter(kind=Kind.MAILING).values_list("about__version", flat=True))
    assert mailing.status == Stage.DECIDING
    assert {each[0] for each in batches(mailing)} == {"sample"}
    assert 5 <= arms.count("A") <= 25
    assert 5 <= arms.count("B") <= 25


def test_the_draw_is_the_same_each_time_and_another_for_each_mailing(petition: Petition, subscribed, queued):
    for number in range(40):
        subscribed(factories.signer(number))
    drawn = []
    for _ in range(2):
        mailing = queued(Words("A", "A"), Words("B", "B"), sample_percent=50)
        rows = Delivery.objects.filter(series=mailing.pk).values_list("mailbox", "about__version")
        drawn.append(dict(rows))
        mailing.batches.all().delete()
        Mailing.objects.filter(pk=mailing.pk).update(queued_at=None)
        Delivery.objects.filter(series=mailing.pk).delete()
        starting.queue_some()
        assert dict(Delivery.objects.filter(series=mailing.pk).values_list("mailbox", "about__version")) == drawn[-1]
    assert len(drawn[0]) == len(drawn[1]) == 40
    assert drawn[0] != drawn[1]
