"""The house of a mail bench: its servers, people made by COPY with truly sealed fields, and mailings made by the deeds.

Django is imported inside the functions: it is there only after `prepare`.
"""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench import servers
from embedded import commands
from embedded.processes import Child, Program

if TYPE_CHECKING:
    from campaign.mailings.models import Mailing
    from campaign.organizers.models import Organizer
    from campaign.petitions.models import Petition

STATES = ("OR", "WA", "CA", "NY", "TX", "OH", "VT", "DC")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DISTINCT_FAMILY_NAMES = 4096
SUBJECT = "{{given_name}}, the committee meets on Tuesday"
GREETING = "Dear {{given_name}} {{family_name}} of {{state}},"
CLOSING = "Read what we ask for: {{petition_url}}\n\nThank you, {{given_name}}.\n\nOlive, for all of us"
PARAGRAPHS = (
    "The Committee on Foreign Relations has put the convention on its list for **Tuesday**. What it hears until then"
    " from the people it speaks for decides whether there is a hearing first, with experts in the room and the text of"
    " the convention on the table, or a vote without one.",
    "Three things stand in the text that we cannot accept:\n\n"
    "- evidence is handed over across borders without a judge who has looked at it,\n"
    "- what counts as a serious crime is left to whoever asks,\n"
    "- researchers who find a hole and report it are treated like those who use it.",
    "You signed because of one of them. *Most people who wrote to their senators afterwards needed four minutes.* The"
    " letters that were read out in the last session were short ones in their own words. Nobody in the room knew the"
    " people who had written them; everybody knew the towns they came from.",
    "We have asked every member of the committee for ten minutes before the meeting. Four have said yes. Those four"
    " will carry copies of what you wrote, sorted by state, and will say how many of you there are. The other members"
    " are told by letter, and their offices are called on Monday by volunteers who live where they were elected.",
    "## What you can do until then\n\n"
    "1. Write to your senators if you have not: in your own words, about the point that is yours.\n"
    "2. Tell one person in {{state}} who would sign if somebody asked.\n"
    "3. Keep Tuesday evening free: we write again when the vote is over, whatever comes of it.",
)
COPIES = {
    "supporters_supporter": "id, email, given_name, family_name, state, postal_code, language, confirmed_at",
    "supporters_consent": "supporter_id, purpose, wording, given_at",
    "petitions_signature": (
        "id, petition_id, supporter_id, state, language, source, referrer, updates_wording, quarantine_reason,"
        " confirmed_at, counted_at"
    ),
}


@dataclass(frozen=True)
class House:
    """What runs, who organizes, and where things are written."""

    env: dict[str, str]
    var: Path
    olive: "Organizer"
    other: "Organizer"


def prepare(backing: servers.Servers, var: Path, sink_port: int) -> House:
    """Schema, shipped data and two organizers; this process can use Django afterwards."""
    backing.postgres.create_database("peers")
    env = backing.env | {
        "EMAIL_URL": f"smtp://127.0.0.1:{sink_port}",
        "POSTAL_ADDRESS": "Twothirds, 1 Example Street, Portland, OR 97201",
        "STATIC_ROOT": str(var / "static"),
        "PEERS_DATABASE_URL": backing.postgres.url("peers"),
    }
    log = var / "preparing.log"
    servers.manage(env, log, "migrate", "--verbosity=0")
    servers.manage(env, log, "furnish")
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"

    import django

    django.setup()
    from campaign.organizers.models import Organizer

    olive = Organizer.objects.create_user("olive@twothirds.example")
    return House(env, var, olive, Organizer.objects.create_user("oscar@twothirds.example"))


def name_of(number: int) -> str:
    """A given name that nobody else has, in letters."""
    spelled = ""
    while number or not spelled:
        number, digit = divmod(number, len(LETTERS))
        spelled = LETTERS[digit] + spelled
    return f"Ada{spelled}"


def address_of(number: int) -> str:
    """A mailbox that nobody else has."""
    return f"signer{number:08d}@people.example.org"


def number_of(address: str) -> int:
    """Whose mailbox it is."""
    return int(address.removeprefix("signer").partition("@")[0])


def petition(slug: str) -> "Petition":
    """An open petition with a text."""
    from django.utils import timezone

    from campaign.petitions.models import Petition, PetitionText

    made = Petition.objects.create(slug=slug, opened_at=timezone.now())
    PetitionText.objects.create(
        petition=made, title="Hear the experts first", target="The Senate", summary="A hearing before a vote."
    )
    return made


def people(petition_id: uuid.UUID, first: int, count: int) -> None:
    """Confirmed supporters of a petition who asked for updates, straight into the tables, every field truly sealed.

    Each has an address and a given name of their own; family names come back, each seal made once.
    """
    from django.conf import settings
    from django.db import connection

    from campaign.lib import emails
    from campaign.lib.sealing import seal

    assert settings.SEALING_KEYS
    families = [
        seal(f"Lopez {name_of(each)[3:]}", "supporters.Supporter.family_name") for each in range(DISTINCT_FAMILY_NAMES)
    ]
    moment = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(time.time() - 3600))
    keyed = emails.mailbox_id.__wrapped__  # the cache would only hold a million addresses
    numbers = range(first, first + count)
    ids = [keyed(address_of(number)) for number in numbers]
    connection.ensure_connection()
    with psycopg.connect(os.environ["DATABASE_URL"]) as plain, plain.cursor() as cursor:
        with cursor.copy(_copy("supporters_supporter")) as copy:
            for number, mailbox in zip(numbers, ids, strict=True):
                email = seal(address_of(number), "supporters.Supporter.email")
                given = seal(name_of(number), "supporters.Supporter.given_name")
                family = families[number % DISTINCT_FAMILY_NAMES]
                state = STATES[number % len(STATES)]
                copy.write_row((mailbox, email, given, family, state, "97201", "en", moment))
        with cursor.copy(_copy("supporters_consent")) as copy:
            for mailbox in ids:
                copy.write_row((mailbox, "updates", "updates-1", moment))
        with cursor.copy(_copy("petitions_signature")) as copy:
            for number, mailbox in zip(numbers, ids, strict=True):
                state = STATES[number % len(STATES)]
                key = uuid.uuid5(petition_id, mailbox.hex)
                copy.write_row((key, petition_id, mailbox, state, "en", "", "", "updates-1", "", moment, moment))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
        plain.execute("VACUUM (ANALYZE) supporters_supporter, supporters_consent, petitions_signature")


def _copy(table: str) -> str:
    return f"COPY {table} ({COPIES[table]}) FROM STDIN"


def approved(house: House, of: "Petition", title: str) -> "Mailing":
    """A mailing as the desk makes it: drafted, asked for by one organizer and approved by the other."""
    from campaign.mailings import approving, drafting
    from campaign.mailings.drafting import Draft, Whom, Words
    from campaign.mailings.models import Mailing

    body = "\n\n".join((GREETING, *PARAGRAPHS, CLOSING))
    draft = Draft(title=title, whom=Whom(), a=Words(SUBJECT, body))
    mailing = drafting.begin(of, draft, house.olive)
    if not approving.ask(mailing.pk, house.olive):
        raise RuntimeError("nobody could ask for approval")
    if not approving.approve(mailing.pk, house.other, mailing.digest):
        raise RuntimeError("nobody could approve")
    return Mailing.objects.get(pk=mailing.pk)


@contextmanager
def running(name: str, command: tuple[str, ...], house: House) -> Iterator[Child]:
    """A process of the house until the block ends."""
    child = Child(Program(name, command, house.var / f"{name}.log", house.env, servers.ROOT))
    child.start()
    try:
        yield child
    finally:
        child.stop(patience=30)


@contextmanager
def mailer(house: House) -> Iterator[Child]:
    """The worker of mailings as production starts it: two processes on the queue `mailings`. Ready when it is there."""
    with running("mailer", commands.mailer(), house) as child:
        from campaign.celery import app

        deadline = time.monotonic() + 60
        while not app.control.ping(timeout=0.5):
            if not child.is_alive or time.monotonic() > deadline:
                raise RuntimeError(f"the worker does not answer:\n{child.last_lines()}")
        yield child


def processes_of(child: Child) -> list[int]:
    """The process and its children."""
    pids = [child.pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == child.pid:
            pids.append(int(path.parent.name))
    return pids


def high_water(pid: int) -> float:
    """The most memory that a process ever held, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no high-water mark of {pid}")
