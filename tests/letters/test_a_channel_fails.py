"""An office's server refuses a letter: its constituent can still send it, and what one reader stops stops no other."""

import pytest

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Scope, Status, Suppression, SuppressionReason
from campaign.legislators.models import Seat
from campaign.letters import writing
from campaign.letters.models import LetterDispatch
from campaign.lib import emails
from campaign.petitions import confirming
from campaign.public import desk
from embedded.troubles import reject
from tests.delivery.conftest import arrived, now_due
from tests.factories import sign, sign_and_confirm, signer
from tests.letters.test_writing import give_address, seats, send

OFFICE = "senator@sandbox.example"


@pytest.fixture
def ada(petition):
    """Ada's confirmed signature."""
    return sign_and_confirm(petition)


@pytest.fixture
def seat(ada) -> Seat:
    """A seat of hers whose office has an address."""
    give_address(seats(ada)[0], OFFICE)
    return seats(ada)[0]


def letter_mails(sink) -> list[str]:
    return [mail.to for mail in arrived(sink) if "via" in mail.sender]


@pytest.mark.parametrize("answer", ["550 5.1.1 No such mailbox here", "550 5.7.1 Not from you"])
def test_a_letter_that_the_office_refused_is_handed_to_her_when_she_sends_it_again(ada, seat, sink, answer):
    sink.suffer(reject(OFFICE, answer))
    first = send(ada, seat)
    sending.send_due()
    first.refresh_from_db()
    assert (first.channel, first.has_gone) == ("email", False)
    sheet = desk.lay(ada.petition, ada.supporter).sheets[0]
    assert (sheet.is_open, sheet.way.name) == (True, "handoff")
    assert send(ada, seat).channel == "handoff"
    assert send(ada, seat).channel == "handoff"
    assert LetterDispatch.objects.count() == 2
    now_due()
    sending.send_due()
    assert letter_mails(sink) == []


def test_after_an_office_address_proved_wrong_the_next_letters_go_by_hand_until_it_is_mended(ada, petition, seat, sink):
    sink.suffer(reject(OFFICE))
    send(ada, seat)
    sending.send_due()
    bo = sign_and_confirm(petition, signer(1))
    assert send(bo, seats(bo)[0]).channel == "handoff"
    give_address(seat, "right@sandbox.example")
    cy = sign_and_confirm(petition, signer(2))
    assert send(cy, seats(cy)[0]).channel == "email"
    sending.send_due()
    assert letter_mails(sink) == ["right@sandbox.example"]


def test_a_letter_posted_to_a_wrong_address_leaves_for_the_right_one(ada, petition, seat, sink):
    send(ada, seat)
    Suppression.objects.add(emails.office_id(OFFICE), Scope.ALL, SuppressionReason.BOUNCED)
    give_address(seat, "right@sandbox.example")
    sending.send_due()
    assert letter_mails(sink) == ["right@sandbox.example"]


def test_a_stranger_who_signs_with_an_offices_address_stops_no_letters_to_it(ada, petition, seat, sink):
    strange = sign(petition, signer(1, email=OFFICE))
    confirming.disown(strange.supporter_id, strange.pk)
    send(ada, seat)
    sending.send_due()
    assert Delivery.objects.get(recipe="letter").status == Status.ACCEPTED


def test_a_letter_that_may_have_arrived_is_never_offered_again(ada, seat):
    dispatch = send(ada, seat)
    for status in (Status.QUEUED, Status.DEFERRED, Status.HANDING_OFF, Status.ACCEPTED, Status.UNCERTAIN, Status.DEAD):
        Delivery.objects.filter(recipe="letter").update(status=status)
        assert send(ada, seat) == dispatch
        assert writing.Letter.objects.get().has_gone
