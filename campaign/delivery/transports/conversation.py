"""Conversation: lines to and from one SMTP server, bounded in length and in time. It knows nothing of messages."""

import contextlib
import select
import smtplib
import socket
import time
from collections.abc import Callable

from campaign.delivery.transports.answers import Answer

LONGEST_LINE = 4096
LONGEST_ANSWER = 100
# How long a server may take to say good-bye: nothing hangs on it.
SECONDS_FOR_QUIT = 2.0


class Broken(Exception):
    """The connection is of no use any more. What was asked and not answered stays unanswered."""


class OutOfStep(Broken):
    """The server's answers don't belong to our questions, so that none of the last ones can be believed."""


class Conversation:
    """One connection that was greeted and, where there is a password, let in."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        if connection.sock is None:
            raise Broken("hung up")
        self._connection = connection
        self._socket: socket.socket = connection.sock
        self._heard = b""
        self.is_pipelining = connection.has_extn("pipelining")
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        with contextlib.suppress(OSError):  # not every socket is TCP's
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def is_silent(self) -> bool:
        """Nothing was said that we did not ask for. A server that hung up, or is about to, is not silent."""
        return not (self._heard or self._pending() or self._poll.poll(0))

    def say(self, words: bytes, seconds: float) -> None:
        """Send it all. Raises Broken when the server hung up or reads no more."""
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(words)
        except OSError as error:
            raise Broken(_in_words(error)) from error

    def hear(self, seconds: float) -> Answer:
        """The next answer, whole. Raises Broken when there is none in time."""
        until = time.monotonic() + seconds
        line = self._line(until)
        code, words = line[:3], line[4:]
        count = 1
        while line[3:4] == b"-":
            line, count = self._line(until), count + 1
            if count > LONGEST_ANSWER or line[:3] != code:
                raise OutOfStep("an answer without an end")
        if not (code.isdigit() and b"200" <= code < b"600" and line[3:4] in (b" ", b"")):
            raise OutOfStep("no SMTP")
        return Answer(int(code), words)

    def quit(self) -> None:
        """Say good-bye and close. Never fails, and does nothing the second time."""
        with contextlib.suppress(Broken):
            self.say(b"QUIT\r\n", SECONDS_FOR_QUIT)
            self.hear(SECONDS_FOR_QUIT)
        self.close()

    def close(self) -> None:
        """Hang up without a word."""
        with contextlib.suppress(OSError):
            self._connection.close()  # its file too, without which the socket would stay open

    def _line(self, until: float) -> bytes:
        while (end := self._heard.find(b"\n")) < 0:
            if len(self._heard) > LONGEST_LINE:
                raise OutOfStep("a line without an end")
            self._heard += self._receive(until)
        line, self._heard = self._heard[:end], self._heard[end + 1 :]
        return line.rstrip(b"\r")

    def _receive(self, until: float) -> bytes:
        """Whatever comes next. The time is for the whole answer: a server may not win more by a byte now and then."""
        left = until - time.monotonic()
        if left <= 0:
            raise Broken("TimeoutError")
        try:
            self._socket.settimeout(left)
            received = self._socket.recv(4096)
        except OSError as error:
            raise Broken(_in_words(error)) from error
        if not received:
            raise Broken("hung up")
        return received

    def _pending(self) -> int:
        pending: Callable[[], int] | None = getattr(self._socket, "pending", None)  # of TLS
        return pending() if pending else 0


def _in_words(error: OSError) -> str:
    return type(error).__name__
