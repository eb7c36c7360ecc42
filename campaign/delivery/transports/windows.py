"""Window: the messages of one hand-over, written one by one as their turn comes, and the fate of each."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from campaign.delivery import stopping
from campaign.delivery.addressing import address_of
from campaign.delivery.transport import Accepted, Fate, Outgoing, Refused, TryLater, Unsure

log = structlog.get_logger(__name__)
# A text that is begun later than this might still be on its way when the lease of its promise ends.
SECONDS_TO_BEGIN = 60.0
# So often in a row a connection may break with nothing gained between; then the rest waits for a better hour.
BREAKS_IN_A_ROW = 2


@dataclass(slots=True)
class Written:
    """A message in the form in which it travels."""

    id: uuid.UUID
    sender: str
    recipient: str
    content: bytes
    has_broken: bool = False


def written(outgoing: Outgoing, compose: Callable[[Outgoing], bytes]) -> Written | Fate:
    """The message, or its fate where it can't be written. No fault in one of them may cost the others theirs."""
    try:
        recipient = address_of(outgoing.mail.to)
        return Written(outgoing.delivery.pk, outgoing.delivery.return_path, recipient, compose(outgoing))
    except ValueError as error:  # what must never leave: it will not become better by waiting
        words = "not encodable" if isinstance(error, UnicodeError) else str(error)
        log.warning("a mail can't be written", delivery=str(outgoing.delivery.pk), reason=words)
        return Refused(f"can't be written: {words}")
    except Exception:
        log.exception("a mail can't be written", delivery=str(outgoing.delivery.pk))
        return TryLater("can't be written")


class Window:
    """What is still to go, what is under way, and what became of the rest."""

    def __init__(self, window: Sequence[Outgoing], compose: Callable[[Outgoing], bytes]) -> None:
        self.fates: dict[uuid.UUID, Fate] = {}
        self._compose = compose
        self._to_write = deque(window)
        self._to_go: deque[Written] = deque()
        self._begin_until = time.monotonic() + SECONDS_TO_BEGIN
        self._breaks = 0
        # Whose text was sent, or may have been, and who comes next and is known to the server by its envelope.
        self.sent: Written | None = None
        self.introduced: Written | None = None
        self._last_word: uuid.UUID | None = None

    def look_ahead(self) -> bool:
        """Write the next one, while the server is busy with what it has; False when all were written and went."""
        while not self._to_go and self._to_write:
            outgoing = self._to_write.popleft()
            made = written(outgoing, self._compose)
            if isinstance(made, Written):
                self._to_go.append(made)
            else:
                self.fates[outgoing.delivery.pk] = made
        return bool(self._to_go)

    def turn(self) -> bool:
        """Who was introduced is sent now, and the next one introduced; False when it was nobody's turn any more."""
        if self._to_go and time.monotonic() > self._begin_until:
            self.put_off(TryLater("not begun: the server is slow", is_connection=True))
        if stopping.is_asked():
            self.put_off(TryLater("not begun: asked to stop", is_connection=True))
        self.sent, self.introduced = self.introduced, self._to_go.popleft() if self.look_ahead() else None
        return self.sent is not None or self.introduced is not None

    def ends_sent(self, fate: Fate) -> None:
        """The server's word on the text."""
        if self.sent is not None:
            self._end(self.sent, fate)
            self._last_word, self.sent = self.sent.id, None

    def ends_introduced(self, fate: Fate) -> None:
        """The server would not hear its text."""
        if self.introduced is not None:
            self._end(self.introduced, fate)
            self.introduced = None

    def is_in_step(self) -> None:
        """The answers after the word on the last text fit their questions, so that word is believed."""
        self._last_word = None

    def breaks(self, reason: str, *, is_out_of_step: bool = False) -> None:
        """The connection is gone. What was sent may have arrived; what was not begun goes over the next connection.

        But one that was there alone when two of them broke is left for later: it may be the reason.
        """
        self._breaks += 1
        if is_out_of_step and self._last_word and isinstance(self.fates[self._last_word], Accepted):
            self.fates[self._last_word] = Unsure(f"answered out of step: {reason}")
        if self.sent is not None:
            self.fates[self.sent.id] = Unsure(f"connection lost after the text: {reason}")
        elif self.introduced is not None and self.introduced.has_broken:
            self.fates[self.introduced.id] = TryLater(f"connection lost: {reason}", is_connection=True)
            self.introduced = None
        elif self.introduced is not None:
            self.introduced.has_broken = True
        if self.introduced is not None:
            self._to_go.appendleft(self.introduced)
        self.sent = self.introduced = self._last_word = None
        if self._breaks > BREAKS_IN_A_ROW:
            self.put_off(TryLater(f"connection lost: {reason}", is_connection=True))

    def put_off(self, fate: TryLater) -> None:
        """All that was not begun."""
        for message in self._to_go:
            self.fates[message.id] = fate
        for outgoing in self._to_write:
            self.fates[outgoing.delivery.pk] = fate
        self._to_go.clear()
        self._to_write.clear()

    def _end(self, message: Written, fate: Fate) -> None:
        self.fates[message.id] = fate
        if not (isinstance(fate, TryLater) and fate.is_connection):
            self._breaks = 0
