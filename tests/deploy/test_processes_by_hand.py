"""No Docker engine may be here: the commands of docker-compose.yml are started by hand, with its settings."""

import base64
import contextlib
import os
import secrets
import shlex
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.processes import Child, Program
from embedded.smtp_sink import SmtpSink
from embedded.valkey import Valkey

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
BIN = Path(sys.executable).parent


def example() -> dict[str, str]:
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value.strip(chr(34)) for name, value in pairs}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """PostgreSQL, Valkey and a mail server, and the settings that name them: the example's, filled in."""
    directory = tmp_path_factory.mktemp("by-hand")
    postgres, valkey = Postgres(directory / "postgres"), Valkey(directory / "valkey")
    sink = SmtpSink(directory / "mail")
    for server in (postgres, valkey, sink):
        server.start()
    postgres.create_database("twothirds")
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    yield {
        **example(),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SEALING_KEYS": key,
        "MAILBOX_KEY": key,
        "DATABASE_URL": postgres.url("twothirds"),
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }
    sink.stop()
    valkey.stop()
    postgres.remove()


def start(name: str, settings: dict[str, str], directory: Path, **instead: str) -> Child:
    command = [instead.get(word, word) for word in SERVICES[name]["command"]]
    # The image's PATH begins with its virtual environment; so does ours.
    if (BIN / command[0]).exists():
        command[0] = str(BIN / command[0])
    child = Child(Program(name, tuple(command), directory / f"{name}.log", settings, ROOT))
    child.start()
    return child


def answers(port: int, path: str, host: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
        return int(answer.status)
    return 0


def test_prepare_runs_twice_and_changes_nothing_the_second_time(servers: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):
        child = start("prepare", servers, tmp_path)
        process = child.process
        assert process is not None
        assert process.wait(timeout=120) == 0, child.last_lines()
        child.kill()


def test_web_workers_and_beat_come_up_and_stop_within_their_grace(servers: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    web = start("web", servers, tmp_path, **{"--host=0.0.0.0": "--host=127.0.0.1", "--port=8000": f"--port={port}"})
    workers = [start(name, servers, tmp_path) for name in ("worker", "mailer")]
    beat = start("beat", servers, tmp_path)
    try:
        web.wait_until(lambda: answers(port, "/readyz", "127.0.0.1") == 200, patience=60)
        for worker in workers:
            worker.wait_until(lambda: worker.has_said(" ready."), patience=60)  # noqa: B023 - used at once
            assert is_healthy(worker.program.name, servers, tmp_path)
        beat.wait_until(lambda: beat.has_said("beat: Starting"), patience=60)
        for child in (web, *workers, beat):
            process = child.process
            assert process is not None
            child.ask_to_stop()
            assert process.wait(timeout=25) in {0, -15}
    finally:
        for child in (web, *workers, beat):
            child.kill()


def is_healthy(name: str, servers: dict[str, str], directory: Path) -> bool:
    """What the container's own check says."""
    ping = SERVICES[name]["healthcheck"]["test"][1].replace("$$HOSTNAME", socket.gethostname())
    command = (str(BIN / "celery"), *shlex.split(ping)[1:])
    check = Child(Program("ping", command, directory / "ping.log", servers, ROOT))
    check.start()
    assert check.process is not None
    code = check.process.wait(timeout=60)
    check.kill()
    return code == 0
