"""The supervisor: brings back what dies, gives up without its database, stops everything in order and in time."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import supervising
from embedded.processes import Child, Program
from embedded.supervising import Service, StoppedError, Supervisor
from tests.embedded.conftest import kill

LIVES = "import time; print('here', flush=True); time.sleep(600)"
LEAVES_WORD = """
import signal, sys, time
def end(*_):
    open({word!r}, "a").write({name!r} + " ")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("here", flush=True)
time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    found = Supervisor(said.append)
    yield found
    found.hurry = True
    found.stop()


def program(directory: Path, code: str, name: str = "worker") -> Program:
    return Program(name, (sys.executable, "-c", code), directory / f"{name}.log")


def is_here(child: Child) -> bool:
    return child.has_said("here")


def watch_until(supervisor: Supervisor, holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    supervisor.end_early = lambda: holds() or time.monotonic() > deadline
    supervisor.watch()
    assert holds()


def test_what_dies_is_brought_back_and_somebody_is_told(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    changes: list[int] = []
    supervisor.on_change = lambda: changes.append(1)
    service = supervisor.start(program(tmp_path, LIVES), is_here, rank=0)
    supervisor.wait_for_all()
    first = service.child.pid
    kill(first)
    watch_until(supervisor, lambda: service.child.pid not in {0, first} and is_here(service.child))
    assert said == ["worker ended (killed by SIGKILL); starting it again in 1 s. Its last lines:\nhere"]
    assert changes == [1]


def test_what_dies_again_and_again_is_tried_less_and_less_often(tmp_path: Path) -> None:
    child = Child(program(tmp_path, LIVES))
    service = Service(child, lambda: True, 0, lambda: child)
    assert [service.pause() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    service.started_at -= supervising.CALM_AFTER_SECONDS + 1
    assert service.pause() == 1


def test_what_was_adopted_is_brought_back_its_own_way(supervisor: Supervisor, tmp_path: Path) -> None:
    """A server is not started again as it was: what its death left behind is looked at first."""
    children = [Child(program(tmp_path, LIVES, name)) for name in ("first", "second")]
    children[0].start()

    def revive() -> Child:
        children[1].start()
        return children[1]

    supervisor.adopt(children[0], 0, revive)
    kill(children[0].pid)
    watch_until(supervisor, lambda: supervisor.services[0].child is children[1] and is_here(children[1]))


def test_what_cannot_be_brought_back_is_tried_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Service, "pause", lambda self: 0.1)
    child, tries = Child(program(tmp_path, LIVES, "PostgreSQL")), []
    child.start()

    def revive() -> Child:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("No space left on device")
        child.start()
        return child

    supervisor.adopt(child, 0, revive)
    kill(child.pid)
    watch_until(supervisor, lambda: len(tries) == 3 and child.is_alive)
    assert said[1:] == 2 * [
        "PostgreSQL cannot start; starting it again in 0.1 s. Its last lines:\nNo space left on device"
    ]


def test_the_highest_rank_stops_first(supervisor: Supervisor, tmp_path: Path) -> None:
    word = tmp_path / "word"
    for rank, name in enumerate(("database", "broker", "web")):
        code = LEAVES_WORD.format(word=str(word), name=name)
        supervisor.start(program(tmp_path, code, name), is_here, rank)
    supervisor.wait_for_all()
    supervisor.stop()
    supervisor.stop()
    assert word.read_text() == "web broker database "


def test_who_does_not_stop_in_time_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "STOP_PATIENCE_SECONDS", 0.3)
    service = supervisor.start(program(tmp_path, STUBBORN), is_here, rank=0)
    supervisor.wait_for_all()
    began = time.monotonic()
    supervisor.stop()
    assert 0.3 <= time.monotonic() - began < 3
    assert not service.child.is_alive


def test_the_whole_stop_fits_into_25_seconds() -> None:
    assert supervising.STOP_PATIENCE_SECONDS + 2 * supervising.LATER_PATIENCE_SECONDS <= 25


def test_asked_twice_it_does_not_wait(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, STUBBORN), is_here, rank=0)
    supervisor.wait_for_all()
    supervisor._asked(2, None)
    assert not supervisor.hurry
    supervisor._asked(2, None)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 1


def test_the_wish_to_stop_is_heard_while_it_starts(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, LIVES), lambda _: False, rank=0)
    supervisor.stop_asked.set()
    with pytest.raises(StoppedError):
        supervisor.wait_for_all()
