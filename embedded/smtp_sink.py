"""A mail server that keeps everything and passes nothing on. `python -m embedded.smtp_sink --directory D --port N`.

Each message becomes one .eml file, whole or not at all, with the envelope in X-Envelope-From and X-Envelope-To on
top. File names sort by arrival. Tests start it in their own process and tell it what goes wrong (see troubles.py).
"""

import argparse
import asyncio
import itertools
import os
import signal
import socket
import sys
import threading
import time
import weakref
from collections.abc import Awaitable
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.ports import LOOPBACK
from embedded.troubles import At, Trouble

SIZE_LIMIT = 32 * 1024 * 1024


class SmtpSink:
    """One mail catcher over one directory. It keeps its port through stop() and start(), as a real server does."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.directory = directory.absolute()
        self.port = port
        self.troubles: list[Trouble] = []
        self.connections = 0
        self._order = itertools.count()
        self._controller: SinkController | None = None

    def start(self) -> None:
        """Listen; does nothing while it listens. Raises OSError when the port is taken."""
        if self._controller is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        listener = socket.create_server((LOOPBACK, self.port), backlog=128)
        # asyncio would do it, but not for a socket that it did not make: pipelined answers would come 40 ms late.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        self._controller = SinkController(Conversation(self), listener)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening and drop every connection; what was kept stays. The second time does nothing."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def suffer(self, trouble: Trouble) -> Trouble:
        """Let this go wrong from now on; the latest trouble is looked at first."""
        self.troubles.insert(0, trouble)
        return trouble

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self.troubles.clear()

    def messages(self) -> list[Path]:
        """The files, oldest first."""
        return sorted(self.directory.glob("*.eml"))

    def clear(self) -> None:
        """Forget all mail; troubles stay."""
        for path in self.messages():
            path.unlink(missing_ok=True)

    def keep(self, envelope: Envelope) -> Path:
        """Write one message: under a temporary name first, so that a reader never sees a part of it."""
        content = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip("<>")
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: <{sender}>\r\nX-Envelope-To: {recipients}\r\n"
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._order):06d}"
        half = self.directory / f".{name}.tmp"
        half.write_bytes(head.encode("utf-8", "surrogateescape") + content)
        return half.rename(self.directory / f"{name}.eml")

    async def strikes(self, at: At, recipients: list[str]) -> Trouble | None:
        """The trouble of this moment, counted and waited for; None when all is well."""
        for trouble in self.troubles:
            if trouble.concerns(at, recipients):
                await trouble.strike()
                return trouble
        return None


class Conversation:
    """What aiosmtpd asks us at each step of the SMTP conversation."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet, and offer pipelining as real servers do."""
        session.host_name = hostname
        self.sink.connections += 1
        trouble = await self.sink.strikes(At.CONNECT, [])
        if trouble is not None and trouble.drop:
            hang_up(server)
        if trouble is not None and trouble.answer:
            server.loop.call_soon(hang_up, server)  # or smtplib would try HELO instead
            return [trouble.answer]
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, unless there is trouble."""
        answer = await self._trouble(At.MAIL, server, [])
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless there is trouble with this one."""
        answer = await self._trouble(At.RCPT, server, [address])
        if answer is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, then say so; trouble may come between the two."""
        trouble = await self.sink.strikes(At.DOT, envelope.rcpt_tos)
        if trouble is None or trouble.kept:
            self.sink.keep(envelope)
        if trouble is not None and trouble.linger:
            await asyncio.sleep(trouble.linger)
        if trouble is not None and trouble.drop:
            hang_up(server)
        return (trouble.answer if trouble else "") or "250 2.0.0 Kept"

    async def _trouble(self, at: At, server: SMTP, recipients: list[str]) -> str | None:
        trouble = await self.sink.strikes(at, recipients)
        if trouble is None:
            return None
        if trouble.drop:
            hang_up(server)
        return trouble.answer or None


def hang_up(server: SMTP) -> None:
    """Close the connection without a word; does nothing when it is closed."""
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


class SinkController(Controller):
    """Runs the server in a thread, on a socket that listens already: port 0 then has a number from the start."""

    def __init__(self, conversation: Conversation, listener: socket.socket) -> None:
        self.listener = listener
        self.conversations: weakref.WeakSet[SMTP] = weakref.WeakSet()
        super().__init__(
            conversation,
            hostname=LOOPBACK,
            port=listener.getsockname()[1],
            # Without a name aiosmtpd asks the resolver for one, which takes seconds where there is no network.
            server_hostname="sink.localhost",
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
        )

    def factory(self) -> SMTP:
        """One conversation, remembered so that stop() can end it."""
        server: SMTP = super().factory()
        self.conversations.add(server)
        return server

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)

    def stop(self, no_assert: bool = False) -> None:
        """End every conversation, then the loop: from Python 3.12 on a server waits for its connections."""
        self.loop.call_soon_threadsafe(self._abort_connections)
        super().stop(no_assert)

    def _abort_connections(self) -> None:
        for conversation in self.conversations:
            hang_up(conversation)


def main() -> int:
    """Listen until SIGTERM or SIGINT; exit 1 when the port is taken."""
    parser = argparse.ArgumentParser(description="Keep all mail as files, pass nothing on.")
    parser.add_argument("--directory", type=Path, required=True, help="where the .eml files go")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one and prints it")
    arguments = parser.parse_args()
    # Before it says its port: whoever reads that may ask it to stop at once.
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sink = SmtpSink(arguments.directory, arguments.port)
    try:
        sink.start()
    except OSError as error:
        sys.stderr.write(f"The mail sink cannot listen on port {arguments.port}: {error}\n")
        return 1
    sys.stdout.write(f"{sink.port}\n")
    sys.stdout.flush()
    ended.wait()
    sink.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
