"""Of a letter that waited its sender is told when it needs them, and only then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Office, Term
from campaign.letters.models import LetterDispatch
from campaign.petitions.models import Petition
from tests.delivery.conftest import arrived, now_due
from tests.factories import sign_and_confirm
from tests.letters.test_holding import good_as_of, letter_to_merkley, renewed, succeed_merkley
from tests.letters.test_writing import WORDS, give_address, seats, send


@pytest.fixture
def ada(petition):
    """Ada's confirmed signature; its own mail is out of the way."""
    signature = sign_and_confirm(petition)
    Delivery.objects.all().delete()
    return signature


def test_of_a_letter_by_hand_that_is_rewritten_while_it_waits_one_mail_tells(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    letter_to_merkley(ada)
    letter_to_merkley(ada, "Dear Senator Merkley, in other words. " + WORDS)
    renewed()
    sending.send_due()
    assert len(arrived(sink)) == 1
    assert sorted(Delivery.objects.values_list("status", flat=True)) == [Status.ACCEPTED, Status.SUPPRESSED]


def test_a_letter_by_hand_waits_too_and_ada_is_mailed_when_it_can_go(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    dispatch = letter_to_merkley(ada)
    assert dispatch.channel == "handoff"
    sending.send_due()
    assert arrived(sink) == []
    renewed()
    sending.send_due()
    (mail,) = arrived(sink)
    assert (mail.to, mail.subject) == ("ada@example.org", "Your letter to the Senate (Oregon, class 2) waits for you")
    assert "Now it can go." in mail.text
    now_due()
    sending.send_due()
    assert len(arrived(sink)) == 1


def test_a_letter_by_hand_that_can_go_at_once_is_not_announced_by_mail(ada, sink):
    letter_to_merkley(ada)
    assert not Delivery.objects.exists()


def test_whoever_withdrew_is_not_reminded(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    letter_to_merkley(ada)
    ada.refresh_from_db()
    type(ada).objects.update(withdrawn_at=timezone.now())
    renewed()
    sending.send_due()
    assert arrived(sink) == []
    assert Delivery.objects.get().reason == "nothing left to do"


def test_a_letter_by_hand_that_names_nobody_is_announced_for_the_successor(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    letter_to_merkley(ada, WORDS)
    newcomer = succeed_merkley()
    renewed()
    sending.send_due()
    assert "Now it can go." in arrived(sink)[0].text
    by_hand = LetterDispatch.objects.get()
    assert (by_hand.legislator, by_hand.is_sandbox) == (newcomer, False)


def test_only_what_goes_by_mail_goes_to_a_sandbox(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada, WORDS)
    send(ada, seats(ada)[1])
    succeed_merkley()
    Office.objects.exclude(email=None).update(sandboxed_at=timezone.now())
    Office.objects.filter(legislator__family_name="Wyden").update(
        email="wyden@sandbox.example",
        email_entered_by="demo",
        email_entered_at=timezone.now(),
        sandboxed_at=timezone.now(),
    )
    sending.send_due()
    by_mail = LetterDispatch.objects.get(channel="email")
    assert (by_mail.legislator.family_name, by_mail.is_sandbox) == ("Comer", True)
    by_hand = LetterDispatch.objects.get(channel="handoff")
    by_hand.now_to(by_mail.legislator)
    assert not by_hand.is_sandbox


def test_of_a_petition_that_has_closed_nobody_is_reminded(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    letter_to_merkley(ada)
    Petition.objects.update(closed_at=timezone.now())
    renewed()
    sending.send_due()
    assert arrived(sink) == []
    assert Delivery.objects.get().reason == "nothing left to do"


def test_of_a_letter_that_can_leave_by_mail_after_all_nobody_is_reminded(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    merkley = seats(ada)[0].holder
    succeed_merkley()
    sending.send_due()
    Term.objects.open().filter(seat=seats(ada)[0]).update(closed_on=timezone.now().date())
    Term.objects.filter(legislator=merkley).update(closed_on=None)
    sending.send_due()
    assert arrived(sink) == []
    assert Delivery.objects.get(recipe="letter_waits_for_you").reason == "it goes by itself"
    now_due()
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["senator@sandbox.example"]
