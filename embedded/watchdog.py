"""Ends what a killed supervisor left behind.

Run by path with its standard input held open by the supervisor, which writes `add <group> <signal>`,
`drop <group>` and `remove <file>`. When its end of the pipe closes without `done`, it was killed: every group gets
its signal, the latest first, after a grace what is left gets SIGKILL, and the files go. Works on every Unix, for
children of children too, where PR_SET_PDEATHSIG reaches only the child itself and only on Linux.
"""

import contextlib
import os
import signal
import sys
import time


def is_there(group: int) -> bool:
    """Say whether any process of the group lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(groups: dict[int, int], grace: float) -> None:
    """Signal the leaders, latest first, wait, then kill what stays. Groups already gone are passed over."""
    for group, number in reversed(groups.items()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, number)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(is_there(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def main() -> None:
    """Follow the supervisor's words until its pipe closes. The argument: seconds of grace."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    leftovers: list[str] = []
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
    end(groups, float(sys.argv[1]))
    for path in leftovers:
        with contextlib.suppress(OSError):
            os.unlink(path)


if __name__ == "__main__":
    main()
