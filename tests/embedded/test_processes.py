"""Children end when we do, whatever ends us."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded.locking import InUseError, Lock
from embedded.processes import Child, ChildDiedError, Program, Watchdog
from tests.embedded.conftest import is_alive, kill, wait_until

Supervisor = Callable[[str], "subprocess.Popen[str]"]

STUBBORN_FAMILY = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
time.sleep(600)
"""
SUPERVISE = """
import signal, sys
from pathlib import Path
from embedded.processes import Child, Program, Watchdog
Watchdog.grace = 0.5
log = Path({log!r})
child = Child(Program("family", (sys.executable, "-c", {code!r}), log))
child.start()
Watchdog.mine().remove_when_killed(Path({leftover!r}))
while not log.read_text().endswith("\\n"):
    pass
print(log.read_text().strip(), Watchdog.mine().process.pid, flush=True)
"""


def family(directory: Path) -> Child:
    return Child(Program("family", (sys.executable, "-c", STUBBORN_FAMILY), directory / "log"))


def members(child: Child) -> list[int]:
    assert wait_until(lambda: child.last_lines() != "")
    return [int(pid) for pid in child.last_lines().split()]


def test_stopping_a_child_ends_its_children_too_even_stubborn_ones(tmp_path: Path) -> None:
    child = family(tmp_path)
    child.start()
    pids = members(child)
    child.stop(patience=0.2)
    child.stop()
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_a_child_that_outlived_its_parent_is_ended_with_the_group(tmp_path: Path) -> None:
    child = family(tmp_path)
    child.start()
    parent, orphan = members(child)
    kill(parent)
    assert wait_until(lambda: not child.is_alive)
    assert is_alive(orphan)
    child.kill()
    assert wait_until(lambda: not is_alive(orphan))


def test_a_killed_supervisor_leaves_no_orphan_and_no_file_that_says_it_runs(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    leftover = tmp_path / "running.json"
    leftover.write_text("{}")
    process = supervisor(SUPERVISE.format(log=str(tmp_path / "log"), code=STUBBORN_FAMILY, leftover=str(leftover)))
    assert process.stdout is not None
    *pids, watchdog = [int(pid) for pid in process.stdout.readline().split()]
    assert all(is_alive(pid) for pid in [*pids, watchdog])
    process.kill()
    assert wait_until(lambda: not any(is_alive(pid) for pid in [*pids, watchdog]))
    assert not leftover.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's; elsewhere there is only the watchdog")
def test_with_its_watchdog_killed_as_well_a_child_still_ends(tmp_path: Path, supervisor: Supervisor) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    process = supervisor(SUPERVISE.format(log=str(tmp_path / "log"), code=code, leftover="/nowhere"))
    assert process.stdout is not None
    pid, watchdog = [int(pid) for pid in process.stdout.readline().split()]
    kill(watchdog)
    process.kill()
    assert wait_until(lambda: not is_alive(pid), seconds=5)


def test_a_killed_watchdog_is_replaced_at_the_next_look(tmp_path: Path) -> None:
    child = family(tmp_path)
    child.start()
    try:
        first = Watchdog.mine().process
        first.kill()
        first.wait()
        assert Watchdog.mine().process.pid != first.pid
        assert child.pid in Watchdog.mine().groups
    finally:
        child.stop(patience=0)


def test_a_child_that_ends_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child(Program("grumbler", (sys.executable, "-c", "raise SystemExit('no luck')"), tmp_path / "log"))
    child.start()
    with pytest.raises(ChildDiedError, match="grumbler ended at once \\(1\\):\nno luck"):
        child.wait_until(lambda: False)
    child.kill()


def test_a_program_that_is_not_there_is_reported(tmp_path: Path) -> None:
    child = Child(Program("ghost", ("/no/such/program",), tmp_path / "log"))
    child.start()
    with pytest.raises(ChildDiedError, match="/no/such/program cannot be run: No such file or directory"):
        child.wait_until(lambda: False)
    child.kill()


def test_a_child_that_never_answers_is_reported(tmp_path: Path) -> None:
    child = Child(Program("sleeper", ("sleep", "600"), tmp_path / "log"))
    child.start()
    with pytest.raises(ChildDiedError, match=r"does not answer after 0\.1 s"):
        child.wait_until(lambda: False, patience=0.1)
    child.kill()


def test_a_child_gets_its_own_stop_signal_and_its_standard_input(tmp_path: Path) -> None:
    """Also where we were started by a shell in its background, which ignores SIGINT and SIGQUIT for us."""
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    code = "import signal, sys; print(sys.stdin.read(), flush=True); signal.pause()"
    log = tmp_path / "log"
    child = Child(Program("quitter", (sys.executable, "-c", code), log, stop_signal=signal.SIGQUIT, stdin="secret"))
    child.start()
    assert wait_until(lambda: log.read_text() == "secret\n")
    process = child.process
    assert process is not None
    child.stop()
    signal.signal(signal.SIGQUIT, before)
    assert process.returncode == -signal.SIGQUIT


def test_a_lock_has_one_holder_and_says_who(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    first.acquire()
    first.acquire()
    with pytest.raises(InUseError, match=r"in use by process \d+"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
