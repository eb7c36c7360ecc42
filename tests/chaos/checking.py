"""What must be true when everything has calmed down: the books of both sides, and what people were told."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from campaign.delivery.models import Status

FINAL = {Status.ACCEPTED, Status.UNCERTAIN, Status.DEAD, Status.SUPPRESSED}


@dataclass(frozen=True)
class Arrived:
    """A mail in the hands of the other side."""

    message_id: str
    recipient: str


@dataclass(frozen=True)
class Books:
    """`fates` by Message-ID. `most_uncertain`: of how many mails nobody may know, after what was done to us."""

    fates: Mapping[str, str]
    arrived: Sequence[Arrived]
    most_uncertain: int
    acknowledged: Collection[str] = field(default_factory=set)
    signed: Collection[str] = field(default_factory=set)
    posted_to: Collection[str] = field(default_factory=set)


def faults(books: Books) -> list[str]:
    """Everything that is wrong, a sentence each; nothing where all is well."""
    here, there = books.fates, Counter(mail.message_id for mail in books.arrived)
    of = {status: {mail for mail, fate in here.items() if fate == status} for status in Status}
    wrong = {
        "acknowledged and not there": set(books.acknowledged) - set(books.signed),
        "acknowledged and not to be mailed": set(books.acknowledged) - set(books.posted_to),
        "without an end": {mail for mail, fate in here.items() if fate not in FINAL},
        "lost: accepted and never arrived": of[Status.ACCEPTED] - set(there),
        "arrived twice": {mail for mail, times in there.items() if times > 1},
        "arrived without a delivery": set(there) - set(here),
        "arrived and not said to be": (set(there) & set(here)) - of[Status.ACCEPTED] - of[Status.UNCERTAIN],
        "went to two mailboxes": _with_two_recipients(books.arrived),
    }
    found = [f"{len(mails)} {what}: {', '.join(sorted(mails)[:3])}" for what, mails in wrong.items() if mails]
    if len(of[Status.UNCERTAIN]) > books.most_uncertain:
        found.append(f"{len(of[Status.UNCERTAIN])} uncertain, where {books.most_uncertain} could be")
    return found


def _with_two_recipients(arrived: Sequence[Arrived]) -> set[str]:
    recipients: dict[str, set[str]] = {}
    for mail in arrived:
        recipients.setdefault(mail.message_id, set()).add(mail.recipient.lower())
    return {message_id for message_id, found in recipients.items() if len(found) > 1}
