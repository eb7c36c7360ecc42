"""Queue mail with a peer and let the peer send it: `python -m bench.peers.draining mailer|post_office FILE`.

Both through their own API and their own command; the process is up and the queue is full before the clock starts. Says
`done` with the seconds from the command's call to its return, when nothing waits any more.
"""

import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.settings")
BATCH = 1000


@dataclass(frozen=True)
class Piece:
    """One mail as a caller of a peer has it."""

    to: str
    subject: str
    text: str
    html: str
    sender: str
    headers: dict[str, str]


def fill_mailer(pieces: list[Piece]) -> None:
    """What `send_html_mail` of django-mailer does, many in one statement: its own backend takes them so."""
    from django.core.mail import EmailMultiAlternatives  # noqa: TID251 - this is a peer's world, not the house's
    from mailer.backend import DbBackend

    backend = DbBackend()
    for start in range(0, len(pieces), BATCH):
        messages = []
        for piece in pieces[start : start + BATCH]:
            mail = EmailMultiAlternatives(
                piece.subject, piece.text, piece.sender, [piece.to], headers=dict(piece.headers)
            )
            mail.attach_alternative(piece.html, "text/html")
            messages.append(mail)
        backend.send_messages(messages)


def fill_post_office(pieces: list[Piece]) -> None:
    """`send_many`, its API for many."""
    from post_office import mail

    for start in range(0, len(pieces), BATCH):
        mail.send_many(
            [
                {
                    "recipients": [piece.to],
                    "sender": piece.sender,
                    "subject": piece.subject,
                    "message": piece.text,
                    "html_message": piece.html,
                    "headers": piece.headers,
                }
                for piece in pieces[start : start + BATCH]
            ]
        )


def drain_mailer() -> int:
    """Its `send_mail`; how many it left."""
    from django.core.management import call_command
    from mailer.models import Message

    call_command("send_mail")
    return int(Message.objects.count())


def drain_post_office() -> int:
    """Its `send_queued_mail` with two processes; how many it left."""
    from django.core.management import call_command
    from post_office.models import STATUS, Email

    call_command("send_queued_mail", processes=2, lockfile=str(Path(sys.argv[2]).with_suffix(".lock")))
    return int(Email.objects.exclude(status=STATUS.sent).count())


PEERS: dict[str, tuple[Callable[[list[Piece]], None], Callable[[], int]]] = {
    "mailer": (fill_mailer, drain_mailer),
    "post_office": (fill_post_office, drain_post_office),
}


def main() -> None:
    """Fill, then drain against the clock."""
    fill, drain = PEERS[sys.argv[1]]
    django.setup()
    with Path(sys.argv[2]).open("rb") as file:
        rows = pickle.load(file)
    fill([Piece(**row) for row in rows])
    begun = time.perf_counter()
    left = drain()
    taken = time.perf_counter() - begun
    if left:
        raise SystemExit(f"{sys.argv[1]} left {left}")
    sys.stdout.write(f"done {taken:.6f}\n")


if __name__ == "__main__":
    main()
