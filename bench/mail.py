"""How fast does mail leave? `.venv/bin/python bench/mail.py [--count 10000] [--rounds 3] [--large 50000]`

In every round the same personalised mails, the same words to the last byte, through the same local SMTP server: ours (a
mailing that was approved and started, drained by the worker of production with two processes), smtplib in a bare loop
over one connection with nothing to do but send what lies ready, django-mailer, and django-post_office with two
processes, as it is installed and once more tuned in its favour (all in one batch, no log of successes); all on one
PostgreSQL that waits for the disk. Ours is measured from the nudge to the last committed
`accepted`, with the queue full and the worker up; the peers from their command's call to its return, likewise. Of each
the sink must have got every mail once, to its own person, with that person's name and a link of their own.
Then the memory of the worker, with a small mailing and with one of `--large`.
"""

import argparse
import email
import pickle
import re
import smtplib
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from email.message import Message
from email.policy import default as modern
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path = [path for path in sys.path if path != str(ROOT / "bench")]

import psycopg  # noqa: E402

from bench import mail_house, mail_sink, servers  # noqa: E402
from bench.mail_house import House  # noqa: E402
from bench.mail_sink import Sink  # noqa: E402
from bench.peers.draining import PEERS, Piece  # noqa: E402

if TYPE_CHECKING:
    from campaign.petitions.models import Petition

WANTED_OF_BARE, WANTED_OF_PEER, WANTED_MB = 0.6, 5.0, 150
LONGEST_SECONDS = 1200.0
Figures = dict[str, list[float]]
TUNED = "post_office tuned"
CONTESTANTS = (*PEERS, TUNED)
PEERS_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.peers.settings"}
OWN_HEADERS = ("List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID")


@dataclass(frozen=True)
class Arrived:
    """One mail in the sink: whose it is, its bytes, and what it says."""

    to: str
    content: bytes
    piece: Piece


def read(arrived: list[tuple[str, bytes]], count: int) -> list[Arrived]:
    """Every mail, read as a mail program reads it. Raises RuntimeError unless each person got their own, once."""
    found, links, ids = [], set(), set()
    for to, content in arrived:
        message = email.message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=modern)
        mail = Arrived(to, content, _piece(message))
        name = mail_house.name_of(mail_house.number_of(to))
        if str(message["To"]) != to or f"Dear {name} " not in mail.piece.text or f"Dear {name} " not in mail.piece.html:
            raise RuntimeError(f"{to} got somebody else's mail")
        links.add(mail.piece.headers["List-Unsubscribe"])
        ids.add(str(message["Message-ID"]))
        found.append(mail)
    if not len(found) == len({each.to for each in found}) == len(links) == len(ids) == count:
        sizes = f"{len(found)} mails, {len({each.to for each in found})} people, {len(links)} links, {len(ids)} ids"
        raise RuntimeError(f"{count} were to arrive: {sizes}")
    return found


def _piece(message: Message) -> Piece:
    parts = {part.get_content_type(): part for part in message.walk()}
    text, html = (parts[kind].get_payload(decode=True) for kind in ("text/plain", "text/html"))
    assert isinstance(text, bytes)
    assert isinstance(html, bytes)
    return Piece(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.decode().replace("\r\n", "\n"),
        html=html.decode().replace("\r\n", "\n"),
        sender=str(message["From"]),
        headers={name: str(message[name]) for name in OWN_HEADERS if message[name]},
    )


def queued(house: House, of: "Petition", count: int) -> tuple[uuid.UUID, float]:
    """A mailing with its whole audience in the queue, none of it sent yet; and how long queueing took."""
    from django.utils import timezone

    from campaign.delivery.models import Delivery, Queue, QueueHold, Status
    from campaign.mailings import approving, starting

    mailing = mail_house.approved(house, of, f"Round at {time.time()}")
    QueueHold.objects.create(queue=Queue.MAILINGS, held_by="bench")
    approving.schedule(mailing.pk, timezone.now(), house.olive)
    begun = time.perf_counter()
    starting.start_due()
    while starting.queue_some():
        pass
    taken = time.perf_counter() - begun
    found = Delivery.objects.filter(series_id=mailing.pk, status=Status.QUEUED).count()
    if found != count:
        raise RuntimeError(f"{found} were queued, not {count}")
    time.sleep(1)  # whoever was nudged meanwhile has seen the hold
    return mailing.pk, taken


def drained(mailing: uuid.UUID, count: int, sink: Sink) -> float:
    """Let it go; the seconds from the nudge until all of it is accepted."""
    from campaign.delivery import posting
    from campaign.delivery.models import Delivery, Queue, QueueHold, Status

    accepted = Delivery.objects.filter(series_id=mailing, status=Status.ACCEPTED)
    QueueHold.objects.all().delete()
    begun = time.perf_counter()
    posting.nudge(Queue.MAILINGS)
    wait_for(lambda: sink.count() >= count, f"{count} in the sink", sink.count)
    wait_for(lambda: accepted.count() == count, f"{count} accepted", accepted.count)
    return time.perf_counter() - begun


def wait_for(is_so: Callable[[], bool], what: str, have: Callable[[], int]) -> None:
    """Look often. Raises RuntimeError when it takes far too long."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited for {what}, there are {have()}")
        time.sleep(0.02)


def bare(mails: list[Arrived], port: int) -> float:
    """smtplib over one connection, with every message ready as bytes; the seconds it takes."""
    ready = [(mail.to, mail.content.replace(b"\r\n..", b"\r\n.")) for mail in mails]
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.ehlo()
        for to, content in ready:
            connection.sendmail("bounces@twothirds.example", [to], content)
    return time.perf_counter() - begun


def peer(name: str, mails: list[Arrived], house: House) -> float:
    """The same words through a peer, queued before the clock starts; the seconds from its command's call to its end."""
    file, log = house.var / f"{name}.pickle", house.var / f"{name}.log"
    file.write_bytes(pickle.dumps([asdict(mail.piece) for mail in mails]))
    command = [sys.executable, "-m", "bench.peers.draining", name.partition(" ")[0], str(file)]
    env = house.env | ({"PEERS_TUNED": "1"} if name == TUNED else {})
    done = subprocess.run(command, env=env, cwd=ROOT, text=True, capture_output=True, check=False)
    log.write_text(done.stderr)
    found = re.search(r"^done ([0-9.]+)$", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return float(found[1])


def pair(house: House, of: "Petition", count: int, sink: Sink, found: Figures) -> list[Arrived]:
    """Ours, and right after it the very mails of ours by the bare loop; those mails."""
    checkpoint(house)
    mailing, queueing = queued(house, of, count)
    found["ours"].append(count / drained(mailing, count, sink))
    mails = read(sink.take(), count)
    checkpoint(house)
    found["bare"].append(count / bare(mails, sink.port))
    read(sink.take(), count)
    size = sum(len(mail.content) for mail in mails) / count
    text = sum(len(mail.piece.text) for mail in mails) / count
    print(f"  queued in {queueing:.2f} s; a mail has {size:.0f} bytes, {text:.0f} of them its text part")
    say(found, "ours", "bare")
    return mails


def one_round(house: House, of: "Petition", count: int, sink: Sink, found: Figures) -> None:
    """Before each of the peers, who take long, ours and the bare loop once more."""
    for name in CONTESTANTS:
        mails = pair(house, of, count, sink, found)
        checkpoint(house)
        found[name].append(count / peer(name, mails, house))
        read(sink.take(), count)
        say(found, name)


def say(found: Figures, *names: str) -> None:
    """The latest figures."""
    for name in names:
        print(f"  {name:18s} {found[name][-1]:7.0f}/s", flush=True)


def checkpoint(house: House) -> None:
    """What one turn left to write is not the next one's burden."""
    with psycopg.connect(house.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def memory(house: House, of: "Petition", count: int, sink: Sink) -> float:
    """The most that any process of a fresh worker held while it sent a mailing, in MB."""
    sink.forget()
    with mail_house.mailer(house) as worker:
        mailing, _ = queued(house, of, count)
        seconds = drained(mailing, count, sink)
        marks = {pid: mail_house.high_water(pid) for pid in mail_house.processes_of(worker)}
    sink.forget()
    said = ", ".join(f"{mark:.0f}" for mark in marks.values())
    print(f"  {count} mails at {count / seconds:.0f}/s: {said} MB (the first is the parent)", flush=True)
    return max(marks.values())


def main() -> None:
    """Measure, print each turn, and end with the memory and the two ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="mails in each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=50_000, help="mails of the large mailing; 0 leaves it out")
    options = parser.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twothirds-bench-")))
        sink = stack.enter_context(mail_sink.running(var / "sink.log"))
        house = mail_house.prepare(stack.enter_context(servers.backing(var)), var, sink.port)
        servers.manage(house.env | PEERS_SETTINGS, var / "preparing.log", "migrate", "--verbosity=0")
        of = mail_house.petition("hear-the-experts")
        mail_house.people(of.pk, 0, options.count)
        found: Figures = {name: [] for name in ("ours", "bare", *CONTESTANTS)}
        with mail_house.mailer(house):
            mailing, _ = queued(house, of, options.count)
            print(f"warming up: {options.count / drained(mailing, options.count, sink):.0f}/s")
            sink.forget()
            for number in range(options.rounds):
                print(f"round {number + 1} of {options.rounds}, {time.strftime('%H:%M:%S')}", flush=True)
                one_round(house, of, options.count, sink, found)
        print("memory of the worker's processes at their worst")
        marks = [memory(house, of, options.count, sink)]
        if options.large:
            large = mail_house.petition("hear-everybody")
            mail_house.people(large.pk, options.count, options.large)
            marks.append(memory(house, large, options.large, sink))
    report(found, marks)


def report(found: Figures, marks: list[float]) -> None:
    """The medians, and what they come to. Ours and the bare loop ran in turn, so each is held against its neighbour."""
    figures = {name: median(each) for name, each in found.items()}
    better = max(figures[name] for name in PEERS)
    of_bare = [ours / bare for ours, bare in zip(found["ours"], found["bare"], strict=True)]
    print("medians: " + ", ".join(f"{name} {figure:.0f}/s" for name, figure in figures.items()))
    print("ours / bare: " + ", ".join(f"{each:.2f}" for each in of_bare))
    print(f"memory: {', '.join(f'{mark:.0f} MB' for mark in marks)} (wanted: at most {WANTED_MB} MB, not growing)")
    print(f"wanted: mail/bare at least {WANTED_OF_BARE}, mail/peer at least {WANTED_OF_PEER}")
    print(f"mail/peer tuned {figures['ours'] / figures[TUNED]:.1f}")
    print(f"mail/bare {median(of_bare):.2f}")
    print(f"mail/peer {figures['ours'] / better:.1f}")


if __name__ == "__main__":
    main()
