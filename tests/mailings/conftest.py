"""Olive writes an update, Omar approves it; Ada, Bruno and Chiyo signed and asked for updates."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaign.mailings import approving, drafting, starting
from campaign.mailings.drafting import Draft, Whom, Words
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition, Signature
from tests import factories

HELLO = Words("News, {{given_name|friend}}", "Dear {{given_name|friend}},\n\nthe Senate **votes** soon.")


@pytest.fixture
def omar(db: None) -> Organizer:
    """Omar organizes as well."""
    return factories.make_organizer("omar@example.org")


@pytest.fixture
def subscribed(petition: Petition) -> Callable[..., Signature]:
    """Somebody signs, asks for updates, and confirms."""

    def sign(typed: Any = factories.ADA, to: Petition | None = None, **changes: Any) -> Signature:
        return factories.sign_and_confirm(to or petition, typed, updates_consent=True, **changes)

    return sign


@pytest.fixture
def three(subscribed: Callable[..., Signature]) -> list[Signature]:
    """Ada, Bruno and Chiyo."""
    votes_in_washington = {**factories.CHIYO, "state": "WA"}
    return [subscribed(typed) for typed in (factories.ADA, factories.BRUNO, votes_in_washington)]


@pytest.fixture
def drafted(petition: Petition, olive: Organizer) -> Callable[..., Mailing]:
    """Olive's draft."""

    def draft(a: Words = HELLO, b: Words | None = None, **whom: Any) -> Mailing:
        return drafting.begin(petition, Draft("News", Whom(**whom), a, b), olive)

    return draft


@pytest.fixture
def approved(drafted: Callable[..., Mailing], olive: Organizer, omar: Organizer) -> Callable[..., Mailing]:
    """Asked for by Olive, approved by Omar."""

    def approve(*words: Words, **whom: Any) -> Mailing:
        mailing = drafted(*words, **whom)
        approving.ask(mailing.pk, olive)
        assert approving.approve(mailing.pk, omar, mailing.digest)
        return Mailing.objects.get(pk=mailing.pk)

    return approve


@pytest.fixture
def started(approved: Callable[..., Mailing], olive: Organizer) -> Callable[..., Mailing]:
    """Scheduled for a moment ago, and started; nothing is queued yet."""

    def start(*words: Words, **whom: Any) -> Mailing:
        mailing = approved(*words, **whom)
        assert approving.schedule(mailing.pk, timezone.now() - timedelta(seconds=1), olive)
        assert starting.start_due() == 1
        return Mailing.objects.get(pk=mailing.pk)

    return start


@pytest.fixture
def queued(started: Callable[..., Mailing]) -> Callable[..., Mailing]:
    """Started, and all of it (the sample, where two are compared) queued."""

    def queue(*words: Words, **whom: Any) -> Mailing:
        mailing = started(*words, **whom)
        while starting.queue_some():
            pass
        return Mailing.objects.get(pk=mailing.pk)

    return queue
