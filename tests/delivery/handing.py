"""Handing over without a database: what becomes of a window of mails."""

import uuid
from collections.abc import Sequence
from typing import Any

from campaign.delivery import transport
from campaign.delivery.models import Delivery, Kind
from campaign.delivery.recipes import Mail
from campaign.delivery.transport import Fate, Outgoing, TryLater


def outgoing(to: str = "ada@example.org", **words: Any) -> Outgoing:
    """One mail that was promised."""
    delivery = Delivery(id=uuid.uuid4(), key=str(uuid.uuid4()), kind=Kind.MAILING, recipe="plain", mailbox=uuid.uuid4())
    return Outgoing(delivery, Mail(**{"to": to, "subject": "Hello", "text": "Words.\n", **words}))


def people(number: int) -> list[Outgoing]:
    """Mails to person0@example.org and so on."""
    return [outgoing(f"person{each}@example.org") for each in range(number)]


def hand_over(window: Sequence[Outgoing]) -> list[Fate]:
    """The fate of each, over a line of its own. The line answers for every one of them and for nobody else."""
    with transport.open_line() as line:
        fates = line.hand_over(window)
    assert set(fates) == {each.delivery.pk for each in window}
    return [fates[each.delivery.pk] for each in window]


def kinds(fates: Sequence[Fate]) -> list[type]:
    """Only which word it is."""
    return [type(fate) for fate in fates]


def words(fate: Fate) -> str:
    """What it says."""
    return fate.words if isinstance(fate, transport.Accepted) else str(fate)


def says_something_of_the_relay(fate: Fate) -> bool:
    """And nothing of the mailbox."""
    return isinstance(fate, TryLater) and fate.is_connection
