"""A house over servers of its own, all of which may be killed: a PostgreSQL that keeps its promises, Valkey, a sink."""

import contextlib
import io
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError

from campaign import env
from campaign.delivery import sending, sweeping
from campaign.delivery.models import Breaker, Delivery, MailboxCap, Queue, Series, Status, Suppression
from campaign.delivery.tasks import send_due
from campaign.legislators.models import Office
from campaign.lib import emails, kept
from campaign.mailings.models import Mailing
from campaign.petitions.models import Signature
from campaign.supporters.models import Supporter
from embedded import commands
from embedded.ports import answers, free_port
from embedded.postgres import Postgres
from embedded.processes import Child, Program
from embedded.smtp_sink import SmtpSink
from embedded.valkey import Valkey
from tests.chaos.checking import FINAL, Arrived, Books

OF = {"web": (), "worker": (Queue.CONFIRM, Queue.LETTERS), "mailer": (Queue.MAILINGS,), "beat": ()}
OF_STORIES = (Delivery, MailboxCap, Series, Suppression, Supporter, Mailing)
POSTAL_ADDRESS = "Twothirds, 1 River Street, Portland, OR 97201"


@dataclass
class Ground:
    """Where it stands, who works in it, and of how many mails nobody may know after what was done to it."""

    postgres: Postgres
    valkey: Valkey
    sink: SmtpSink
    logs: Path
    port: int
    env: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    kills: int = 0
    most_uncertain: int = 0

    @property
    def url(self) -> str:
        """Where people sign."""
        return f"http://127.0.0.1:{self.port}"

    # --- who works ---------------------------------------------------------------------------------------------------

    def start(self, *names: str, planted: str = "") -> None:
        """Start these and wait until they answer; with a fault planted in them if one is named."""
        for name in names:
            command = self._command(name)
            if planted:
                command = tuple("tests.chaos.planted" if word == "campaign" else word for word in command)
            settings_of = {"PROCESS": "web"} if name == "web" else {"PLANTED": planted}
            program = Program(name, command, self.logs / f"{name}.log", self.env | settings_of, settings.BASE_DIR)
            self.children[name] = Child(program)
            self.children[name].start()
        for name in names:
            self.children[name].wait_until(lambda name=name: self._is_ready(name))

    def _command(self, name: str) -> tuple[str, ...]:
        if name == "web":
            return commands.web("127.0.0.1", self.port)
        return {"worker": commands.worker, "mailer": commands.mailer, "beat": commands.beat}[name.rstrip("2")]()

    def _is_ready(self, name: str) -> bool:
        words = {"web": "Started worker-2", "beat": "beat: Starting"}.get(name.rstrip("2"), " ready.")
        return self.children[name].has_said(words) and (name != "web" or answers(self.port))

    def slots(self, name: str) -> int:
        """How many mails one of its processes has in hand at once, at most."""
        return max((sending.WINDOWS[queue] for queue in OF[name]), default=0)

    # --- what is done to it ------------------------------------------------------------------------------------------

    def kill_one(self, name: str) -> None:
        """Kill -9 a process of the pool of this worker, if it has one; the worker starts another."""
        pool = children_of(self.children[name].pid)
        if pool:
            self._kill(random.choice(pool))
            self.most_uncertain += self.slots(name)
            self.kills += 1

    def kill_all(self, name: str) -> None:
        """Kill -9 a worker with all its processes, and start it again."""
        child = self.children[name]
        pool = children_of(child.pid)
        self.dead.update(pool)
        self.most_uncertain += self.slots(name) * len(pool)
        self.kills += 1
        child.kill()
        child.start()

    def _kill(self, pid: int) -> None:
        self.dead.add(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def kill_postgres(self) -> None:
        """Kill -9 the server and start it again. What a worker promised in that moment may have been written or not."""
        assert self.postgres.child is not None
        os.kill(self.postgres.child.pid, signal.SIGKILL)
        self.postgres.child.process.wait()  # type: ignore[union-attr]
        self.most_uncertain += sum(2 * self.slots(name) for name in ("worker", "mailer"))
        self.kills += 1
        self.postgres.start()

    def kill_valkey(self) -> None:
        """Kill -9 the broker and start an empty one."""
        assert self.valkey.child is not None
        self.valkey.child.kill()
        self.valkey.start()

    def flush_valkey(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.valkey.url()) as client:
            client.flushall()

    # --- how it calms down -------------------------------------------------------------------------------------------

    def expire(self) -> None:
        """The leases of the dead run out now: they last four minutes, and a test has less patience."""
        of_the_dead = Q(pk=None)
        for pid in self.dead:
            of_the_dead |= Q(claimed_by__contains=f":{pid}:")
        held = Delivery.objects.filter(of_the_dead, status__in=[Status.CLAIMED, Status.HANDING_OFF])
        held.update(lease_until=timezone.now() - timedelta(seconds=1))

    def drain(self, patience: float = 60.0) -> None:
        """Until every delivery has come to its end."""
        deadline = time.monotonic() + patience
        self.go_on()
        while again_and_again(Delivery.objects.exclude(status__in=FINAL).exists):
            assert time.monotonic() < deadline, f"not drained after {patience:g} s: {self.fates()}"
            time.sleep(0.2)
            self.go_on()

    def go_on(self) -> None:
        """What time brings: the dead have lost their leases, pauses are over, and who ended is started again."""
        for child in self.children.values():
            child.start()  # as a supervisor does; it does nothing while the child runs
        again_and_again(self._let_time_pass)
        for queue in again_and_again(sweeping.sweep):
            self.nudge(queue)

    def _let_time_pass(self) -> None:
        self.expire()
        Breaker.objects.all().delete()
        Delivery.objects.filter(status__in=[Status.DEFERRED, Status.QUEUED]).update(next_at=Now())

    def nudge(self, queue: Queue) -> None:
        """What posting does, over this house's broker; it may be down."""
        with contextlib.suppress(OperationalError, OSError), Connection(self.valkey.url()) as broker:
            send_due.apply_async([queue.value], queue=queue.value, expires=60, retry=False, connection=broker)

    # --- what can be read of it --------------------------------------------------------------------------------------

    def fates(self) -> dict[str, int]:
        """How many deliveries stand where."""
        found: dict[str, int] = {}
        for status in again_and_again(lambda: list(Delivery.objects.values_list("status", flat=True))):
            found[status] = found.get(status, 0) + 1
        return found

    def told(self, began: float) -> str:
        """What happened, for whoever reads the output of a test."""
        lost = f"{self.kills} kills, {len(self.dead)} processes; at most {self.most_uncertain} may be uncertain"
        return f"{time.monotonic() - began:.1f} s, {lost}: {dict(sorted(self.fates().items()))}"

    def books(self, acknowledged: set[str]) -> Books:
        """Both sides, for the checker."""
        of_mailbox = {emails.mailbox_id(email): email for email in acknowledged}
        rows = list(Delivery.objects.values_list("pk", "status", "mailbox"))
        signed = Signature.objects.filter(supporter__in=list(of_mailbox)).values_list("supporter", flat=True)
        return Books(
            fates={f"<{pk.hex}@{settings.MAIL_DOMAIN}>": status for pk, status, _ in rows},
            arrived=[arrived(path) for path in self.sink.messages()],
            most_uncertain=self.most_uncertain,
            acknowledged=acknowledged,
            signed={of_mailbox[supporter] for supporter in signed},
            posted_to={of_mailbox[mailbox] for _, _, mailbox in rows if mailbox in of_mailbox},
        )

    def clear(self) -> None:
        """For the next story: nobody works, nothing was sent, nobody signed. Places, seats and the petition stay."""
        for child in reversed(self.children.values()):
            child.kill()
        self.children.clear()
        self.sink.recover()
        self.sink.clear()
        self.dead.clear()
        self.kills = self.most_uncertain = 0
        self.flush_valkey()
        kept.forget_everything()
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in OF_STORIES)} CASCADE")


def again_and_again(ask: Callable[[], Any], patience: float = 30.0) -> Any:
    """The answer of a database that may just be down."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return ask()
        except (DatabaseError, InterfaceError):
            connection.close()
            assert time.monotonic() < deadline
            time.sleep(0.1)


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def arrived(path: Path) -> Arrived:
    """A mail, as the other side has it."""
    with path.open("rb") as file:
        head = BytesHeaderParser().parse(file)
    return Arrived(str(head["Message-ID"]).strip(), str(head["X-Envelope-To"]).strip())


@contextlib.contextmanager
def standing_on(url: str) -> Iterator[None]:
    """The models of this process mean that database, and afterwards the suite's again."""
    suites = dict(connection.settings_dict)
    os.environ["CHAOS_DATABASE_URL"] = url
    connection.close()
    connection.settings_dict.update(env.database("CHAOS_DATABASE_URL"))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(suites)


@contextlib.contextmanager
def furnished(directory: Path) -> Iterator[Ground]:
    """The ground with its servers, schema, places, seats, petition and (sandbox) offices; nobody works yet."""
    postgres, valkey = Postgres(directory / "postgres"), Valkey(directory / "valkey")
    sink = SmtpSink(directory / "mail")
    try:
        valkey.launch()
        postgres.start()
        valkey.start()
        sink.start()
        postgres.create_database("chaos")
        with standing_on(postgres.url("chaos")):
            call_command("migrate", verbosity=0)
            call_command("furnish", stdout=io.StringIO())
            Office.objects.give_sandbox_addresses("sandbox.example")
            yield Ground(
                postgres, valkey, sink, directory, port := free_port(), environment(postgres, valkey, sink, port)
            )
    finally:
        sink.stop()
        valkey.stop()
        postgres.remove()


def environment(postgres: Postgres, valkey: Valkey, sink: SmtpSink, port: int) -> dict[str, str]:
    """What its processes read."""
    return os.environ | {
        "DATABASE_URL": postgres.url("chaos"),
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "INBOX_DIR": str(sink.directory),
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "POSTAL_ADDRESS": POSTAL_ADDRESS,
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }
