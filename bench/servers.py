"""The servers of a bench: PostgreSQL that keeps its promises, Valkey, and granian as the demo starts it."""

import base64
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded import commands
from embedded.ports import LOOPBACK, answers, free_port
from embedded.postgres import Postgres
from embedded.processes import Child, Program
from embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
OUR_APPLICATION, OTHER_APPLICATION = "campaign.wsgi:application", "bench.idiomatic.wsgi:application"


@dataclass(frozen=True)
class Servers:
    """What runs, and the environment that leads to it."""

    postgres: Postgres
    env: dict[str, str]


@contextmanager
def backing(var: Path) -> Iterator[Servers]:
    """PostgreSQL with fsync and synchronous_commit on, and Valkey; two empty databases, `house` and `idiomatic`."""
    postgres, valkey = Postgres(var / "postgres", durable=True), Valkey(var / "valkey")
    with ExitStack() as stack:
        stack.callback(postgres.remove)
        postgres.start()
        stack.callback(valkey.stop)
        valkey.start()
        for name in ("house", "idiomatic"):
            postgres.create_database(name)
        yield Servers(postgres, _environment(postgres, valkey))


def _environment(postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    ours = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SEALING_KEYS": key(),
        "MAILBOX_KEY": key(),
        "DATABASE_URL": postgres.url("house"),
        "IDIOMATIC_DATABASE_URL": postgres.url("idiomatic"),
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "ALLOWED_HOSTS": LOOPBACK,
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return kept | ours


@contextmanager
def web(application: str, env: dict[str, str], log: Path) -> Iterator[int]:
    """granian as docker-compose.yml starts it, before this application; its port."""
    port = free_port()
    # The demo loads the house before granian forks; that is for its start only, and for no other application.
    other = {OUR_APPLICATION: application, "embedded.granian_command": "granian"}
    command = tuple(other.get(word, word) for word in commands.web(LOOPBACK, port))
    child = Child(Program(application, command, log, env, ROOT))
    child.start()
    try:
        child.wait_until(lambda: answers(port))
        time.sleep(1)
        yield port
    finally:
        child.stop()


def manage(env: dict[str, str], log: Path, *words: str) -> None:
    """Run a management command to its end. Raises RuntimeError with its last words when it failed."""
    child = Child(Program(words[0], commands.manage(*words), log, env, ROOT))
    child.start()
    assert child.process is not None
    if child.process.wait(300):
        raise RuntimeError(f"{words} failed:\n{child.last_lines()}")
    child.kill()
