"""Mail whose fate nobody knew, and what the other side says of it afterwards."""

import threading

import pytest
from django.db import connections, transaction

from campaign.delivery import reading_reports, reporting, sending
from campaign.delivery.models import Delivery, Reported, Scope, Status, Suppression, SuppressionReason
from campaign.delivery.reporting import Heard
from campaign.lib import emails
from embedded.troubles import drop_after_dot
from tests.delivery.bounces import dsn, recipient
from tests.delivery.conftest import arrived, now_due


@pytest.mark.parametrize("said", ["delivered", "failed"])
def test_what_a_bounce_says_of_an_uncertain_mail_settles_it_and_nothing_leaves_again(post, sink, said):
    sink.suffer(drop_after_dot(kept=True))
    delivery = post()
    sending.send_due()
    delivery.refresh_from_db()
    assert delivery.status == Status.UNCERTAIN
    envelope = sink.messages()[0].read_bytes().partition(b"X-Envelope-From: <")[2].partition(b">")[0].decode()
    assert reading_reports.read(dsn(delivery, recipient(said), to=envelope, return_path=""))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (Status.ACCEPTED, "reported")
    now_due()
    assert sending.send_due() == 0
    assert len(arrived(sink)) == 1
    steps = [event.status for event in delivery.events.all()]
    assert steps == ["handing_off", "uncertain", "accepted"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_settles_and_a_report_of_the_same_mail_do_not_wait_for_each_other(post):
    delivery = post()
    Delivery.objects.update(status=Status.HANDING_OFF, claimed_by="worker")
    mailbox, has_suppressed, failures = emails.mailbox_id("ada@example.org"), threading.Event(), []

    def report():
        try:
            has_suppressed.wait()
            told = {"source": "mailgun", "event_id": "1", "what": Reported.BOUNCED, "is_bad_address": True}
            reporting.hear(Heard(delivery=delivery.pk, **told))
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=report)
    thread.start()
    with transaction.atomic():  # as settling does: whom not to write to, then the delivery
        Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.BOUNCED)
        has_suppressed.set()
        thread.join(0.5)
        Delivery.objects.filter(pk=delivery.pk).update(status=Status.REFUSED, claimed_by="")
    thread.join()
    delivery.refresh_from_db()
    assert (failures, delivery.reported, delivery.status) == ([], "bounced", "refused")
    assert Suppression.objects.count() == 1
