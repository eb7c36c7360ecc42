"""Is a large mailing a small matter? `.venv/bin/python bench/mailing_million.py [--count 1000000] [--drain]`

The whole house as production runs it (web server, worker, worker of mailings, clock) on a PostgreSQL that waits for the
disk. A mailing to a million synthetic supporters is approved by the deeds and scheduled for now: how long until all of
it is queued, the most memory that any process held, and how long the dashboard's pages take meanwhile, while the mails
are leaving as well. With `--drain` it waits until the last one is accepted: none may arrive twice.
"""

import argparse
import http.client
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path = [path for path in sys.path if path != str(ROOT / "bench")]

from bench import mail_house, mail_sink, servers  # noqa: E402
from bench.mail_house import House  # noqa: E402
from embedded import commands  # noqa: E402
from embedded.processes import Child  # noqa: E402

WANTED_SECONDS, WANTED_MB, WANTED_MS = 300, 200, 200
REQUESTS, BETWEEN_SECONDS, WARMING_UP = 50, 0.25, 8
LONGEST_SECONDS = 3600.0


@dataclass
class Page:
    """A page of the dashboard, and how long each answer took, in milliseconds."""

    path: str
    waits: list[float] = field(default_factory=list)

    def ask(self, port: int, cookie: str) -> None:
        """One request on a connection of its own. Raises RuntimeError for anything but the page."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        begun = time.perf_counter()
        connection.request("GET", self.path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        self.waits.append(1000 * (time.perf_counter() - begun))
        connection.close()
        if answer.status != 200 or b"</" not in body:
            raise RuntimeError(f"{self.path} answered {answer.status}")

    def said(self) -> str:
        """The figures."""
        ordered = sorted(self.waits)
        p95 = ordered[int(0.95 * len(ordered))]
        return f"p50 {median(ordered):.0f} ms, p95 {p95:.0f} ms, max {ordered[-1]:.0f} ms of {len(ordered)}"


@dataclass
class Processes:
    """The house's processes and the most memory that each ever held. A process that was replaced counts too."""

    children: dict[str, Child]
    marks: dict[tuple[str, int], float] = field(default_factory=dict)

    def look(self) -> None:
        """Read every high-water mark."""
        for name, child in self.children.items():
            for pid in mail_house.processes_of(child):
                try:
                    self.marks[name, pid] = mail_house.high_water(pid)
                except OSError:
                    continue

    def worst(self, name: str) -> float:
        """Of the processes of one name."""
        return max(mark for (whose, _pid), mark in self.marks.items() if whose == name)


def log_in(house: House) -> str:
    """The cookie of an organizer who has logged in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(house.olive)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def start(house: House, stack: ExitStack) -> tuple[int, Processes]:
    """Everything that runs in production; the web server's port."""
    servers.manage(house.env, house.var / "preparing.log", "collectstatic", "--no-input", "--verbosity=0")
    port = stack.enter_context(servers.web(servers.OUR_APPLICATION, house.env, house.var / "web.log"))
    children = {
        "mailer": stack.enter_context(mail_house.mailer(house)),
        "worker": stack.enter_context(mail_house.running("worker", commands.worker(), house)),
        "beat": stack.enter_context(mail_house.running("beat", commands.beat(), house)),
    }
    return port, Processes(children)


def accepted(mailing: uuid.UUID) -> int:
    """How many were, by the job that counts."""
    from campaign.delivery.models import Series

    series = Series.objects.filter(pk=mailing).first()
    return series.counted("accepted") if series else 0


def wait_until_started(mailing: uuid.UUID) -> None:
    """The clock looks every few seconds. Raises RuntimeError when nothing happens."""
    from campaign.mailings.models import Mailing

    deadline = time.monotonic() + 120
    while not Mailing.objects.filter(pk=mailing).exclude(started_at=None).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("it does not start")
        time.sleep(0.05)


def is_queued(mailing: uuid.UUID) -> bool:
    """Whether all of its audience stands in the queue."""
    from campaign.mailings.models import Mailing

    return Mailing.objects.filter(pk=mailing).exclude(queued_at=None).exists()


def queued(mailing: uuid.UUID, count: int) -> None:
    """Raises RuntimeError unless everybody has a delivery."""
    from campaign.delivery.models import Delivery

    found = Delivery.objects.filter(series_id=mailing).count()
    if found != count:
        raise RuntimeError(f"{found} were queued, not {count}")


def drain(mailing: uuid.UUID, count: int, sink: mail_sink.Sink) -> float:
    """Wait for the last one; mails a second since now. Raises RuntimeError where one arrived twice or never."""
    begun, before = time.perf_counter(), sink.count()
    while accepted(mailing) < count:
        if time.perf_counter() - begun > LONGEST_SECONDS:
            raise RuntimeError(f"{accepted(mailing)} of {count} were accepted in an hour")
        time.sleep(1)
    taken = time.perf_counter() - begun
    arrived = [to for to, _ in sink.take()]
    if not len(arrived) == len(set(arrived)) == count:
        raise RuntimeError(f"{len(arrived)} mails arrived for {len(set(arrived))} people")
    return (count - before) / taken


def measure(house: House, mailing: uuid.UUID, port: int, processes: Processes) -> tuple[float, list[Page]]:
    """Let it start, and ask for the pages while the audience is queued and mails leave; how long queueing took."""
    from django.utils import timezone

    from campaign.mailings import approving

    cookie = log_in(house)
    paths = (f"/dashboard/mailings/{mailing}/", f"/dashboard/mailings/{mailing}/progress/", "/dashboard/mail/")
    pages = [Page(path) for path in paths]
    for _ in range(WARMING_UP):
        pages[0].ask(port, cookie)
        pages[2].ask(port, cookie)
    pages = [Page(path) for path in paths]
    begun = time.perf_counter()
    approving.schedule(mailing, timezone.now(), house.olive)
    wait_until_started(mailing)
    while not is_queued(mailing):
        for page in pages:
            page.ask(port, cookie)
        processes.look()
        time.sleep(BETWEEN_SECONDS)
    seconds = time.perf_counter() - begun
    print(f"queued in {seconds:.1f} s, {accepted(mailing)} accepted meanwhile", flush=True)
    say(pages, "while it was queued and sent")
    later = [Page(path) for path in paths]
    for _ in range(REQUESTS):
        for page in later:
            page.ask(port, cookie)
        time.sleep(BETWEEN_SECONDS)
    processes.look()
    say(later, "while it was sent")
    return seconds, pages + later


def say(pages: list[Page], when: str) -> None:
    """A line for each page."""
    for page in pages:
        print(f"  {when}: {page.path.replace('/dashboard', '')} {page.said()}", flush=True)


def main() -> None:
    """Make the people, start the house, and end with what was wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000, help="supporters")
    parser.add_argument("--drain", action="store_true", help="wait until all of it is sent")
    options = parser.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twothirds-bench-")))
        sink = stack.enter_context(mail_sink.running(var / "sink.log"))
        house = mail_house.prepare(stack.enter_context(servers.backing(var)), var, sink.port)
        of = mail_house.petition("hear-the-experts")
        begun = time.perf_counter()
        mail_house.people(of.pk, 0, options.count)
        print(f"{options.count} supporters made in {time.perf_counter() - begun:.0f} s", flush=True)
        sink.forget(light=True)
        port, processes = start(house, stack)
        mailing = mail_house.approved(house, of, "A large one")
        try:
            seconds, pages = measure(house, mailing.pk, port, processes)
        except RuntimeError:
            print((var / "web.log").read_text()[-4000:])
            raise
        queued(mailing.pk, options.count)
        if options.drain:
            print(f"drained at {drain(mailing.pk, options.count, sink):.0f}/s, each arrived once", flush=True)
            processes.look()
    report(seconds, pages, processes)


def report(seconds: float, pages: list[Page], processes: Processes) -> None:
    """What came of it beside what was wanted."""
    for name in processes.children:
        print(f"memory of the {name}'s processes at their worst: {processes.worst(name):.0f} MB")
    print(f"wanted: queued in {WANTED_SECONDS} s, at most {WANTED_MB} MB, pages in {WANTED_MS} ms")
    slowest = max(max(page.waits) for page in pages)
    middle = max(median(page.waits) for page in pages)
    worst = max(processes.worst(name) for name in processes.children)
    print(f"mailing/queued {seconds:.0f} s\nmailing/memory {worst:.0f} MB")
    print(f"mailing/page {middle:.0f} ms at the median, {slowest:.0f} ms at most")


if __name__ == "__main__":
    main()
