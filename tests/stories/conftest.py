"""The whole house under a story: web server, worker, clock and mail server as real processes over the test database."""

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from campaign.inbox.reading import ReceivedMail, read_messages
from campaign.legislators.models import Office
from embedded import commands
from embedded.ports import answers, free_port
from embedded.processes import Child, Program
from embedded.smtp_sink import SmtpSink
from embedded.stranger import Stranger
from tests import house as tests_house

PATIENCE_SECONDS = 60.0


@dataclass
class House:
    """Where it stands and who works in it."""

    url: str
    sink: SmtpSink
    env: dict[str, str]
    logs: Path
    children: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str, command: tuple[str, ...], **env: str) -> Child:
        """Start a process of the house; it ends with the test."""
        log = self.logs / f"{name}.log"
        child = Child(Program(name, command, log, env=self.env | env, directory=settings.BASE_DIR))
        child.start()
        self.children[name] = child
        return child

    def stop(self) -> None:
        """End all processes."""
        for child in reversed(self.children.values()):
            child.stop(patience=10)

    def mails_to(self, mailbox: str) -> list[ReceivedMail]:
        """What a mailbox got, oldest first."""
        return list(reversed(read_messages(self.sink.directory, to=mailbox)))


def until(holds: Callable[[], Any], what: str, patience: float = PATIENCE_SECONDS) -> Any:
    """Wait until it holds and answer what it said; fail with words when it never does."""
    deadline = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < deadline, f"waited {patience:g} s for {what}"
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def running_house(blocker: Any, logs: Path, **env: str) -> Iterator[House]:
    """Furnished, with sandbox offices, and everything running over the test database."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    sink = SmtpSink(Path(settings.INBOX_DIR), port=settings.EMAIL_PORT)
    sink.start()
    sink.clear()
    with blocker.unblock():
        call_command("furnish", stdout=io.StringIO())
        Office.objects.give_sandbox_addresses("sandbox.example")
        base, _, options = os.environ["DATABASE_URL"].partition("?")
        ours = {
            "DATABASE_URL": f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}".rstrip("?"),
            "DJANGO_SETTINGS_MODULE": "campaign.settings",
            "SITE_URL": url,
            "LOG_LEVEL": "INFO",
        }
        tests_house.keeps_rows = True
        running = House(url, sink, os.environ | ours | env, logs)
        try:
            running.start("web", commands.web("127.0.0.1", port), PROCESS="web")
            # One for all queues: a second one would cost every file of stories another second.
            running.start("worker", (*commands.worker(), "--queues=celery,confirm,letters,errands,mailings"))
            running.start("beat", commands.beat())
            until(lambda: answers(port), "the web server")
            yield running
        finally:
            running.stop()
            sink.stop()
            tests_house.keeps_rows = False
            TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all stories of a file."""
    with running_house(django_db_blocker, tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture
def visitor(house: House) -> Stranger:
    """Somebody with a browser who knows nothing of the code."""
    return Stranger()
