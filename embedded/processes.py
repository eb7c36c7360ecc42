"""Child processes that end when we do, whatever ends us."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent


class ChildDiedError(Exception):
    """A child ended before it was ready; the message carries the last lines of its log."""


@dataclass(frozen=True)
class Account:
    """Whom a child runs as, when we are root and it must not be."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """What to run and how to end it."""

    name: str
    command: tuple[str, ...]
    log: Path
    env: Mapping[str, str] | None = None
    directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    stdin: str | None = field(default=None, repr=False)


class Watchdog:
    """The helper process that ends our children when we are killed. One for each supervising process."""

    grace = 15.0
    _mine: "Watchdog | None" = None

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.groups: dict[int, int] = {}
        self.leftovers: list[Path] = []
        self.process = self._start()
        atexit.register(self.dismiss)

    @classmethod
    def mine(cls) -> "Watchdog":
        """The watchdog of this process; started at the first call, and again if it was killed."""
        if cls._mine is None or cls._mine.owner != os.getpid():
            cls._mine = cls()
        cls._mine.revive()
        return cls._mine

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(HERE / "watchdog.py"), str(self.grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def revive(self) -> None:
        """Start it again and tell it everything, if somebody ended it. Does nothing while it lives."""
        if self.process.poll() is None:
            return
        self._close()
        self.process = self._start()
        for group, number in self.groups.items():
            self._say(f"add {group} {number}")
        for path in self.leftovers:
            self._say(f"remove {path}")

    def watch(self, group: int, stop_signal: int) -> None:
        """End this group if we are killed."""
        self.groups[group] = stop_signal
        self._say(f"add {group} {stop_signal}")

    def forget(self, group: int) -> None:
        """The group has ended; its number may become another's."""
        if self.groups.pop(group, None) is not None:
            self._say(f"drop {group}")

    def remove_when_killed(self, path: Path) -> None:
        """Remove this file if we are killed: it says that we run. The second time does nothing."""
        if path not in self.leftovers:
            self.leftovers.append(path)
            self._say(f"remove {path}")

    def dismiss(self) -> None:
        """End it, when nothing is watched any more. The next child brings a new one."""
        if self.groups or self.owner != os.getpid() or type(self)._mine is not self:
            return
        self._say("done")
        self._close()
        self.process.wait()
        type(self)._mine = None

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def _close(self) -> None:
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()


class Child:
    """A program of ours while it runs: its own process group, its own log, its end tied to ours."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self._log_began_at = 0

    @property
    def pid(self) -> int:
        """The process's number, which is its group's too; 0 before the first start."""
        return self.process.pid if self.process else 0

    @property
    def is_alive(self) -> bool:
        """Whether the program itself still runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def returncode(self) -> int | None:
        """How it ended: None while it runs."""
        return self.process.poll() if self.process else None

    def start(self) -> None:
        """Start the program; does nothing while it runs.

        Call it from a thread that stays: Linux ends the child together with the thread that started it.
        A program that cannot be run ends with 127 and says so in its log.
        """
        if self.is_alive:
            return
        program = self.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        account = f"{program.account.uid}:{program.account.gid}" if program.account else "-"
        launch = (sys.executable, "-I", "-S", str(HERE / "launch.py"), str(os.getpid()))
        command = (shutil.which(program.command[0]) or program.command[0], *program.command[1:])
        with program.log.open("ab") as log:
            self._log_began_at = log.tell()
            self.process = subprocess.Popen(
                [*launch, str(int(program.stop_signal)), account, *command],
                stdin=subprocess.DEVNULL if program.stdin is None else subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(program.env) if program.env is not None else None,
                cwd=program.directory,
                start_new_session=True,
            )
        Watchdog.mine().watch(self.process.pid, program.stop_signal)
        if program.stdin is not None:
            self._feed(program.stdin)

    def _feed(self, text: str) -> None:
        assert self.process is not None  # noqa: S101 - only start() calls this
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(text.encode())
            self.process.stdin.close()

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once; does nothing when it has ended."""
        if self.process is not None and self.is_alive:
            self.process.send_signal(self.program.stop_signal)

    def stop(self, patience: float = 20.0) -> None:
        """Ask, wait, then kill it with all its children. The second time does nothing."""
        if self.process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience)
        self.kill()

    def kill(self) -> None:
        """Kill the group without asking: children that outlived their parent too. The second time does nothing."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        Watchdog.mine().forget(self.process.pid)
        self.process = None

    def has_said(self, words: str) -> bool:
        """Whether the words stand in its log since its last start."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_began_at)
            return words.encode() in log.read()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        if not self.program.log.exists():
            return ""
        with self.program.log.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - 16_384))
            lines = log.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-count:])

    def wait_until(self, is_ready: Callable[[], bool], patience: float = 60.0) -> None:
        """Wait until it answers. Raises ChildDiedError if it ends first or takes longer."""
        deadline = time.monotonic() + patience
        while not is_ready():
            if not self.is_alive:
                raise ChildDiedError(f"{self.program.name} ended at once ({self.returncode}):\n{self.last_lines()}")
            if time.monotonic() > deadline:
                raise ChildDiedError(f"{self.program.name} does not answer after {patience:g} s:\n{self.last_lines()}")
            time.sleep(0.02)
