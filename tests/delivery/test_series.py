"""Many deliveries that belong together: sent in windows, held, let go, counted, and stopped by a spike."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from campaign.delivery import deciding, posting, recipes, sending, sweeping, watching
from campaign.delivery.models import (
    Delivery,
    Kind,
    Queue,
    Report,
    Scope,
    Series,
    Status,
    Suppression,
    SuppressionReason,
)
from campaign.delivery.posting import Envelope
from campaign.delivery.recipes import Answer, Mail
from campaign.lib import emails
from embedded.troubles import defer, drop_after_dot, reject
from tests.delivery.conftest import arrived, now_due

LIST = uuid.uuid4()


@pytest.fixture
def series(db: None) -> Series:
    """A series that runs."""
    return Series.objects.create()


@pytest.fixture
def fill(series: Series) -> Callable[..., list[Delivery]]:
    """Put so many updates into a series."""

    def follow(deliveries: Sequence[Delivery]) -> Mapping[uuid.UUID, Answer]:
        asked.append(len(deliveries))
        return {
            each.pk: Mail(each.about["to"], "News", "Words.\n", scope=Scope.LIST, mailing_list=LIST)
            for each in deliveries
        }

    asked: list[int] = []
    recipes.register_many("many", follow)

    def put(number: int, *, into: Series | None = None) -> list[Delivery]:
        to = into or series
        return [_posted(to, f"person{each}@example.org") for each in range(number)]

    put.asked = asked  # type: ignore[attr-defined]
    return put


def _posted(series: Series, address: str) -> Delivery:
    mailbox = emails.mailbox_id(address)
    return posting.post(
        Envelope(f"mailing:{series.pk}:{mailbox}", Kind.MAILING, "many", mailbox, {"to": address}, series.pk)
    )


def standing() -> Counter[str]:
    return Counter(Delivery.objects.values_list("status", flat=True))


def test_a_series_is_written_and_sent_in_windows_each_mail_once(fill, sink):
    fill(120)
    assert sending.send_due(Queue.MAILINGS) == 120
    assert fill.asked == [50, 50, 20]
    assert Counter(mail.to for mail in arrived(sink)) == {f"person{each}@example.org": 1 for each in range(120)}
    assert {tuple(each.events.values_list("status", flat=True)) for each in Delivery.objects.all()} == {
        ("handing_off", "accepted")
    }


def test_the_queue_of_confirmations_takes_nothing_of_a_series(fill, sink):
    fill(3)
    assert sending.send_due(Queue.CONFIRM) == sending.send_due(Queue.LETTERS) == 0


def test_mail_of_a_mailing_without_a_series_can_not_be_posted(fill):
    with pytest.raises(IntegrityError), transaction.atomic():
        posting.post(Envelope("lonely", Kind.MAILING, "many", uuid.uuid4()))


def test_a_held_series_sends_nothing_until_it_is_resumed(fill, series, sink):
    fill(3)
    assert Series.objects.hold(series.pk, "an organizer")
    assert not Series.objects.hold(series.pk, "somebody else")
    assert sending.send_due() == 0
    assert Series.objects.resume(series.pk)
    assert not Series.objects.resume(series.pk)
    assert sending.send_due() == 3


def test_a_series_that_is_held_after_the_claim_promises_nothing_more(fill, series, sink):
    fill(60)
    write = recipes._for_many["many"]

    def hold(deliveries: Sequence[Delivery]) -> Mapping[uuid.UUID, Answer]:
        Series.objects.hold(series.pk, "just now")
        return write(deliveries)

    recipes.register_many("many", hold)
    sending.send_due(Queue.MAILINGS)
    assert arrived(sink) == []
    assert standing() == {Status.QUEUED: 60}


def test_one_series_that_is_held_does_not_stop_the_other(fill, series, sink):
    other = Series.objects.create()
    fill(2)
    fill(3, into=other)
    Series.objects.hold(series.pk, "an organizer")
    assert sending.send_due(Queue.MAILINGS) == 3


def test_what_waits_in_a_cancelled_series_never_leaves(fill, series, sink):
    fill(5)
    assert Series.objects.end(series.pk)
    assert not Series.objects.end(series.pk)
    assert sending.send_due() == 0
    sweeping.sweep()
    assert standing() == {Status.SUPPRESSED: 5}
    assert set(Delivery.objects.values_list("reason", flat=True)) == {"cancelled"}


@pytest.mark.parametrize(
    ("scope", "mailing_list", "is_stopped"),
    [
        (Scope.ALL, None, True),
        (Scope.UPDATES, None, True),
        (Scope.LIST, LIST, True),
        (Scope.LIST, uuid.uuid4(), False),
    ],
)
def test_a_suppression_stops_an_update_by_its_scope_just_before_it_leaves(fill, sink, scope, mailing_list, is_stopped):
    fill(2)
    mailbox = emails.mailbox_id("person0@example.org")
    Suppression.objects.add(mailbox, scope, SuppressionReason.UNSUBSCRIBED, mailing_list=mailing_list)
    sending.send_due()
    assert Delivery.objects.get(mailbox=mailbox).status == (Status.SUPPRESSED if is_stopped else Status.ACCEPTED)
    assert len(arrived(sink)) == (1 if is_stopped else 2)


def test_one_mailbox_that_is_refused_takes_none_of_its_window_with_it(fill, sink):
    sink.suffer(reject("person3@example.org"))
    fill(10)
    sending.send_due()
    assert standing() == {Status.ACCEPTED: 9, Status.REFUSED: 1}
    assert Suppression.objects.get().mailbox == emails.mailbox_id("person3@example.org")


def test_a_line_that_breaks_in_the_middle_of_a_window_leaves_one_uncertain_and_loses_none(fill, sink):
    sink.suffer(drop_after_dot(kept=True, times=1))
    fill(10)
    for _ in range(3):
        sending.send_due()
        now_due()
    assert standing()[Status.UNCERTAIN] == 1
    assert standing()[Status.ACCEPTED] == 9
    assert max(Counter(mail.to for mail in arrived(sink)).values()) == 1


def test_a_server_that_defers_all_of_a_window_gets_all_of_it_later(fill, sink):
    sink.suffer(defer(times=4))
    fill(4)
    sending.send_due()
    assert standing()[Status.ACCEPTED] < 4
    for _ in range(4):
        now_due()
        sending.send_due()
    assert standing() == {Status.ACCEPTED: 4}


def test_a_recipe_that_fails_for_one_is_asked_for_each(fill, sink):
    def follow(deliveries: Sequence[Delivery]) -> Mapping[uuid.UUID, Answer]:
        if any(each.about["to"] == "person1@example.org" for each in deliveries):
            raise RuntimeError("can't be written")
        return {each.pk: Mail(each.about["to"], "News", "Words.\n") for each in deliveries}

    fill(4)
    recipes.register_many("many", follow)
    sending.send_due()
    assert standing() == {Status.ACCEPTED: 3, Status.QUEUED: 1}


def test_a_recipe_that_forgets_one_sends_the_others_and_counts_a_crash(fill, sink):
    fill(3)
    write = recipes._for_many["many"]
    recipes.register_many("many", lambda each: dict(list(write(each).items())[1:]))
    sending.send_due(Queue.MAILINGS)
    assert standing() == {Status.ACCEPTED: 2, Status.QUEUED: 1}
    assert set(Delivery.objects.filter(status=Status.QUEUED).values_list("crashes", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_of_a_series_once(fill, sink):
    fill(180)
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        while sending.send_due(Queue.MAILINGS):
            pass
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(mail.to for mail in arrived(sink)) == {f"person{each}@example.org": 1 for each in range(180)}
    assert standing() == {Status.ACCEPTED: 180}


def handed(series: Series, number: int, *, bounced: int = 0, complained: int = 0) -> None:
    """So many mails of the series have left, and so many of them came back."""
    now = timezone.now()
    rows = [
        Delivery(
            key=str(uuid.uuid4()),
            kind=Kind.MAILING,
            recipe="many",
            mailbox=uuid.uuid4(),
            series=series,
            status=Status.ACCEPTED,
            handed_off_at=now,
            reported="bounced" if each < bounced else "complained" if each < bounced + complained else "",
            reported_at=now,
        )
        for each in range(number)
    ]
    Delivery.objects.bulk_create(rows)


@pytest.mark.parametrize(
    ("number", "bounced", "complained", "reason"),
    [
        (500, 26, 0, "bounces"),
        (500, 25, 0, ""),
        (40, 4, 0, ""),
        (40, 5, 0, "bounces"),
        (500, 0, 2, "complaints"),
        (500, 0, 1, ""),
    ],
)
def test_a_spike_holds_the_series_and_says_why(series, number, bounced, complained, reason):
    handed(series, number, bounced=bounced, complained=complained)
    watching.watch()
    series.refresh_from_db()
    assert series.held_reason == reason
    assert bool(series.held_at) == bool(reason)


def test_bounces_of_long_ago_are_no_spike(series):
    handed(series, 100, bounced=20)
    Delivery.objects.update(handed_off_at=timezone.now() - timedelta(hours=1))
    Series.objects.update(watched_from=timezone.now() - timedelta(hours=2))
    handed(series, 500)
    assert not watching.hold_if_spiking(series.pk)


def test_complaints_that_come_late_count_against_all_that_left(series):
    handed(series, 300, complained=4)
    Delivery.objects.update(handed_off_at=timezone.now() - timedelta(hours=1))
    Series.objects.update(watched_from=timezone.now() - timedelta(hours=2))
    handed(series, 600)
    assert not watching.hold_if_spiking(series.pk)
    watching.watch()
    series.refresh_from_db()
    assert series.held_reason == "complaints"


def test_whoever_lets_a_series_go_on_is_not_stopped_by_the_same_mails_again(series):
    handed(series, 500, bounced=100)
    watching.watch()
    Series.objects.resume(series.pk)
    watching.watch()
    series.refresh_from_db()
    assert series.held_at is None


def watched_later(series: Series) -> Series:
    """Half a minute after the last count."""
    Series.objects.update(tallied_at=timezone.now() - timedelta(seconds=30))
    watching.watch()
    series.refresh_from_db()
    return series


def test_a_series_is_counted_while_it_moves_and_when_something_is_reported(fill, series, sink):
    fill(4)
    watching.watch()
    series.refresh_from_db()
    assert (series.counted("all"), series.counted("queued")) == (4, 4)
    sending.send_due()
    assert watched_later(series).counted("accepted") == 4
    assert series.rate in {7, 8}
    first = Delivery.objects.first()
    Delivery.objects.update(handed_off_at=timezone.now() - timedelta(minutes=10))
    Delivery.objects.filter(pk=first.pk).update(reported="delivered", reported_at=timezone.now())
    assert watched_later(series).counted("reported:delivered") == 0
    Report.objects.create(source="dsn", event_id="1", what="delivered", delivery=first)
    assert watched_later(series).counted("reported:delivered") == 1


def test_a_series_that_stood_still_is_counted_when_more_of_it_leaves(fill, series, sink):
    fill(2)
    sending.send_due()
    assert watched_later(series).counted("accepted") == 2
    fill(5)
    sending.send_due()
    assert watched_later(series).counted("accepted") == 5


def test_a_series_is_counted_after_somebody_decided_about_its_mail(fill, series, sink):
    sink.suffer(drop_after_dot(kept=True))
    delivery = fill(1)[0]
    sending.send_due()
    Delivery.objects.update(handed_off_at=timezone.now() - timedelta(minutes=10))
    assert watched_later(series).counted("uncertain") == 1
    assert deciding.decide(delivery.pk, deciding.Decision.ARRIVED, "an organizer")
    watching.watch()
    series.refresh_from_db()
    assert (series.counted("uncertain"), series.counted("accepted")) == (0, 1)
