"""Ends what a killed supervisor left behind.

Run by path with its standard input held open by the supervisor. The supervisor writes `add <group> <signal>` and
`drop <group>`; when its end of the pipe closes without `done`, it was killed: every group gets its signal, the
latest first, and after a grace what is left gets SIGKILL. Works on every Unix, for children of children too,
where PR_SET_PDEATHSIG reaches only the child itself and only on Linux.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 15.0


def is_there(group: int) -> bool:
    """Say whether any process of the group lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(groups: dict[int, int]) -> None:
    """Signal the leaders, latest first, wait, then kill what stays. Groups already gone are passed over."""
    for group, number in reversed(groups.items()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(is_there(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def main(leftovers: list[str]) -> None:
    """Follow the supervisor's words until its pipe closes; `leftovers` are files to remove if it was killed."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        word, *numbers = line.split()
        if word == "add":
            groups[int(numbers[0])] = int(numbers[1])
        elif word == "drop":
            groups.pop(int(numbers[0]), None)
        elif word == "remove":
            leftovers.append(line.split(" ", 1)[1].rstrip("\n"))
        elif word == "done":
            return
    end(groups)
    for path in leftovers:
        with contextlib.suppress(OSError):
            os.unlink(path)


if __name__ == "__main__":
    main([])
