"""Lines that reach nobody: a terminal, and the demo's inbox, a folder of .eml files."""

import itertools
import os
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from campaign.delivery import dkim_signing
from campaign.delivery.transport import Accepted, Fate, Outgoing, TryLater
from campaign.delivery.transports.windows import Written, written


class _LocalLine:
    """Takes each message as it comes; there is no connection to lose."""

    words = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def ready(self) -> None:
        """Always."""

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """A fate for each. What can't be put down (a full disk) goes later."""
        return {outgoing.delivery.pk: self._fate(outgoing) for outgoing in window}

    def _fate(self, outgoing: Outgoing) -> Fate:
        message = written(outgoing, dkim_signing.content_of)
        if not isinstance(message, Written):
            return message
        try:
            self._put(message)
        except OSError as error:
            return TryLater(f"{self.words}: {type(error).__name__}", is_connection=True)
        return Accepted(self.words)

    def _put(self, message: Written) -> None:
        raise NotImplementedError


class ConsoleLine(_LocalLine):
    """Prints what it gets, whole, with the envelope above."""

    words = "console"

    def _put(self, message: Written) -> None:
        text = message.content.decode("ascii").replace("\r\n", "\n")
        sys.stdout.write(f"{'-' * 78}\nfrom {message.sender} to {message.recipient}\n{text}{'-' * 78}\n")
        sys.stdout.flush()


class InboxLine(_LocalLine):
    """Writes what it gets into INBOX_DIR, in the form in which the mail sink keeps it, for the demo's inbox page."""

    words = "inbox"
    _order = itertools.count()

    def _put(self, message: Written) -> None:
        """Under a temporary name first, so that a reader never sees a part of it."""
        folder = Path(settings.INBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        head = f"X-Envelope-From: <{message.sender}>\r\nX-Envelope-To: {message.recipient}\r\n"
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._order):06d}"
        half = folder / f".{name}.tmp"
        try:
            half.write_bytes(head.encode("ascii") + message.content)
            half.rename(folder / f"{name}.eml")
        finally:
            half.unlink(missing_ok=True)
