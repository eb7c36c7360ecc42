"""The SMTP line against a real server: who gets what, and what becomes of whom."""

import uuid
from collections.abc import Sequence

import pytest

from campaign.delivery import transport
from campaign.delivery.models import Delivery, Kind
from campaign.delivery.recipes import Mail
from campaign.delivery.transport import Accepted, Fate, Outgoing, Refused, TryLater, Unsure
from embedded.troubles import At, Trouble, defer, drop_after_dot, reject
from tests.delivery.conftest import arrived


def outgoing(to: str = "ada@example.org", **words: str) -> Outgoing:
    delivery = Delivery(id=uuid.uuid4(), key=str(uuid.uuid4()), kind=Kind.MAILING, recipe="plain", mailbox=uuid.uuid4())
    return Outgoing(delivery, Mail(to=to, **{"subject": "Hello", "text": "Words.\n", **words}))


def people(number: int) -> list[Outgoing]:
    return [outgoing(f"person{each}@example.org") for each in range(number)]


def hand_over(window: Sequence[Outgoing]) -> list[Fate]:
    with transport.open_line() as line:
        line.ready()
        fates = line.hand_over(window)
    assert set(fates) == {each.delivery.pk for each in window}
    return [fates[each.delivery.pk] for each in window]


def kinds(fates: Sequence[Fate]) -> list[type]:
    return [type(fate) for fate in fates]


def recipients(sink) -> list[str]:
    return [mail.to for mail in arrived(sink)]


def test_a_window_goes_over_one_connection_and_arrives_in_order(sink):
    window = people(30)
    fates = hand_over(window)
    assert kinds(fates) == [Accepted] * 30
    assert recipients(sink) == [each.mail.to for each in window]
    assert sink.connections == 1


def test_a_refused_mailbox_costs_the_others_nothing(sink):
    sink.suffer(reject("person1@example.org"))
    sink.suffer(reject("person3@example.org", "552 5.2.2 Mailbox full"))
    fates = hand_over(people(5))
    assert kinds(fates) == [Accepted, Refused, Accepted, Refused, Accepted]
    assert isinstance(fates[1], Refused)
    assert isinstance(fates[3], Refused)
    assert (fates[1].bad_address, fates[3].bad_address) == (True, False)
    assert recipients(sink) == ["person0@example.org", "person2@example.org", "person4@example.org"]
