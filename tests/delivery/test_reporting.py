"""What providers and mail servers tell us: once, in any order, and only where we know who speaks."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery import reporting, sweeping, tasks
from campaign.delivery.models import (
    Delivery,
    DeliveryEvent,
    Kind,
    Report,
    Reported,
    Scope,
    Series,
    Status,
    Suppression,
    SuppressionReason,
)
from campaign.delivery.reporting import Heard
from campaign.lib import emails

ADA = "ada@example.org"


def left(post, status=Status.ACCEPTED, **changes):
    """A delivery that was handed over."""
    delivery = post()
    changes = {"handed_off_at": datetime.now(UTC), **changes}
    Delivery.objects.filter(pk=delivery.pk).update(status=status, **changes)
    delivery.refresh_from_db()
    return delivery


def heard(delivery, what, event_id="", /, **changes):
    told = {"source": "mailgun", "event_id": event_id or f"{what}-1", "what": Reported(what), "delivery": delivery.pk}
    return reporting.hear(Heard(**(told | changes)))


def stands(delivery):
    delivery.refresh_from_db()
    return delivery.status, delivery.reported


def stopped(mailbox=ADA):
    rows = Suppression.objects.filter(mailbox=emails.mailbox_id(mailbox))
    return sorted(rows.values_list("scope", "reason", "mailing_list"))


def test_a_report_is_written_down_and_the_delivery_says_so(post):
    delivery = left(post)
    report = heard(delivery, "delivered", reason="250", happened_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert (report.delivery, report.source, report.event_id) == (delivery, "mailgun", "delivered-1")
    assert stands(delivery) == ("accepted", "delivered")
    assert delivery.reported_at is not None
    assert stopped() == []


def test_the_same_report_again_changes_nothing(post):
    delivery = left(post)
    heard(delivery, "unsubscribed", "x")
    Suppression.objects.all().delete()  # its owner subscribed anew
    assert heard(delivery, "unsubscribed", "x") is None
    assert stopped() == []
    assert Report.objects.count() == 1


def test_the_same_id_of_another_provider_is_another_report(post):
    delivery = left(post)
    assert heard(delivery, "delivered", "1") is not None
    assert heard(delivery, "delivered", "1", source="postmark") is not None


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_is_heard(post):
    delivery = left(post, Status.UNCERTAIN)
    results, start = [], threading.Barrier(10)

    def tell():
        try:
            start.wait()
            for _ in range(5):
                results.append(heard(delivery, "complained", "once"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 50
    assert sum(report is not None for report in results) == 1
    assert delivery.events.count() == Suppression.objects.count() == 1


def test_a_later_word_is_not_taken_back_by_an_earlier_one(post):
    delivery = left(post)
    for what in ("bounced", "sent", "deferred", "delivered"):
        heard(delivery, what)
    assert stands(delivery) == ("accepted", "bounced")
    heard(delivery, "complained")
    heard(delivery, "rejected")
    assert stands(delivery) == ("accepted", "complained")


@pytest.mark.parametrize("what", ["sent", "deferred", "delivered", "bounced", "complained", "unsubscribed"])
def test_whoever_speaks_of_an_uncertain_mail_had_it(post, what):
    delivery = left(post, Status.UNCERTAIN)
    heard(delivery, what)
    assert stands(delivery) == ("accepted", what)
    assert [event.reason for event in delivery.events.all()] == [f"reported {what}"]
    assert delivery.finished_at is not None


@pytest.mark.parametrize("what", ["rejected", "failed"])
def test_what_the_provider_did_not_take_is_refused(post, what):
    delivery = left(post, Status.UNCERTAIN)
    heard(delivery, what)
    assert stands(delivery) == ("refused", what)
    heard(delivery, "delivered")
    assert stands(delivery) == ("accepted", what)


def test_what_waits_for_another_try_and_arrived_meanwhile_does_not_leave_again(post):
    delivery = left(post, Status.DEFERRED)
    heard(delivery, "delivered")
    assert stands(delivery)[0] == "accepted"
    left_after_the_backup = post()
    heard(left_after_the_backup, "delivered", "2")
    assert stands(left_after_the_backup) == ("accepted", "delivered")


def test_a_report_that_is_faster_than_the_worker_waits_for_it(post):
    delivery = left(post, Status.HANDING_OFF, claimed_by="a worker")
    heard(delivery, "delivered")
    assert stands(delivery) == ("handing_off", "delivered")


@pytest.mark.parametrize(("told", "status"), [(["delivered"], "accepted"), (["rejected"], "refused")])
@pytest.mark.django_db(transaction=True)
def test_a_report_that_came_before_the_worker_died_is_not_lost(post, told, status):
    delivery = left(post, Status.HANDING_OFF, claimed_by="a dead one", lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    for what in told:
        heard(delivery, what)
    sweeping.sweep()
    assert stands(delivery) == (status, told[-1])


def test_what_became_uncertain_after_its_report_is_settled_once(post):
    delivery = left(post)
    heard(delivery, "delivered")
    heard(delivery, "rejected")
    Delivery.objects.update(status=Status.UNCERTAIN)
    unheard = left(post, Status.UNCERTAIN)
    assert [reporting.reconcile(), reporting.reconcile()] == [1, 0]
    assert stands(delivery) == ("accepted", "rejected")
    assert stands(unheard) == ("uncertain", "")


def test_a_bad_address_is_suppressed_and_a_full_mailbox_is_not(post):
    delivery = left(post)
    heard(delivery, "bounced", "full", reason="5.2.2")
    assert stopped() == []
    report = heard(delivery, "bounced", "gone", reason="5.1.1", is_bad_address=True)
    assert stopped() == [("all", "bounced", None)]
    assert Suppression.objects.get().event == str(report.pk)


def test_a_complaint_stops_everything_and_outweighs_a_bounce(post):
    heard(left(post), "bounced", "gone", is_bad_address=True)
    heard(left(post), "complained")
    assert stopped() == [("all", "complained", None)]


def test_who_unsubscribes_stops_the_list_where_we_know_it_and_all_updates_where_not(post, monkeypatch):
    monkeypatch.setattr(reporting, "_lists", [])
    series, its_list = Series.objects.create(), uuid.uuid4()
    reporting.lists_of({series.pk: its_list}.get)
    heard(left(post, series=series, kind=Kind.MAILING), "unsubscribed", "1")
    assert stopped() == [("list", "unsubscribed", its_list)]
    heard(left(post), "unsubscribed", "2")
    assert stopped() == [("list", "unsubscribed", its_list), ("updates", "unsubscribed", None)]


def test_our_return_path_proves_itself(post):
    delivery = left(post)
    heard(delivery, "delivered", is_signed=False, delivery=None, return_path=delivery.return_path)
    assert stands(delivery)[1] == "delivered"


def test_an_unsigned_report_is_kept_and_changes_nothing(post):
    delivery = left(post, Status.UNCERTAIN)
    seal = delivery.return_path.partition(".")[2][:16]
    forged = delivery.return_path.replace(seal, seal[::-1])
    for number, return_path in enumerate(["", forged, "bounces+x@twothirds.example"]):
        told = {"message_id": delivery.message_id, "return_path": return_path, "is_bad_address": True}
        report = heard(delivery, "bounced", str(number), is_signed=False, **told)
        assert report.delivery is None
    assert stands(delivery) == ("uncertain", "")
    assert (Report.objects.count(), Suppression.objects.count(), DeliveryEvent.objects.count()) == (3, 0, 0)


def test_a_forged_report_does_not_keep_the_real_one_out(post):
    delivery = left(post)
    heard(delivery, "bounced", "7", is_signed=False)
    assert heard(delivery, "bounced", "7").delivery == delivery


def test_a_signed_report_is_matched_by_our_message_id_and_kept_where_it_is_of_nothing_we_know(post):
    delivery = left(post)
    heard(delivery, "delivered", delivery=None, message_id=delivery.message_id.upper())
    assert stands(delivery)[1] == "delivered"
    foreign = {"delivery": None, "message_id": "<1@elsewhere.example>"}
    assert heard(delivery, "bounced", "2", **foreign).delivery is None
    assert heard(delivery, "bounced", "3", delivery=uuid.uuid4()).delivery is None
    assert stands(delivery)[1] == "delivered"


def test_what_strangers_said_is_let_go_after_ninety_days(post):
    delivery = left(post)
    heard(delivery, "bounced", "old", is_signed=False)
    heard(delivery, "delivered", "old")
    Report.objects.update(heard_at=datetime.now(UTC) - timedelta(days=91))
    heard(delivery, "bounced", "new", is_signed=False)
    tasks.forget_reports()
    assert [reporting.forget_strangers(), Report.objects.count()] == [0, 2]


@pytest.mark.parametrize("event_id", ["", "x" * 500, "with\0nul", "with\nline", "é", "\ud800"])
def test_whatever_an_event_is_called_it_is_heard_once(post, event_id):
    delivery = left(post)
    told = {"source": "brevo", "event_id": event_id, "what": Reported.DELIVERED, "delivery": delivery.pk}
    assert reporting.hear(Heard(**told)) is not None
    assert reporting.hear(Heard(**told)) is None


# --- in any order ----------------------------------------------------------------------------------------------------

TOLD = st.tuples(st.sampled_from([what for what in Reported if what]), st.booleans(), st.integers(0, 2))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), told=st.lists(TOLD, min_size=1, max_size=6, unique_by=lambda each: (each[0], each[2])))
def test_any_order_and_any_repetition_of_the_same_reports_ends_the_same(post, data, told):
    def end(order, status):
        with transaction.atomic():
            delivery = left(post, status)
            for what, is_bad, number in order:
                heard(delivery, what, f"{what}-{number}", is_bad_address=is_bad)
            ended = (stands(delivery), delivery.reason, stopped())
            transaction.set_rollback(True)
        return ended

    status = data.draw(
        st.sampled_from([Status.UNCERTAIN, Status.ACCEPTED, Status.QUEUED, Status.DEAD, Status.HANDING_OFF])
    )
    again = data.draw(st.lists(st.sampled_from(told), max_size=6))
    shuffled = data.draw(st.permutations(told + again))
    assert end(shuffled, status) == end(told, status)


@pytest.mark.django_db(transaction=True)
def test_a_complaint_outweighs_a_bounce_that_is_written_at_the_same_moment():
    mailbox = uuid.uuid4()

    def complain() -> None:
        Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.COMPLAINED)
        connections.close_all()

    at_once = threading.Thread(target=complain)
    with transaction.atomic():
        Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.BOUNCED)
        at_once.start()
        at_once.join(timeout=0.3)
    at_once.join()
    assert Suppression.objects.get().reason == SuppressionReason.COMPLAINED
