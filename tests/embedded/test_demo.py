"""`make demo`, as it is used and as it is killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.smtp_sink import SmtpSink
from embedded.stranger import Stranger
from embedded.valkey import Valkey
from tests.embedded.conftest import ROOT, is_alive, kill, wait_until

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "INBOX_DIR", "SITE_URL", "ALLOWED_HOSTS", "STATIC_STORAGE"}
OF_THE_TESTS |= {"SECRET_KEY", "SEALING_KEYS", "MAILBOX_KEY", "SANDBOX_OFFICES", "LOG_LEVEL", "DJANGO_SETTINGS_MODULE"}

Start = Callable[..., "Running"]


class Running:
    """A demo in a process of its own."""

    def __init__(self, var: Path, port: int, *words: str, **settings: str) -> None:
        self.var, self.port = var, port
        self.log = var.with_suffix(".out")
        env = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS} | settings
        command = [sys.executable, "-m", "embedded.demo", f"--var={var}", f"--port={port}", *words]
        self.began = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)

    def wait(self) -> dict[str, Any]:
        """What a script reads when everything answers."""
        file = self.var / "demo.json"
        assert wait_until(lambda: file.exists() or self.process.poll() is not None, 120)
        assert file.exists(), self.log.read_text()
        return dict(json.loads(file.read_text()))

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Shared by the tests: only the first start makes everything."""
    directory = tmp_path_factory.mktemp("demo") / "var"
    yield directory
    Postgres(directory / "postgres").remove()


@pytest.fixture
def start(var: Path) -> Iterator[Start]:
    running: list[Running] = []

    def _start(*words: str, port: int = 0, var: Path = var, **settings: str) -> Running:
        running.append(Running(var, port or free_port(), *words, **settings))
        return running[-1]

    yield _start
    for demo in running:
        if demo.process.poll() is None:
            demo.process.send_signal(signal.SIGINT)
            demo.process.wait(timeout=40)


def family(pid: int) -> set[int]:
    """The process and all that it started, and they."""
    found = {pid}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found |= family(int(child))
    return found


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        return get(url) == 200
    return False


def sign(url: str, email: str = "zebulon.quux@example.org") -> None:
    person = {"given_name": "Zebulon", "family_name": "Quux", "email": email}
    stranger = Stranger()
    petition = stranger.open(stranger.open(f"{url}/").links_to("/petitions/")[0])
    answer = stranger.submit(petition.form_with("email"), **person, state="OR", postal_code="97201")
    assert answer.status == 200, answer.text


def test_it_tells_scripts_everything_answers_and_stops_on_ctrl_c(start: Start, var: Path) -> None:
    demo = start()
    told = demo.wait()
    keys = {"url", "inbox_url", "organizer", "second_organizer", "api_key", "database_url", "redis_url", "smtp_port"}
    assert set(told) == keys | {"pids"}
    assert set(told["pids"]) == {"supervisor", "postgres", "valkey", "smtp_sink", "web", "worker", "mailer", "beat"}
    assert told["organizer"]["password"] != told["second_organizer"]["password"]
    for name in ("demo.json", "demo.env", "secrets.json"):
        assert (var / name).stat().st_mode & 0o777 == 0o600
    assert get(told["url"] + "/") == get(told["inbox_url"]) == 200
    assert told["organizer"]["password"] in demo.said()
    assert told["api_key"] in demo.said()
    members = family(demo.process.pid)
    assert len(members) > 10
    began = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(timeout=40) == 0
    assert time.monotonic() - began < 25
    assert not [pid for pid in members if is_alive(pid)]
    assert not (var / "demo.json").exists()
    assert not (var / "demo.env").exists()


def test_the_second_start_takes_five_seconds_at_most(start: Start) -> None:
    """The best of three: a change of the project's files between two starts makes one prepare everything anew."""
    seconds = []
    for _ in range(3):
        demo = start()
        demo.wait()
        seconds.append(time.monotonic() - demo.began)
        demo.process.send_signal(signal.SIGTERM)
        demo.process.wait(timeout=40)
    assert min(seconds) <= 5, seconds


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_works(start: Start, var: Path) -> None:
    demo = start()
    demo.wait()
    members = family(demo.process.pid)
    kill(demo.process.pid)
    demo.process.wait()
    assert wait_until(lambda: not any(is_alive(pid) for pid in members), 30)
    assert not (var / "demo.json").exists()
    start().wait()


def test_it_ends_with_the_make_that_started_it(start: Start, var: Path) -> None:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    line = f'"{sys.executable}" -m embedded.demo --end-with-parent --var="{var}" --port={port}; true'
    shell = subprocess.Popen(["sh", "-c", line], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    assert wait_until((var / "demo.json").exists, 120)
    members = family(shell.pid)
    kill(shell.pid)
    shell.wait()
    assert wait_until(lambda: not any(is_alive(pid) for pid in members), 30)


@pytest.mark.parametrize("name", ["web", "worker", "mailer", "beat", "smtp_sink", "valkey", "postgres"])
def test_what_is_killed_comes_back_with_all_its_children(start: Start, name: str, var: Path) -> None:
    demo = start()
    told = demo.wait()
    old = family(told["pids"][name])
    kill(told["pids"][name])

    def pids() -> dict[str, int]:
        return dict(json.loads((var / "demo.json").read_text())["pids"])

    assert wait_until(lambda: pids()[name] not in old, 30)
    assert wait_until(lambda: not any(is_alive(pid) for pid in old), 10)
    assert wait_until(lambda: answers(told["url"] + "/readyz"), 30)
    assert "ended (killed by SIGKILL); starting it again in 1 s" in demo.said()


def test_after_all_of_it_was_killed_at_once_people_sign_and_hear_of_it(start: Start, var: Path) -> None:
    demo = start()
    told = demo.wait()
    sign(told["url"])
    before = dict(told["pids"])
    for name, pid in before.items():
        if name != "supervisor":
            kill(pid)

    def pids() -> dict[str, int]:
        return dict(json.loads((var / "demo.json").read_text())["pids"])

    assert wait_until(lambda: all(pids()[name] != before[name] for name in before if name != "supervisor"), 30)
    assert wait_until(lambda: answers(told["url"] + "/readyz"), 30)
    mails = len(list((var / "mail").glob("*.eml")))
    sign(told["url"], "yolanda.quux@example.org")
    assert wait_until(lambda: len(list((var / "mail").glob("*.eml"))) > mails, 60)


def test_a_second_one_over_the_same_var_says_so_and_leaves_the_first_alone(start: Start, var: Path) -> None:
    first = start()
    told = first.wait()
    second = start()
    assert second.process.wait(timeout=30) == 1
    assert f"A demo runs here already: {var} is in use by process {first.process.pid}." in second.log.read_text()
    assert json.loads((var / "demo.json").read_text()) == told
    assert get(told["url"] + "/healthz") == 200


def test_a_port_that_is_taken_is_said_with_a_way_out(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        demo = start(port=port)
        assert demo.process.wait(timeout=30) == 1
    assert demo.said() == f"Port {port} is taken. Choose another one: make demo PORT={port + 1}\n"


def test_servers_named_by_the_environment_are_used_and_left_alone(start: Start, tmp_path: Path) -> None:
    postgres, valkey = Postgres(tmp_path / "postgres", durable=False), Valkey(tmp_path / "valkey")
    sink = SmtpSink(tmp_path / "mail")
    for server in (postgres, valkey, sink):
        server.start()
    postgres.create_database("elsewhere")
    settings = {
        "DATABASE_URL": postgres.url("elsewhere"),
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
    }
    demo = start(var=tmp_path / "var", **settings)
    told = demo.wait()
    assert set(told["pids"]) == {"supervisor", "web", "worker", "mailer", "beat"}
    assert (told["database_url"], told["redis_url"]) == (settings["DATABASE_URL"], settings["REDIS_URL"])
    assert (told["inbox_url"], told["smtp_port"]) == (None, None)
    sign(told["url"])
    assert wait_until(lambda: bool(sink.messages()), 60)
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(timeout=40) == 0
    assert valkey.is_ready()
    sink.stop()
    valkey.stop()
    postgres.remove()


def test_a_name_or_an_address_typed_into_the_demo_stays_in_the_demo(start: Start, var: Path) -> None:
    """Logs hold ids and counts: nothing that a person typed."""
    sign(start().wait()["url"])
    assert wait_until(lambda: any((var / "mail").glob("*.eml")), 60)
    logs = " ".join(log.read_text(errors="replace") for log in (var / "log").glob("*.log")).lower()
    assert "zebulon" not in logs
    assert "quux" not in logs
