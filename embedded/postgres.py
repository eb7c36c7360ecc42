"""An embedded PostgreSQL: one directory, one Unix socket, no TCP, no account made, nothing else touched."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from embedded import binaries, places
from embedded.locking import Lock
from embedded.processes import Child, ChildDiedError, Program

ROLE = "twothirds"
PORT = "5432"
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "shared_buffers=128MB",
    "max_wal_size=512MB",
    "log_timezone=UTC",
    "timezone=UTC",
    "log_line_prefix=%m [%p] ",
)


class Postgres:
    """One server over one directory. `durable=False` gives up safety against power cuts for speed: for tests only.

    After a start `is_new` says whether the data was made by it.
    """

    def __init__(self, directory: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.durable = durable
        self.log = log or self.directory / "postgres.log"
        self.lock = Lock(self.directory / "lock")
        self.child: Child | None = None
        self.sockets: Path | None = None
        self.place: places.Place | None = None
        self.is_new = False

    def start(self) -> None:
        """Start the server and wait until it answers; make its data the first time. Does nothing while it runs.

        What a crash left (postmaster.pid, a server without its supervisor) does not stop it. Raises InUseError when
        another process runs a server here, NoPostgresError without binaries, ChildDiedError with the end of the log.
        """
        self.launch()
        self.wait()

    def launch(self) -> Child:
        """The first half of start(): everything but the waiting. Answers the child that runs."""
        if self.child is not None and self.child.is_alive:
            return self.child
        self.lock.acquire()
        try:
            return self._launch()
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """The second half of start(): wait for the answer. Raises ChildDiedError with the end of the log."""
        assert self.child is not None  # noqa: S101 - launch() comes first
        try:
            self.child.wait_until(self._is_ready)
        except ChildDiedError:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down cleanly: sessions are ended, what is committed is kept. The second time does nothing."""
        if self.child is not None:
            self.child.stop(patience=15)
            self.child = None
        self.lock.release()

    def remove(self) -> None:
        """Stop and remove all data. The second time does nothing."""
        self.stop()
        places.settle(self.directory).remove()

    def url(self, database: str) -> str:
        """The URL of a database on this server, for Django and for libpq. The server must have been started."""
        assert self.sockets is not None  # noqa: S101 - start() comes first
        return f"postgresql:///{quote(database, safe='')}?host={quote(str(self.sockets), safe='')}&user={ROLE}"

    def create_database(self, name: str) -> bool:
        """Make the database; False when it is there already."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:
                return False
        return True

    def _launch(self) -> Child:
        self.place = places.settle(self.directory)
        programs = binaries.find()
        if self.place.account is not None:
            programs = binaries.copy_to(self.place.home, programs)
        if not (self.place.data / "PG_VERSION").exists():
            self._make_data(programs)
        self.sockets = self.place.socket_directory()
        stranger = self._deal_with_leftover()
        end_orphans(self.place.data)
        self.child = Child(self._program(programs, stranger))
        self.child.start()
        return self.child

    def _program(self, programs: binaries.Binaries, stranger: int) -> Program:
        assert self.place is not None  # noqa: S101 - _launch() sets both
        settings = [*SETTINGS, f"unix_socket_directories={self.sockets}", *(() if self.durable else FORGETFUL)]
        options = [part for setting in settings for part in ("-c", setting)]
        return Program(
            name="PostgreSQL",
            command=(programs.postgres, "-D", str(self.place.data), "-p", PORT, *options),
            log=self.log,
            # PostgreSQL takes a lock file whose number is that of its "grandparent" for stale (pg_ctl uses this).
            env={**clean_environment(), **({"PG_GRANDPARENT_PID": str(stranger)} if stranger else {})},
            directory=Path("/"),
            stop_signal=signal.SIGINT,
            account=self.place.account,
        )

    def _make_data(self, programs: binaries.Binaries) -> None:
        """Run initdb beside the final place and rename: an interrupted one leaves no half-made data directory."""
        assert self.place is not None  # noqa: S101 - _launch() sets it
        half = Child(self._initdb(programs, self.place))
        half.start()
        assert half.process is not None  # noqa: S101 - just started
        code = half.process.wait(timeout=120)
        half.kill()
        if code != 0:
            raise ChildDiedError(f"initdb failed ({code}):\n{half.last_lines()}")
        half_made(self.place).rename(self.place.data)
        self.is_new = True

    def _initdb(self, programs: binaries.Binaries, place: places.Place) -> Program:
        for leftover in (half_made(place), place.data):
            shutil.rmtree(leftover, ignore_errors=True)
        places.own_directory(half_made(place), place.account)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if programs.major() >= 17 else ["--locale=C"]
        options = [*locale, "--encoding=UTF8", "--auth=trust", f"--username={ROLE}", "--no-instructions"]
        if not self.durable:
            options.append("--no-sync")
        return Program(
            name="initdb",
            command=(programs.initdb, "-D", str(half_made(place)), *options),
            log=self.log,
            env=clean_environment(),
            directory=Path("/"),
            account=place.account,
        )

    def _deal_with_leftover(self) -> int:
        """Stop a server of ours that lost its supervisor. Answers the number of a stranger named in postmaster.pid."""
        assert self.place is not None  # noqa: S101 - _launch() sets it
        pid = self._lines_of_pid_file()[:1]
        number = int(pid[0]) if pid and pid[0].isdigit() else 0
        if number and runs_server_over(number, self.place.data):
            # We hold the lock of this directory, so nobody looks after this server any more.
            os.kill(number, signal.SIGINT)
            deadline = time.monotonic() + 20
            while runs_server_over(number, self.place.data) and time.monotonic() < deadline:
                time.sleep(0.05)
        return number if number and exists(number) else 0

    def _lines_of_pid_file(self) -> list[str]:
        assert self.place is not None  # noqa: S101 - _launch() sets it
        with contextlib.suppress(OSError):
            return [line.strip() for line in (self.place.data / "postmaster.pid").read_text().splitlines()]
        return []

    def _is_ready(self) -> bool:
        assert self.child is not None  # noqa: S101 - wait() looked
        lines = self._lines_of_pid_file()
        return len(lines) >= 8 and lines[0] == str(self.child.pid) and lines[7] == "ready"


def half_made(place: places.Place) -> Path:
    """Where initdb works until it is done."""
    return place.home / "data-half-made"


def clean_environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no PG* variable, no locale it may not know."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def exists(pid: int) -> bool:
    """Whether there is such a process, ours or not; one that ended and was not reaped counts for PostgreSQL too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def runs_server_over(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL over this data directory, and not another that got its number."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.fsencode(data) in words
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    answer = subprocess.run(ps, capture_output=True, text=True, check=False)
    return f"-D {data} " in answer.stdout


def end_orphans(data: Path) -> None:
    """End sessions that outlived a killed server: while one computes, no new server starts over the same data.

    They see the server's death when they next wait for something. Linux only; elsewhere the next try finds them gone.
    """
    here = str(data.resolve())
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_postgres = Path(os.readlink(process / "exe").removesuffix(" (deleted)")).name == "postgres"
            if is_postgres and os.readlink(process / "cwd") == here:
                os.kill(int(process.name), signal.SIGKILL)
