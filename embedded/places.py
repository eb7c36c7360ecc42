"""Where an embedded server keeps its files: in the project, or, for root, where another account can reach them."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from embedded.processes import Account

SOCKET_PATH_LIMIT = 107
"""What fits into sockaddr_un on Linux without its closing NUL; macOS has 103, which is asked for there."""
SOCKET_NAME = ".s.PGSQL.5432"


class UnsafePlaceError(Exception):
    """Somebody else has put something where our directory should be."""


@dataclass(frozen=True)
class Place:
    """A home for one server: its data, its socket, its binaries, and whom it runs as (None: as ourselves)."""

    home: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    def socket_directory(self) -> Path:
        """A private directory for the socket, elsewhere if the path here is longer than a socket's name may be."""
        here = self.home / "run"
        limit = SOCKET_PATH_LIMIT if os.uname().sysname == "Linux" else 103
        if len(os.fsencode(here / SOCKET_NAME)) <= limit:
            return own_directory(here, self.account)
        return own_directory(Path("/tmp") / name_of(self.home), self.account)  # noqa: S108 - ownership is checked

    def remove(self) -> None:
        """Remove everything, a socket directory elsewhere too. The second time does nothing."""
        shutil.rmtree(Path("/tmp") / name_of(self.home), ignore_errors=True)  # noqa: S108
        shutil.rmtree(self.home, ignore_errors=True)


def settle(directory: Path) -> Place:
    """The place for a server whose files belong to `directory`.

    As an ordinary user that is the directory itself. PostgreSQL refuses to run as root, and whom root runs it as
    cannot enter a home of mode 0700, so for root it is a directory under /var/tmp with a name made of the path and
    the owner: it is found again at the next start. A token kept on both sides tells a directory that was removed and
    made anew (a fresh clone at the same path): the old data is then removed too.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Place(directory, None)
    place = Place(Path("/var/tmp") / name_of(directory), nobody())  # noqa: S108 - ownership is checked
    token_file, known = directory / "token", place.home / "token"
    token = token_file.read_text() if token_file.exists() else ""
    if place.home.exists() and (not token or not known.exists() or known.read_text() != token):
        own_directory(place.home, None, mode=0o711)
        place.remove()
    own_directory(place.home, None, mode=0o711)
    if not known.exists():
        token = secrets.token_hex(16)
        for file in (known, token_file):
            file.write_text(token)
            file.chmod(0o600)
        (place.home / "belongs-to").write_text(f"{directory.resolve()}\n")
    return place


def name_of(directory: Path) -> str:
    """A short name, the same for the same path and owner."""
    identity = f"{os.geteuid()}:{directory.resolve()}"
    return f"twothirds-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def nobody() -> Account:
    """The account that exists on every Unix and owns nothing. Raises UnsafePlaceError where it does not exist."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise UnsafePlaceError(
            "PostgreSQL does not run as root, and there is no account 'nobody' to run it as. "
            "Run this as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def own_directory(path: Path, account: Account | None, mode: int = 0o700) -> Path:
    """Make the directory, or make sure that it is ours: /tmp and /var/tmp are open to everyone.

    Raises UnsafePlaceError when another account owns it or a link stands there.
    """
    owner = account.uid if account else os.geteuid()
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise UnsafePlaceError(f"{path} is not a directory of ours; remove it.") from None
    else:
        if account:
            os.chown(path, account.uid, account.gid)
    path.chmod(mode)
    return path
