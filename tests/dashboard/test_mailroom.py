"""The mailroom's page: what waits, leaves and stops, pausing, and deciding about mail that needs a look."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.delivery import braking, deciding, recognizing
from campaign.delivery.deciding import Decision, Group
from campaign.delivery.models import (
    Delivery,
    DeliveryEvent,
    Epoch,
    Kind,
    Queue,
    QueueHold,
    Report,
    Reported,
    Series,
    Status,
)
from campaign.delivery.transport import TryLater
from campaign.organizers.models import Organizer
from tests.dashboard.conftest import post_in_threads
from tests.delivery.posts import receipt_needs_a_look, receipt_waits

MAILROOM = "/dashboard/mail/"
LIST = "/dashboard/deliveries/"


@pytest.fixture
def uncertain(db: None) -> Delivery:
    """Its worker died as it handed it over."""
    return receipt_needs_a_look(Status.UNCERTAIN, "lease ran out", handed_off_at=timezone.now(), crashes=1)


@pytest.fixture
def dead(db: None) -> Delivery:
    """It took its workers down."""
    return receipt_needs_a_look(Status.DEAD, "crashed", crashes=3)


def shown(client: Client, address: str = MAILROOM) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def sure(decision: str) -> str:
    return reverse("dashboard:decide_mail", args=[decision])


def after_post(client: Client, address: str, **body: str) -> str:
    return " ".join(client.post(address, body, follow=True).content.decode().split())


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_a_quiet_mailroom_says_so(desk: Client):
    page = shown(desk)
    for words in ("Confirmations and receipts", "No delivery needs a look", "Nobody: the mail server answers"):
        assert words in page
    assert "No provider and no mail server reported anything yet" in page
    assert "Epoch: 1, in the database and with the operator" in page
    assert "as fast as it takes it" in page


def test_what_waits_and_what_left_is_counted_by_queue(desk: Client):
    receipt_waits()
    receipt_waits(kind=Kind.CONFIRMATION, next_at=timezone.now() + timedelta(hours=1))
    receipt_waits(status=Status.ACCEPTED, handed_off_at=timezone.now() - timedelta(minutes=59))
    receipt_waits(status=Status.ACCEPTED, handed_off_at=timezone.now() - timedelta(minutes=61))
    series = Series.objects.create()
    for status in (Status.ACCEPTED, Status.ACCEPTED, Status.REFUSED):
        receipt_waits(kind=Kind.MAILING, series=series, status=status, handed_off_at=timezone.now())
    confirm, letters, mailings = desk.get(MAILROOM).context["queues"]
    assert (confirm.waiting.number, confirm.sent.number) == (2, 1)
    assert confirm.due_since is not None
    assert (letters.waiting.number, letters.sent.number, letters.due_since) == (0, 0, None)
    assert (mailings.waiting.number, mailings.sent.number) == (0, 2)


def test_it_counts_to_ten_thousand_and_no_further(desk: Client, django_assert_num_queries):
    series = Series.objects.create()
    rows = (
        Delivery(key=str(number), kind=Kind.MAILING, recipe="mailing", mailbox=uuid.uuid4(), series=series)
        for number in range(10_050)
    )
    Delivery.objects.bulk_create(rows, batch_size=2_000)
    assert "more than 10,000" in shown(desk)
    with django_assert_num_queries(15):
        desk.get(MAILROOM)


def test_breakers_reports_and_the_rate_are_shown(desk: Client, settings, uncertain: Delivery):
    settings.MAIL_RATE = 14
    braking.heard([("gmail.example", TryLater("421 4.7.28 rate limited"))] * 5)
    Report.objects.create(source="mailgun", event_id="1", what=Reported.BOUNCED, reason="5.1.1", delivery=uncertain)
    Report.objects.create(source="dsn", event_id="2", what=Reported.COMPLAINED)
    page = shown(desk)
    for words in ("gmail.example", "421 4.7.28", "mail to it waits", "bounced", "none we know: it changed nothing"):
        assert words in page
    assert "At most 14 mails a second go to" in page


def test_no_address_is_shown(desk: Client, uncertain: Delivery, dead: Delivery):
    for page in (shown(desk), shown(desk, LIST), shown(desk, sure("arrived") + f"?delivery={uncertain.pk}")):
        assert "ada@" not in page
        assert str(uncertain.mailbox) not in page


def test_a_relay_that_is_down_is_told_on_the_first_page(desk: Client):
    for _ in range(5):
        braking.heard([("", TryLater("connection refused", is_connection=True))])
    assert "No mail leaves just now." in shown(desk, "/dashboard/")
    assert "no mail leaves" in shown(desk)


def test_a_restored_database_is_told_on_the_first_page_and_in_the_mailroom(desk: Client, settings):
    Epoch.objects.create(value="1")
    settings.MAIL_EPOCH = "2"
    assert "This database may be a restored one" in shown(desk, "/dashboard/")
    page = shown(desk)
    assert "holds the epoch 1, the operator holds 2" in page
    assert "manage.py mail reconcile" in page


def test_a_database_that_was_moved_is_called_so(desk: Client):
    recognizing.begin()
    Epoch.objects.update(database="7301/16384/00000001")
    assert "restored beside another one" in shown(desk)


# --- pausing ---------------------------------------------------------------------------------------------------------


def test_olive_pauses_a_queue_and_lets_it_go_on(desk: Client, olive: Organizer):
    page = after_post(desk, "/dashboard/mail/queues/mailings/pause/")
    assert "Paused: Mailings." in page
    assert "by you" in page
    assert QueueHold.objects.get().held_by == f"organizer {olive.pk}"
    assert braking.stopped(Queue.MAILINGS) == "queue held"
    assert "Paused: Mailings. Nothing of it leaves" in shown(desk, "/dashboard/")
    assert "Resumed: Mailings." in after_post(desk, "/dashboard/mail/queues/mailings/resume/")
    assert braking.stopped(Queue.MAILINGS) == ""


def test_twice_is_once_and_the_page_says_so(desk: Client):
    braking.hold(Queue.LETTERS, "operator")
    assert "by an operator" in shown(desk)
    assert "It was paused already." in after_post(desk, "/dashboard/mail/queues/letters/pause/")
    desk.post("/dashboard/mail/queues/letters/resume/")
    assert "It was not paused." in after_post(desk, "/dashboard/mail/queues/letters/resume/")


def test_vera_sees_the_mailroom_and_changes_nothing(viewing: Client, uncertain: Delivery):
    assert "<button" not in shown(viewing).split("<main")[1].split("</main>")[0]
    assert sure("send_again") not in shown(viewing, LIST)
    for address in ("/dashboard/mail/queues/mailings/pause/", sure("send_again")):
        assert viewing.post(address, {"delivery": str(uncertain.pk)}).status_code == 403
    assert viewing.get(sure("send_again") + f"?delivery={uncertain.pk}").status_code == 403
    assert not QueueHold.objects.exists()


# --- deciding --------------------------------------------------------------------------------------------------------


def test_an_uncertain_mail_is_sent_again_only_after_its_risk_was_read(desk: Client, uncertain: Delivery):
    address = sure("send_again") + f"?delivery={uncertain.pk}"
    assert address in shown(desk, LIST)
    page = shown(desk, address)
    assert "the same mail arrives twice" in page
    assert uncertain.message_id.strip("<>") in page
    uncertain.refresh_from_db()
    assert uncertain.status == Status.UNCERTAIN
    assert "It waits to be sent again." in after_post(desk, sure("send_again"), delivery=str(uncertain.pk))
    uncertain.refresh_from_db()
    assert (uncertain.status, uncertain.attempts, uncertain.finished_at) == (Status.QUEUED, 0, None)
    assert uncertain.crashes == 1  # it goes alone
    assert [(event.status, event.reason) for event in uncertain.events.all()] == [
        (Status.QUEUED, "organizer: send again")
    ]


def test_what_arrived_is_accepted_and_never_sent_again(desk: Client, uncertain: Delivery):
    assert "Counted as accepted." in after_post(desk, sure("arrived"), delivery=str(uncertain.pk))
    assert "Nothing changed" in after_post(desk, sure("send_again"), delivery=str(uncertain.pk))
    uncertain.refresh_from_db()
    assert (uncertain.status, uncertain.reason) == (Status.ACCEPTED, "organizer: arrived")
    assert uncertain.events.get().reason == "organizer: arrived"
    assert "Nothing to decide any more" in shown(desk, sure("send_again") + f"?delivery={uncertain.pk}")


def test_the_dead_are_tried_again_or_let_go(desk: Client, dead: Delivery):
    other = receipt_needs_a_look(Status.DEAD, "crashed", crashes=3)
    after_post(desk, sure("try_again"), delivery=str(dead.pk))
    after_post(desk, sure("let_go"), delivery=str(other.pk))
    dead.refresh_from_db()
    other.refresh_from_db()
    assert (dead.status, dead.crashes, dead.attempts) == (Status.QUEUED, 1, 0)
    assert (other.status, other.reason) == (Status.SUPPRESSED, "organizer: let go")
    assert other.finished_at is not None


@pytest.mark.parametrize("decision", list(Decision))
def test_only_what_stands_where_somebody_looked_is_moved(decision: Decision, desk: Client, olive: Organizer):
    for status in set(Status) - {deciding.STEPS[decision].before}:
        row = receipt_waits(status=status)
        assert not deciding.decide(row.pk, decision, "organizer 5")
        row.refresh_from_db()
        assert row.status == status
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_organizers_at_once_send_it_again_once(desk: Client, uncertain: Delivery):
    body = {"delivery": str(uncertain.pk)}
    assert post_in_threads(*[(desk, sure("send_again"), body)] * 4, (desk, sure("arrived"), body)) == [302] * 5
    assert DeliveryEvent.objects.count() == 1


def test_all_of_one_reason_are_decided_about_together(desk: Client, uncertain: Delivery, dead: Delivery):
    more = [receipt_needs_a_look(Status.UNCERTAIN, "lease ran out") for _ in range(3)]
    other = receipt_needs_a_look(Status.UNCERTAIN, "restored: may have left")
    group = {"status": "uncertain", "queue": "confirm", "reason": "lease ran out"}
    assert "status=uncertain&amp;queue=confirm&amp;reason=lease%20ran%20out" in shown(desk)
    page = shown(desk, LIST + "?status=uncertain&queue=confirm&reason=lease%20ran%20out")
    assert "Send again: all of these" in page
    assert str(other.pk) not in page
    assert "<dd>4</dd>" in shown(desk, sure("send_again") + "?queue=confirm&reason=lease+ran+out")
    assert "4 deliveries: Send again" in after_post(desk, sure("send_again"), **group)
    assert {Delivery.objects.get(pk=row.pk).status for row in [uncertain, *more]} == {Status.QUEUED}
    assert Delivery.objects.get(pk=other.pk).status == Status.UNCERTAIN
    assert Delivery.objects.get(pk=dead.pk).status == Status.DEAD


def test_of_a_large_group_the_oldest_go_first_and_the_rest_is_asked_about_again(olive, db, monkeypatch):
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 3)
    for hours in range(5):
        receipt_needs_a_look(Status.UNCERTAIN, "x", created_at=timezone.now() - timedelta(hours=hours))
    group = Group(Status.UNCERTAIN, Queue.CONFIRM, "x")
    assert deciding.decide_all(group, Decision.ARRIVED, "organizer 5") == 3
    left = Delivery.objects.filter(status=Status.UNCERTAIN)
    assert all(row.created_at > timezone.now() - timedelta(hours=2) for row in left)
    assert deciding.decide_all(group, Decision.ARRIVED, "organizer 5") == 2
    assert deciding.decide_all(group, Decision.LET_GO, "organizer 5") == 0


def test_a_letter_to_an_office_says_what_twice_would_mean_there(desk: Client):
    letter = receipt_needs_a_look(Status.UNCERTAIN, "lease ran out", kind=Kind.LETTER)
    assert "the same letter of the same constituent twice" in shown(desk, sure("send_again") + f"?delivery={letter.pk}")


@pytest.mark.parametrize("reason", ["x" * 5000, "' OR 1=1 --", "<script>"])
def test_a_strange_reason_finds_nothing_and_hurts_nobody(desk: Client, reason: str):
    page = desk.get(LIST, {"status": "uncertain", "queue": "confirm", "reason": reason})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    body = {"queue": "confirm", "reason": reason}
    assert desk.post(sure("send_again"), body).status_code == 302
