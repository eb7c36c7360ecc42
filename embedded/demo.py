"""`make demo`: everything that the main job needs, from nothing, in the foreground (`python -m embedded.demo`)."""

import argparse
import contextlib
import ctypes
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded import binaries, commands, fingerprints, keys, places, valkey
from embedded.announcing import Announcement, write_environment
from embedded.locking import InUseError, Lock
from embedded.ports import LOOPBACK, answers, free_port, is_taken
from embedded.postgres import Postgres
from embedded.processes import Child, ChildDiedError, Program, Watchdog
from embedded.supervising import Say, StoppedError, Supervisor
from embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
DATABASE, BROKER, MAIL, HOUSE = range(4)
"""Ranks: the house stops first, the database last."""
PID_NAMES = {
    "PostgreSQL": "postgres",
    "Valkey": "valkey",
    "mail sink": "smtp_sink",
    "web": "web",
    "worker": "worker",
    "mailer": "mailer",
    "beat": "beat",
}
PR_SET_PDEATHSIG = 1
A_DAY = 24 * 60 * 60
TROUBLES = (ChildDiedError, binaries.NoPostgresError, valkey.NoValkeyError, places.UnsafePlaceError)


@dataclass(frozen=True)
class Options:
    """Where a demo lives and listens. Port 0 takes a free one."""

    var: Path
    port: int
    host: str = LOOPBACK
    may_use_network: bool = True


class Demo:
    """One demo. start() returns when everything answers; then either watch() or use it; stop() in any case."""

    def __init__(self, options: Options, say: Say, end_early: Callable[[], bool] = lambda: False) -> None:
        self.var = options.var.absolute()
        self.options = options
        self.port = options.port or free_port()
        self.say = say
        self.began = time.monotonic()
        self.lock = Lock(self.var / "lock")
        self.supervisor = Supervisor(say, end_early)
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.smtp_port: int | None = None
        self.errands: list[Child] = []
        self.env: dict[str, str] = {}
        self.accounts: dict[str, object] = {}

    @property
    def url(self) -> str:
        """Where the site answers."""
        host = LOOPBACK if self.options.host in {"0.0.0.0", "::"} else self.options.host  # noqa: S104 - only compared
        return os.environ.get("SITE_URL", f"http://{host}:{self.port}")

    def start(self) -> None:
        """Start everything and wait until it answers. The second start over the same `var` takes a few seconds.

        Raises InUseError when a demo runs over this `var`, OSError when the port is taken, one of TROUBLES with the
        reason when something cannot be started, StoppedError when somebody lost patience.
        """
        self.lock.acquire()
        self._put_old_logs_aside()
        if is_taken(self.port, self.options.host):
            raise OSError(f"Port {self.port} is taken. Choose another one: make demo PORT={self.port + 1}")
        self._start_servers()
        self.env = self._environment()
        self._start_sink()
        print_of_now, is_prepared = fingerprints.of_project(), self.var / "prepared"
        everything = self._is_unprepared(print_of_now, is_prepared)
        errand = self._errand("preparing", commands.preparing(self.var / "accounts.json", everything=everything))
        if everything:
            self.say("Preparing the database and the static files; the next start has no need to ...")
            self._finish(errand)
            is_prepared.write_text(print_of_now)
        self._start_house()
        self._finish(errand)
        self.accounts = self._read_accounts()
        self.supervisor.wait_for_all()
        # Nobody waits for a mailing or an errand in the first second, so nobody waits for its worker either.
        self._run("mailer", commands.mailer(), lambda _: True, HOUSE)
        self._announce()

    def watch(self) -> None:
        """Stay until somebody asks to stop; whatever dies meanwhile comes back."""
        self._refresh_facts()
        self.supervisor.on_change = self._announce
        self.supervisor.watch()

    def stop(self) -> None:
        """Stop everything in order, within 25 s. The second time does nothing."""
        for name in ("demo.json", "demo.env"):
            (self.var / name).unlink(missing_ok=True)
        for errand in self.errands:
            errand.kill()
        self.supervisor.stop()
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        self.lock.release()

    def _start_servers(self) -> None:
        """PostgreSQL and Valkey at the same time, unless the environment names servers to use instead."""
        if "DATABASE_URL" not in os.environ:
            self.postgres = Postgres(self.var / "postgres", log=self._log("postgres"))
        if "REDIS_URL" not in os.environ:
            self.valkey = Valkey(self.var / "valkey", log=self._log("valkey"))
            self.valkey.launch()
        if self.postgres:
            self.postgres.start()
            if self.postgres.is_new or not (self.var / "prepared").exists():
                self.postgres.create_database("twothirds")
            self.supervisor.adopt(self.postgres.launch(), DATABASE, self.postgres.launch)
        if self.valkey:
            self.valkey.start()
            self.supervisor.adopt(self.valkey.launch(), BROKER, self.valkey.launch)

    def _start_sink(self) -> None:
        if "EMAIL_URL" in os.environ:
            return
        port = self.smtp_port = free_port()
        self.env["EMAIL_URL"] = f"smtp://{LOOPBACK}:{port}"
        self._run("mail sink", commands.sink(Path(self.env["INBOX_DIR"]), port), lambda _: answers(port), MAIL)

    def _start_house(self) -> None:
        self._run("web", commands.web(self.options.host, self.port), lambda _: self._web_answers(), HOUSE)
        self._run("worker", commands.worker(), lambda child: child.has_said(" ready."), HOUSE)
        self._run("beat", commands.beat(), lambda child: child.has_said("beat: Starting"), HOUSE)

    def _run(self, name: str, command: tuple[str, ...], is_ready: Callable[[Child], bool], rank: int) -> None:
        self.supervisor.start(Program(name, command, self._log(name), self.env, ROOT), is_ready, rank)

    def _errand(self, name: str, command: tuple[str, ...]) -> Child:
        """Start something that ends by itself."""
        errand = Child(Program(name, command, self._log(name), self.env, ROOT))
        errand.start()
        self.errands.append(errand)
        return errand

    def _finish(self, errand: Child) -> None:
        """Wait for an errand's end. Raises ChildDiedError with its last words when it failed."""
        self.supervisor.wait_for(errand, lambda: not errand.is_alive, patience=300)
        if errand.returncode:
            raise ChildDiedError(f"{errand.program.name} failed ({errand.returncode}):\n{errand.last_lines()}")

    def _refresh_facts(self) -> None:
        """Try once a day, in the background, and say nothing: without a network the shipped facts stand."""
        tried = self.var / "facts-tried"
        if self.options.may_use_network and (not tried.exists() or time.time() - tried.stat().st_mtime > A_DAY):
            tried.touch()
            for name in ("sync_legislators", "sync_committees", "sync_zips", "sync_districts"):
                self._errand(name, commands.manage(name))

    def _put_old_logs_aside(self) -> None:
        """Logs are of this start; those of the one before stay one more time."""
        for log in (self.var / "log").glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _log(self, name: str) -> Path:
        return self.var / "log" / f"{name.replace(' ', '-')}.log"

    def _environment(self) -> dict[str, str]:
        """Ours, and what the user's own environment says wins."""
        ours = keys.kept_in(self.var / "secrets.json")
        ours |= {"SITE_URL": self.url, "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]", "PYTHONUNBUFFERED": "1"}
        # Offices of the sandbox have addresses that no mail server delivers to; workers end before our patience does.
        ours |= {"INBOX_DIR": str(self.var / "mail"), "SANDBOX_OFFICES": "True", "WORKER_STOP_SECONDS": "13"}
        ours |= {"POSTAL_ADDRESS": "1 Demo Street, Exampleville"}  # without one no mailing leaves
        if self.postgres:
            ours["DATABASE_URL"] = self.postgres.url("twothirds")
        if self.valkey:
            ours["REDIS_URL"] = self.valkey.url()
        return ours | dict(os.environ)

    def _is_unprepared(self, print_of_now: str, is_prepared: Path) -> bool:
        """Whether the schema, the shipped data or the static files may be behind the project's files."""
        known = is_prepared.read_text() if is_prepared.exists() else ""
        static = (ROOT / "var" / "static" / "staticfiles.json").exists()
        return known != print_of_now or not static or self.postgres is None or self.postgres.is_new

    def _read_accounts(self) -> dict[str, object]:
        path = self.var / "accounts.json"
        accounts: dict[str, object] = json.loads(path.read_text())
        path.unlink()
        return accounts

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            return connection.getresponse().status < 500
        return False

    def _announce(self) -> None:
        """Write what scripts read; again when a process was replaced."""
        for name in ("demo.json", "demo.env"):
            Watchdog.mine().remove_when_killed(self.var / name)
        write_environment(self.var / "demo.env", self.env)
        self.announcement().write(self.var / "demo.json")

    def announcement(self) -> Announcement:
        """What there is to know about this demo."""
        organizer, second = self.accounts["organizer"], self.accounts["second_organizer"]
        assert isinstance(organizer, dict)  # noqa: S101 - demo_accounts' own form
        assert isinstance(second, dict)  # noqa: S101
        pids = {PID_NAMES[service.name]: service.child.pid for service in self.supervisor.services}
        return Announcement(
            url=self.url,
            inbox_url=f"{self.url}/dev/inbox" if self.smtp_port else None,
            organizer={"email": organizer["email"], "password": organizer["password"]},
            second_organizer={"email": second["email"], "password": second["password"]},
            api_key=str(self.accounts["api_key"]),
            database_url=self.env["DATABASE_URL"],
            redis_url=self.env["REDIS_URL"],
            smtp_port=self.smtp_port,
            pids={"supervisor": os.getpid(), **pids},
        )


def run(options: Options, *, end_with_parent: bool) -> int:
    """Run a demo until it is stopped: 0 then, 1 when it could not start or could not go on."""
    demo = Demo(options, say, parent_watch() if end_with_parent else lambda: False)
    try:
        demo.lock.acquire()
    except InUseError as error:
        say(f"A demo runs here already: {error} Its addresses are in {demo.var / 'demo.json'}.")
        return 1
    demo.supervisor.listen()
    trouble = ""
    try:
        demo.start()
        say(demo.announcement().text(time.monotonic() - demo.began, demo.var / "log"))
        demo.watch()
        say("Stopping ...")
    except StoppedError:
        say("Stopping before everything was up ...")
    except (OSError, *TROUBLES) as error:
        trouble = str(error)
    finally:
        demo.stop()
    if trouble:
        say(trouble)
    return 1 if trouble else 0


def parent_watch() -> Callable[[], bool]:
    """Tells whether our parent is gone: a killed `make` must take its demo along. Linux also sends us SIGTERM then."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return lambda: os.getppid() != parent


def say(text: str) -> None:
    """To the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Run the whole house in the foreground; Ctrl-C stops all of it.")
    parser.add_argument("--check", action="store_true", help="do the main job once and exit 0 or 1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="default: PORT, or 8000")
    parser.add_argument("--host", default=os.environ.get("HOST", LOOPBACK), help="default: HOST, or 127.0.0.1")
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="where everything is kept")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the process that started us ends")
    arguments = parser.parse_args()
    if arguments.check:
        from embedded import check

        return check.main()
    options = Options(arguments.var, arguments.port, arguments.host)
    return run(options, end_with_parent=arguments.end_with_parent)


if __name__ == "__main__":
    sys.exit(main())
