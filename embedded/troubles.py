"""What a mail server may do to us: programmable failures for tests of the sending side."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum


class At(StrEnum):
    """The moment of the SMTP conversation when it goes wrong."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DOT = "dot"
    """After the whole message was sent: the moment whose outcome a sender cannot know."""


@dataclass
class Trouble:
    """One failure, or several: `times` bounds how often, `seconds` how long (from now).

    `answer` is said instead of 250. `hang` waits so many seconds first. `drop` closes the connection without a word.
    For the final dot: `kept` stores the message although the sender may never learn it, and `linger` waits so many
    seconds between that and the answer.
    """

    at: At
    answer: str = ""
    recipient: str = ""
    hang: float = 0.0
    linger: float = 0.0
    drop: bool = False
    kept: bool = False
    times: int | None = None
    seconds: float | None = None
    began: float = field(default_factory=time.monotonic)
    happened: int = 0

    def concerns(self, at: At, recipients: list[str]) -> bool:
        """Whether it strikes now; an empty `recipient` means everyone's mail."""
        if at != self.at or (self.times is not None and self.happened >= self.times):
            return False
        if self.seconds is not None and time.monotonic() > self.began + self.seconds:
            return False
        return not self.recipient or self.recipient.lower() in (recipient.lower() for recipient in recipients)

    async def strike(self) -> None:
        """Count it, and wait if it hangs."""
        self.happened += 1
        if self.hang:
            await asyncio.sleep(self.hang)


def reject(recipient: str, answer: str = "550 5.1.1 No such mailbox here", times: int | None = None) -> Trouble:
    """This mailbox does not exist (or whatever `answer` says)."""
    return Trouble(At.RCPT, answer=answer, recipient=recipient, times=times)


def defer(seconds: float | None = None, times: int | None = None, at: At = At.RCPT) -> Trouble:
    """Not now, come again: 451 for a while."""
    return Trouble(at, answer="451 4.3.0 Try again later", seconds=seconds, times=times)


def drop_after_dot(*, kept: bool, times: int | None = 1) -> Trouble:
    """The connection breaks after the whole message was sent, which was `kept` or not."""
    return Trouble(At.DOT, drop=True, kept=kept, times=times)


def hang(seconds: float, at: At = At.DOT, times: int | None = 1) -> Trouble:
    """The server says nothing for so long, then goes on as if nothing had been."""
    return Trouble(at, hang=seconds, kept=True, times=times)


def slow(before: float, after: float) -> Trouble:
    """Every message takes so long until it is kept, and then so long until the server says so; nothing goes wrong."""
    return Trouble(At.DOT, hang=before, linger=after, kept=True)
