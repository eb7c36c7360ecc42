"""A recipe of the tests' own, so that the mailroom is seen alone."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from campaign.delivery import posting, recipes
from campaign.delivery.models import Delivery, Kind
from campaign.delivery.posting import Envelope
from campaign.delivery.recipes import Mail
from campaign.inbox.reading import ReceivedMail, read_messages
from campaign.lib import emails
from embedded.smtp_sink import SmtpSink


@pytest.fixture
def post(db: None) -> Callable[..., Delivery]:
    """Post one piece of mail to somebody."""

    def follow(delivery: Delivery) -> Mail:
        return Mail(
            to=delivery.about["to"],
            subject="Hello",
            text="Words.\n",
            html="<p>Words.</p>",
            cap=uuid.UUID(delivery.about["cap"]) if "cap" in delivery.about else None,
        )

    recipes.register("plain", follow)

    def put(to: str = "ada@example.org", key: str = "", recipe: str = "plain", **about: str) -> Delivery:
        return posting.post(
            Envelope(
                key=key or f"plain:{uuid.uuid4()}",
                kind=Kind.RECEIPT,
                recipe=recipe,
                mailbox=emails.mailbox_id(to),
                about={"to": to} | about,
            )
        )

    return put


def arrived(sink: SmtpSink) -> list[ReceivedMail]:
    """What the mail server has, oldest first."""
    return list(reversed(read_messages(Path(sink.directory))))


def now_due() -> None:
    """Let every waiting delivery's time have come."""
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
