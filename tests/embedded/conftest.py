"""Servers of these tests' own: the suite's shared ones must not be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory for servers; making its data takes a second, so the tests of a module share it."""
    directory = tmp_path_factory.mktemp("postgres")
    yield directory
    Postgres(directory).remove()


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    """A server of this test's own, not started."""
    server = Postgres(home, durable=False)
    yield server
    server.stop()


@pytest.fixture
def supervisor() -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    """Starts a Python process that runs the given code and then waits; what it prints can be read line by line."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}\nimport time\ntime.sleep(600)"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped by init does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    if Path("/proc/self").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it comes to hold within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def kill(pid: int) -> None:
    """As a crash does."""
    os.kill(pid, signal.SIGKILL)
