"""Becomes another program that dies with its parent: `python -I -S launch.py <parent> <signal> <account> <program>`.

The kernel forgets PR_SET_PDEATHSIG when a process changes its user, so the order is: change user, ask for the
signal, look whether the parent is still there, exec. A launcher is used rather than preexec_fn because the parent
may have threads, and Python code between fork and exec can dead-lock then.
"""

import ctypes
import os
import signal as signals
import sys

PR_SET_PDEATHSIG = 1


def become(account: str) -> None:
    """Give up root for `uid:gid`; `-` keeps the user."""
    if account == "-":
        return
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def listen_to_signals() -> None:
    """A shell that starts us in its background has us ignore these two, and so would the program."""
    signals.signal(signals.SIGINT, signals.SIG_DFL)
    signals.signal(signals.SIGQUIT, signals.SIG_DFL)


def die_with(parent: int, signal: int) -> None:
    """Ask the kernel for the signal when the parent's starting thread ends (Linux; elsewhere the watchdog does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        sys.exit("The parent was gone before this child began.")


def main() -> None:
    """Never returns: the process becomes the program, whose path must be whole.

    After `become` nothing may be imported: the new account may not be able to read Python's library.
    """
    parent, signal, account, *program = sys.argv[1:]
    listen_to_signals()
    become(account)
    die_with(int(parent), int(signal))
    try:
        os.execv(program[0], program)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{program[0]} cannot be run: {error.strerror}\n".encode())
        os._exit(127)


if __name__ == "__main__":
    main()
