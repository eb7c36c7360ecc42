"""A mail server that keeps up with every contestant: SMTP with PIPELINING on one port, its books on another.

`python -m bench.mail_sink` prints both ports. The books answer words of one line: `count`, `take` (every message with
its recipient, and forget them), `forget`, and `light` (from now on only the recipients are kept).
"""

import asyncio
import os
import re
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
END = b"\r\n.\r\n"
GREETING = b"250-sink.localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 33554432\r\n250 ENHANCEDSTATUSCODES\r\n"
_ADDRESS = re.compile(rb"<([^<>\s]*)>")
_SIZES = struct.Struct("!II")


class Books:
    """What arrived, in its order."""

    def __init__(self) -> None:
        self.arrived: list[tuple[bytes, bytes]] = []
        self.is_light = False

    def note(self, recipient: bytes, content: bytes) -> None:
        """One message was taken."""
        self.arrived.append((recipient, b"" if self.is_light else content))


class Conversation(asyncio.Protocol):
    """One SMTP connection. Answers to commands that came in one piece leave in one piece."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.heard = b""
        self.recipients: list[bytes] = []
        self.has_sender = self.is_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink.localhost ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Go as far as what is here reaches."""
        heard = self.heard + data if self.heard else data
        said: list[bytes] = []
        at = 0
        while True:
            if self.is_text:
                # A text may end at its very start: then the line break before the dot is that of DATA.
                end = at - 2 if heard.startswith(b".\r\n", at) else heard.find(END, at)
                if end < 0 and not heard.startswith(b".\r\n", at):
                    break
                said.append(self._take(heard[at : max(at, end)]))
                at = end + 5
            else:
                end = heard.find(b"\r\n", at)
                if end < 0:
                    break
                said.append(self._answer(heard[at:end]))
                at = end + 2
        self.heard = heard[at:]
        if said:
            self.transport.write(b"".join(said))
        if said and said[-1].startswith(b"221"):
            self.transport.close()

    def _take(self, content: bytes) -> bytes:
        """The server's word on a text; the books hold one line for each recipient."""
        self.is_text = self.has_sender = False
        for recipient in self.recipients:
            self.books.note(recipient, content)
        self.recipients = []
        return b"250 2.0.0 Kept\r\n"

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            return self._mail(line)
        if verb == b"RCPT":
            return self._rcpt(line)
        if verb == b"DATA":
            if not self.recipients:
                return b"503 5.5.1 Nobody to give it to\r\n"
            self.is_text = True
            return b"354 Go on\r\n"
        if verb == b"RSET":
            self.recipients, self.has_sender = [], False
        plain = {b"EHLO": GREETING, b"HELO": b"250 sink.localhost\r\n", b"QUIT": b"221 2.0.0 Bye\r\n"}
        is_known = verb in {b"RSET", b"NOOP"}
        return plain.get(verb, b"250 2.0.0 OK\r\n" if is_known else b"500 5.5.2 What?\r\n")

    def _mail(self, line: bytes) -> bytes:
        if self.has_sender or not _ADDRESS.search(line):
            return b"503 5.5.1 One sender\r\n"
        self.has_sender = True
        return b"250 2.1.0 OK\r\n"

    def _rcpt(self, line: bytes) -> bytes:
        found = _ADDRESS.search(line)
        if not self.has_sender or not found:
            return b"503 5.5.1 A sender first\r\n"
        self.recipients.append(found[1])
        return b"250 2.1.5 OK\r\n"


async def _keep_books(books: Books, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while word := (await reader.readline()).decode().strip():
        if word == "light":
            books.is_light = True
        writer.write(struct.pack("!I", len(books.arrived)))
        if word == "take":
            for recipient, content in books.arrived:
                writer.write(_SIZES.pack(len(recipient), len(content)) + recipient + content)
                await writer.drain()
        if word in {"take", "forget"}:
            books.arrived = []
        await writer.drain()
    writer.close()


async def _serve() -> None:
    books, loop = Books(), asyncio.get_running_loop()
    mail = await loop.create_server(lambda: Conversation(books), LOOPBACK, 0, backlog=128)
    keeper = await asyncio.start_server(lambda *ends: _keep_books(books, *ends), LOOPBACK, 0)
    ports = [server.sockets[0].getsockname()[1] for server in (mail, keeper)]
    sys.stdout.write(f"{ports[0]} {ports[1]}\n")
    sys.stdout.flush()
    await loop.create_future()


@dataclass(frozen=True)
class Sink:
    """The running sink: where to send, and what arrived."""

    port: int
    books: int
    pid: int

    def count(self) -> int:
        """How many arrived since they were last taken."""
        with self._ask("count") as answer:
            return _number(answer)

    def forget(self, *, light: bool = False) -> None:
        """Begin anew; `light` keeps recipients only from now on."""
        for word in (("light",) if light else ()) + ("forget",):
            with self._ask(word) as answer:
                _number(answer)

    def take(self) -> list[tuple[str, bytes]]:
        """Recipient and content of each message; then they are forgotten."""
        with self._ask("take") as answer:
            sizes = (_SIZES.unpack(_exactly(answer, _SIZES.size)) for _ in range(_number(answer)))
            return [(_exactly(answer, first).decode(), _exactly(answer, second)) for first, second in sizes]

    @contextmanager
    def _ask(self, word: str) -> Iterator[BufferedReader]:
        with socket.create_connection((LOOPBACK, self.books), timeout=120) as connection:
            connection.sendall(f"{word}\n".encode())
            with connection.makefile("rb") as answer:
                yield answer


def _number(answer: BufferedReader) -> int:
    return int(struct.unpack("!I", _exactly(answer, 4))[0])


def _exactly(answer: BufferedReader, size: int) -> bytes:
    content = answer.read(size)
    if len(content) != size:
        raise RuntimeError("the sink hung up")
    return content


@contextmanager
def running(log: Path) -> Iterator[Sink]:
    """The sink in a process of its own, until the block ends."""
    from embedded.processes import Child, Program

    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    child = Child(Program("mail sink", (sys.executable, "-m", "bench.mail_sink"), log, env, ROOT))
    child.start()
    try:
        child.wait_until(lambda: log.exists() and b"\n" in log.read_bytes())
        mail, books = (int(port) for port in log.read_text().split()[:2])
        yield Sink(mail, books, child.pid)
    finally:
        child.stop()


if __name__ == "__main__":
    asyncio.run(_serve())
