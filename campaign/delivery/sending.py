"""Sending: claim, ask the recipe, promise, hand over, write down what the server said; a window of mails at a time."""

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from itertools import groupby

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from campaign.delivery import braking, recipes, settling, stopping, transport, watching
from campaign.delivery.claiming import BATCHES, claim
from campaign.delivery.models import Delivery, MailboxCap, Queue, Suppression
from campaign.delivery.promising import promise
from campaign.delivery.recipes import Answer, Mail
from campaign.delivery.settling import Outcome
from campaign.delivery.transport import Fate, Line, Outgoing, TryLater

log = structlog.get_logger(__name__)
# How many mails are promised at once. A worker that dies leaves at most so many of which nobody knows.
WINDOWS = {Queue.CONFIRM: 1, Queue.LETTERS: 1, Queue.MAILINGS: 50}
# What is claimed never outlives its lease or the task's time, a worker that is asked to stop has finished soon, and
# where one worker serves several queues letters or a mailing hold up a confirmation for no longer than this.
LONGEST_BATCH_SECONDS = {Queue.CONFIRM: 20.0, Queue.LETTERS: 5.0, Queue.MAILINGS: 5.0}
WAIT_FOR_TOKENS_SECONDS = 0.2
# What the mail server said is worth waiting for a database that comes back: without it nobody would know.
TRIES_TO_SETTLE, BETWEEN_TRIES_SECONDS = 20, 0.5
UNREACHABLE = (OperationalError, InterfaceError)


def send_due(queue: Queue | None = None, call_another: Callable[[], None] | None = None) -> int:
    """Send what is due in a queue, or in all of them in their order; how many were taken in hand.

    Of confirmations and letters as much as one batch, of mailings batches for five seconds; of letters for no longer
    than that. A second worker at the same moment takes other rows. A worker that dies leaves rows that the sweeper
    finds; one that is stopped, or has no more time, gives back what it did not begin. `call_another` is called as soon
    as there was more than one batch.
    """
    return sum(_Round(each, call_another).run() for each in ([queue] if queue else Queue))


class _Round:
    """One worker's turn at a queue, over one connection."""

    def __init__(self, queue: Queue, call_another: Callable[[], None] | None) -> None:
        self.queue = queue
        self.call_another = call_another
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{time.monotonic_ns()}"  # a column of 80
        self.until = time.monotonic() + LONGEST_BATCH_SECONDS[queue]
        self.settled: list[Outcome] = []
        self.taken = 0
        self.is_over = False

    def run(self) -> int:
        """Send until the time is over, nothing is due, or a brake says so."""
        try:
            with transport.open_line() as line:
                while batch := self._claim():
                    self._send(batch, line)
                    if self.queue is not Queue.MAILINGS and self.taken >= BATCHES[self.queue]:
                        break
        finally:
            with contextlib.suppress(*UNREACHABLE):  # the sweeper does it when the lease runs out
                _insist(lambda: Delivery.objects.give_back(self.worker))
        return self.taken

    def _claim(self) -> list[Delivery]:
        if self._must_end() or (why := braking.stopped(self.queue)):
            if not self._must_end():
                log.info("nothing leaves", queue=self.queue.value, reason=why)
            return []
        batch = claim(self.queue, self.worker)
        if self.call_another and len(batch) == BATCHES[self.queue]:
            self.call_another()
        for series in {each.series_id for each in batch if each.series_id}:
            watching.hold_if_spiking(series)
        return batch

    def _must_end(self) -> bool:
        return self.is_over or stopping.is_asked() or time.monotonic() > self.until

    def _send(self, batch: list[Delivery], line: Line) -> None:
        """Window after window. What a window became of is written with the promise of the next: one commit for both."""
        try:
            while batch and not self._must_end():
                allowed = braking.allowance(self.queue, min(len(batch), WINDOWS[self.queue]))
                if not allowed:
                    self._settle()
                    time.sleep(WAIT_FOR_TOKENS_SECONDS)
                    continue
                window, batch = batch[:allowed], batch[allowed:]
                self.taken += len(window)
                self._send_window(window, line)
        finally:
            self._settle()

    def _settle(self) -> None:
        """Writing it down twice is once: a commit whose answer was lost has moved the rows already."""
        outcomes, self.settled = self.settled, []
        _insist(lambda: settling.settle(self.worker, outcomes))

    def _send_window(self, window: list[Delivery], line: Line) -> None:
        ready = self._written(window)
        if not ready:
            return
        try:
            line.ready()
        except TryLater as error:
            self.settled += [settling.put_off(each.delivery, str(error)) for each in ready]
            braking.heard([("", error)])
            self.is_over = True  # one time-out is enough for a batch
            return
        promised = self._promised(ready)
        if promised:
            fates = dict(line.hand_over(promised))
            _insist(lambda: self._note(promised, fates))
            # What was not begun because we stop says nothing of the relay.
            if not stopping.is_asked() and braking.heard(_by_domain(promised, fates)):
                self.is_over = True  # what is in hand would only become uncertain, one after the other

    def _note(self, promised: list[Outgoing], fates: dict[uuid.UUID, Fate]) -> None:
        self.settled += settling.answered(promised, fates)

    def _written(self, window: list[Delivery]) -> list[Outgoing]:
        """The mails that exist, go now, and go to a domain that takes mail."""
        ready = []
        paused = braking.paused_domains()
        for delivery, answer in _ask(window):
            if answer is None:
                self.settled.append(settling.crashed(delivery))
            elif not isinstance(answer, Mail):
                self.settled.append(settling.not_now(delivery, answer))
            elif seconds := paused.get(domain_of(answer.to)):
                self.settled.append(settling.domain_pauses(delivery, seconds))
            else:
                ready.append(Outgoing(delivery, answer))
        return ready

    def _promised(self, ready: list[Outgoing]) -> list[Outgoing]:
        outcomes, self.settled = self.settled, []
        try:
            with transaction.atomic():
                settling.settle(self.worker, outcomes)
                return promise(self.queue, self.worker, self._within_caps(ready))
        except UNREACHABLE:
            self.settled = outcomes
            raise
        except Exception:
            log.exception("a window failed before it left", deliveries=len(ready), first=str(ready[0].delivery.pk))
            self.settled = outcomes + [settling.crashed(each.delivery) for each in ready]
            return []

    def _within_caps(self, ready: list[Outgoing]) -> list[Outgoing]:
        """A mailbox that never pressed a button gets so much and no more; what is suppressed uses nothing up."""
        within = []
        for each in ready:
            cap, mailbox = each.mail.cap, each.mail.mailbox or each.delivery.mailbox
            if cap is None or self._is_stopped(mailbox, each.mail) or MailboxCap.objects.take(cap, each.delivery.pk):
                within.append(each)
                continue
            opens_at = MailboxCap.objects.opens_at(cap)
            seconds = None if opens_at is None else max(1.0, (opens_at - timezone.now()).total_seconds())
            settling.settle(self.worker, [settling.capped(each.delivery, seconds)])
        return within

    def _is_stopped(self, mailbox: uuid.UUID, mail: Mail) -> bool:
        stopping = Suppression.objects.stopping(mailbox, mail.scope, mail.mailing_list)
        return (stopping.exclude(reason="bounced") if mail.is_past_bounces else stopping).exists()


def _insist(write: Callable[[], object]) -> None:
    """Wait some seconds for a database that went away. What is written twice has to be as if it were once."""
    for tries_left in reversed(range(TRIES_TO_SETTLE)):
        try:
            write()
            return
        except UNREACHABLE:
            if not tries_left or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(BETWEEN_TRIES_SECONDS)


def _ask(window: list[Delivery]) -> list[tuple[Delivery, Answer | None]]:
    """What each recipe says; None where it failed. A fault of ours counts as a crash and never stops the others."""
    asked: list[tuple[Delivery, Answer | None]] = []
    for name, group in groupby(window, key=lambda delivery: delivery.recipe):
        deliveries = list(group)
        try:
            answers = recipes.follow_all(name, deliveries) if len(deliveries) > 1 else None
        except UNREACHABLE:
            raise
        except Exception:
            log.exception("a recipe failed for several", recipe=name, deliveries=len(deliveries))
            answers = None
        for delivery in deliveries:
            asked.append((delivery, answers.get(delivery.pk) if answers else _ask_one(delivery)))
    return asked


def _ask_one(delivery: Delivery) -> Answer | None:
    try:
        with transaction.atomic():
            return recipes.follow(delivery)
    except UNREACHABLE:
        raise
    except Exception:
        log.exception("a delivery failed", delivery=str(delivery.pk), recipe=delivery.recipe)
        return None


def domain_of(address: str) -> str:
    """Where the mail goes, by its address."""
    return address.rpartition("@")[2].rstrip("> ").lower()


def _by_domain(window: Sequence[Outgoing], fates: dict[uuid.UUID, Fate]) -> list[tuple[str, Fate]]:
    return [(domain_of(each.mail.to), fates[each.delivery.pk]) for each in window if each.delivery.pk in fates]
