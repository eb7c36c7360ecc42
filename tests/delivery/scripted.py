"""A mail server that follows a script, line by line: for what no real one would do in a test."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy

PIPELINING = (b"250-server.example", b"250 PIPELINING")


class Talk:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, server: "ScriptedServer") -> None:
        self.connection = connection
        self.server = server
        self.heard = b""

    def _until(self, end: bytes) -> bytes:
        while end not in self.heard:
            received = self.connection.recv(65536)
            if not received:
                raise EOFError
            self.heard += received
        found, self.heard = self.heard.split(end, 1)
        return found

    def line(self) -> bytes:
        """What the client said next."""
        found = self._until(b"\r\n")
        self.server.lines.append(found)
        return found

    def say(self, *lines: bytes) -> None:
        """With line ends."""
        self.connection.sendall(b"".join(line + b"\r\n" for line in lines))

    def hang_up(self) -> None:
        """Without a word."""
        self.connection.close()
        raise EOFError

    def greet(self, *offers: bytes) -> None:
        """Up to and with the answer to EHLO."""
        self.say(b"220 server.example")
        assert self.line().lower().startswith(b"ehlo")
        self.say(*(offers or PIPELINING))

    def command(self, verb: bytes, *answer: bytes) -> bytes:
        """The next command must be this one."""
        line = self.line()
        assert line.upper().startswith(verb), line
        self.say(*answer)
        return line

    def envelope(
        self, mail: bytes = b"250 sender", rcpt: bytes = b"250 recipient", data: bytes = b"354 go on"
    ) -> bytes:
        """MAIL, RCPT and DATA, each with its answer; the recipient."""
        self.command(b"MAIL", mail)
        recipient = self.command(b"RCPT", rcpt)
        self.command(b"DATA", data)
        return recipient.partition(b"<")[2].rstrip(b">")

    def text(self, *answer: bytes) -> bytes:
        """The text of a message, which is kept, and its answer."""
        content = self._until(b"\r\n.\r\n")
        self.server.kept.append(content.replace(b"\r\n..", b"\r\n.") + b"\r\n")
        self.say(*answer)
        return content

    def messages(self, number: int) -> None:
        """So many messages, and all is well."""
        for _ in range(number):
            self.envelope()
            self.text(b"250 kept")

    def rest(self) -> None:
        """Whatever else comes, and all is well."""
        while True:
            line = self.line()
            if line == b"QUIT":
                self.say(b"221 bye")
                self.hang_up()
            self.say(b"354 go on" if line == b"DATA" else b"250 fine")
            if line == b"DATA":
                self.text(b"250 kept")


Script = Callable[[Talk], None]


class ScriptedServer:
    """Each connection follows the next script; the last one goes for all that come after."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.kept: list[bytes] = []
        self.lines: list[bytes] = []
        self.connections = 0
        self.faults: list[BaseException] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    @property
    def recipients(self) -> list[str]:
        """To whom the kept messages are, in order of arrival."""
        return [str(message_from_bytes(each, policy=policy.default)["To"]) for each in self.kept]

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            thread = threading.Thread(target=self._follow, args=(script, connection), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _follow(self, script: Script, connection: socket.socket) -> None:
        connection.settimeout(20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection:
                script(Talk(connection, self))
        except (EOFError, OSError):
            pass
        except BaseException as error:
            self.faults.append(error)

    def stop(self) -> None:
        """Wait for what is under way; a script that was not followed fails here."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(timeout=20)
        assert self.faults == []


@contextlib.contextmanager
def serving(*scripts: Script) -> Iterator[ScriptedServer]:
    """A server that follows these scripts."""
    server = ScriptedServer(*scripts)
    try:
        yield server
    finally:
        server.stop()
