"""The one door to the mail server. What stands behind it leaves four words: accepted, try later, refused, unsure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, cast

from django.conf import settings
from django.utils.module_loading import import_string

from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that was promised, ready to leave."""

    delivery: Delivery
    mail: Mail


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took it."""

    words: str


class TryLater(Exception):
    """The message did not go and may go later. `is_connection`: that tells of the relay, and nothing of the mailbox."""

    def __init__(self, reason: str, *, is_connection: bool = False) -> None:
        super().__init__(reason)
        self.is_connection = is_connection


class Refused(Exception):
    """The message will never go. `bad_address`: the mailbox does not exist."""

    def __init__(self, reason: str, *, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.bad_address = bad_address


class Unsure(Exception):
    """The connection broke after the message was on its way: it may have arrived."""


Fate = Accepted | TryLater | Refused | Unsure


class Line(Protocol):
    """A connection for a batch. Opened at the first message, opened anew when the server hung up."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def ready(self) -> None:
        """Connect before anything is promised. Raises TryLater."""

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """Give these to the server; a fate for each, by the delivery's id. Never raises for what a server did."""


def open_line() -> Line:
    """The line that EMAIL_URL chose. Nothing is connected yet."""
    return cast(Line, import_string(settings.MAIL_LINE)())
