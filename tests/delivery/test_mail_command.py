"""`manage.py mail`: what an operator does in the mailroom."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaign.delivery import braking, deciding, recognizing
from campaign.delivery.models import Delivery, Epoch, Queue, QueueHold, Status
from campaign.delivery.transport import TryLater
from tests.delivery.posts import receipt_needs_a_look, receipt_waits

pytestmark = pytest.mark.django_db


def mail(*words: str) -> tuple[int, str]:
    """What the command says, and with which number it ends."""
    out = StringIO()
    try:
        call_command("mail", *words, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def status() -> dict[str, Any]:
    return json.loads(mail("status", "--json")[1])


def test_a_queue_is_paused_and_resumed_and_twice_is_once():
    assert mail("pause", "mailings") == (0, "mailings: paused.\n")
    assert mail("pause", "mailings") == (0, "mailings: was paused already.\n")
    assert QueueHold.objects.get().held_by == "operator"
    assert mail("resume", "mailings") == (0, "mailings: goes on.\n")
    assert mail("resume", "mailings") == (0, "mailings: was not paused.\n")


def test_all_queues_at_once_and_two_of_them():
    mail("pause", "all")
    assert all(braking.stopped(queue) == "queue held" for queue in Queue)
    assert mail("resume", "confirm", "letters")[1] == "confirm: goes on.\nletters: goes on.\n"
    assert braking.stopped(Queue.MAILINGS) == "queue held"


@pytest.mark.parametrize("words", [("pause",), ("pause", "newsletters"), ("stop", "all"), ("status", "everything"), ()])
def test_what_it_does_not_know_is_refused_and_changes_nothing(words):
    with pytest.raises(CommandError):
        mail(*words)
    assert not QueueHold.objects.exists()


def test_where_all_is_well_it_ends_with_nought():
    receipt_waits()
    code, said = mail("status")
    assert code == 0
    assert "Epoch: 1, in the database and in MAIL_EPOCH." in said
    assert "confirm: 1 waiting, the first since " in said
    assert "letters: 0 waiting; 0 sent in the last hour." in said


def test_of_one_queue_only_that_is_told():
    assert "letters" not in mail("status", "confirm")[1]


def test_a_paused_queue_ends_with_one_and_says_since_when_and_by_whom():
    braking.hold(Queue.LETTERS, "organizer 5")
    code, said = mail("status")
    assert code == 1
    assert "letters: 0 waiting; 0 sent in the last hour. PAUSED since " in said
    assert "by organizer 5." in said


def test_open_breakers_end_with_one():
    braking.heard([("gmail.example", TryLater("421 4.7.0"))] * 5)
    for _ in range(5):
        braking.heard([("", TryLater("connection refused", is_connection=True))])
    code, said = mail("status")
    assert code == 1
    lines = [line for line in said.splitlines() if "left alone until" in line]
    assert lines[0].startswith("Relay ")
    assert lines[0].endswith("(connection refused).")
    assert lines[1].startswith("Domain gmail.example: ")


def test_what_needs_a_look_is_told_but_stops_nothing():
    receipt_needs_a_look(Status.UNCERTAIN, "lease ran out")
    receipt_needs_a_look(Status.UNCERTAIN, "lease ran out")
    code, said = mail("status")
    assert code == 0
    assert "Needs a look: 2 uncertain in confirm (lease ran out)." in said


def test_scripts_read_the_same_as_json():
    receipt_waits(status=Status.ACCEPTED, handed_off_at=timezone.now())
    receipt_waits()
    braking.hold(Queue.MAILINGS, "operator")
    found = status()
    assert found["is_stopped"] is True
    assert found["epoch"] == {"database": "1", "operator": "1", "is_moved": False, "is_wrong": False}
    confirm, _letters, mailings = found["queues"]
    assert (confirm["queue"], confirm["waiting"], confirm["sent_in_the_last_hour"]) == ("confirm", 1, 1)
    assert confirm["due_since"]
    assert mailings["held_by"] == "operator"


def test_the_epochs_are_told_and_a_difference_ends_with_one(settings):
    assert mail("epoch") == (0, "Epoch: 1, in the database and in MAIL_EPOCH.\n")
    settings.MAIL_EPOCH = "2"
    code, said = mail("epoch")
    assert code == 1
    assert "the database says 1, MAIL_EPOCH says 2. NO MAIL LEAVES." in said
    assert mail("status")[0] == 1


def test_reconciling_shows_first_what_it_would_decide(settings):
    receipt_waits()
    settings.MAIL_EPOCH = "2"
    code, said = mail("reconcile")
    assert code == 1
    assert "confirm: 1 waiting" in said
    assert "Nothing was changed. Decide:" in said
    assert not Epoch.objects.exists()
    assert Delivery.objects.get().status == Status.QUEUED


def test_reconciling_as_uncertain_makes_it_so_once(settings):
    receipt_waits()
    settings.MAIL_EPOCH = "2"
    code, said = mail("reconcile", "--as-uncertain")
    assert code == 0
    assert "1 deliveries are uncertain now. 0 mailings are paused." in said
    assert "The epoch is 2. Mail leaves again." in said
    assert Delivery.objects.get().status == Status.UNCERTAIN
    assert mail("reconcile", "--as-uncertain")[1].startswith("Nothing to do: the epoch is 2")


def test_an_operator_who_made_sure_sends(settings):
    receipt_waits()
    settings.MAIL_EPOCH = "2"
    assert mail("reconcile", "--send")[0] == 0
    assert Delivery.objects.get().status == Status.QUEUED
    assert braking.stopped(Queue.CONFIRM) == ""


def test_a_moved_database_is_called_so():
    recognizing.begin()
    Epoch.objects.update(database="7301/16384/00000001")
    assert "written in another database" in mail("epoch")[1]
    assert mail("reconcile", "--send", "--posted-before", "2026-11-24T02:00")[0] == 0
    assert mail("epoch")[0] == 0


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(CommandError, match="is no moment"):
        mail("reconcile", "--as-uncertain", "--posted-before", "yesterday")
    with pytest.raises(CommandError, match="not allowed with"):
        mail("reconcile", "--as-uncertain", "--send")


def test_thousands_of_one_reason_are_decided_about_with_one_command(monkeypatch):
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 3)
    for _ in range(7):
        receipt_needs_a_look(Status.UNCERTAIN, "restored: may have left")
    other = receipt_needs_a_look(Status.UNCERTAIN, "lease ran out")
    words = ("decide", "arrived", "--queue", "confirm", "--reason", "restored: may have left")
    assert mail(*words) == (0, "7 uncertain. Nothing was changed; add --yes to do it.\n")
    assert Delivery.objects.filter(status=Status.ACCEPTED).count() == 0
    assert mail(*words, "--yes") == (0, "7 deliveries: arrived.\n")
    assert mail(*words, "--yes") == (0, "0 deliveries: arrived.\n")
    other.refresh_from_db()
    assert other.status == Status.UNCERTAIN
