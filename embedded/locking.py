"""One owner for a directory, as long as the owner lives."""

import fcntl
import os
from pathlib import Path
from typing import TextIO


class InUseError(Exception):
    """Another living process holds the lock; the message says which."""


class Lock:
    """A flock on a file: the kernel lets go of it when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock; does nothing when it is ours already. Raises InUseError when it is another's."""
        if self.file is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise InUseError(f"{self.path.parent} is in use by process {holder}.") from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self.file = file

    def release(self) -> None:
        """Let go; the second time does nothing. The file stays: removing it would let two processes lock two files."""
        if self.file is not None:
            self.file.close()
            self.file = None
