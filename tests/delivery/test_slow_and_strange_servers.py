"""Servers that are slow, hang, or refuse us and not the mailbox: nothing is lost, blamed on the mailbox or crashed."""

import contextlib
import socket
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import psycopg
import pytest
from django.db import OperationalError, connection

from campaign.delivery import recipes, sending
from campaign.delivery.claiming import claim
from campaign.delivery.models import LEASE, Delivery, Kind, Queue, Series, Status, Suppression
from campaign.delivery.promising import promise
from campaign.delivery.recipes import Mail
from campaign.delivery.transport import Accepted, Fate, Outgoing, Refused, TryLater
from embedded.troubles import At, Trouble, hang
from tests.delivery.conftest import arrived, now_due


@pytest.fixture
def black_hole(settings) -> Iterator[None]:
    """A server that takes the connection and never says a word."""
    settings.EMAIL_TIMEOUT = 0.3
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        settings.EMAIL_PORT = server.getsockname()[1]
        yield


def statuses() -> set[tuple[str, int]]:
    return set(Delivery.objects.values_list("status", "crashes"))


def test_a_server_that_says_nothing_costs_a_batch_one_time_out(post, black_hole):
    for number in range(20):
        post(f"person{number}@example.org")
    began = time.monotonic()
    assert sending.send_due() == 1
    assert time.monotonic() - began < 3
    assert Counter(Delivery.objects.values_list("status", "crashes")) == {
        (Status.DEFERRED, 0): 1,
        (Status.QUEUED, 0): 19,
    }


def test_a_slow_batch_gives_back_what_it_did_not_begin(post, sink, monkeypatch):
    monkeypatch.setitem(sending.LONGEST_BATCH_SECONDS, Queue.CONFIRM, 0.5)
    sink.suffer(hang(0.3, at=At.DOT, times=2))
    for number in range(5):
        post(f"person{number}@example.org")
    assert sending.send_due() == 2
    assert statuses() == {(Status.ACCEPTED, 0), (Status.QUEUED, 0)}
    assert set(Delivery.objects.filter(status=Status.QUEUED).values_list("attempts", "claimed_by")) == {(0, "")}
    sending.send_due()
    assert len(arrived(sink)) == 5


def test_a_worker_that_is_stopped_gives_back_what_it_did_not_begin(post, sink):
    def stop(_: Delivery) -> Mail:
        raise SystemExit

    recipes.register("stop", stop)
    post(recipe="stop"), post()
    with pytest.raises(SystemExit):
        sending.send_due()
    assert statuses() == {(Status.QUEUED, 0)}


def test_a_refused_sender_is_our_own_fault_and_waits_until_it_is_mended(post, sink):
    sink.suffer(Trouble(At.MAIL, answer="550 5.1.0 Sender rejected", times=1))
    delivery = post()
    sending.send_due()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (Status.DEFERRED, "sender refused: smtp 550 5.1.0")
    assert not Suppression.objects.exists()
    now_due()
    sending.send_due()
    assert len(arrived(sink)) == 1


def test_a_hand_over_has_the_whole_lease_before_it(post, sink):
    delivery = post()
    claimed = claim(Queue.CONFIRM, "a worker")[0]
    before = Delivery.objects.get(pk=delivery.pk).lease_until
    Delivery.objects.update(lease_until=before - LEASE / 2)
    mail = Mail(to="ada@example.org", subject="Hello", text="Words.")
    assert promise(Queue.CONFIRM, "a worker", [Outgoing(claimed, mail)])
    assert Delivery.objects.get(pk=delivery.pk).lease_until >= before


def test_what_was_put_off_is_no_suspect_any_more(post, black_hole):
    delivery = post()
    Delivery.objects.update(crashes=2)
    sending.send_due()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.crashes) == (Status.DEFERRED, 0)


def test_a_promise_that_was_rolled_back_counts_as_a_crash_at_once(post, sink):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE delivery_deliveryevent ADD CONSTRAINT broken CHECK (status <> 'handing_off')")
    delivery = post()
    sending.send_due()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason, delivery.crashes) == (Status.QUEUED, "crashed", 1)
    assert arrived(sink) == []


def test_a_host_with_the_longest_name_there_may_be_sends(post, sink, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "w" * 63)
    post()
    assert sending.send_due() == 1


class LineThatOutlivesTheDatabase:
    """While the server answers the connection to the database is cut."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def ready(self) -> None:
        """Always."""

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """It takes all but the last two."""
        told = connection.get_connection_params()
        with psycopg.connect(**{name: told.get(name) for name in ("dbname", "user", "password", "host", "port")}) as at:
            at.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        never, later = Refused("smtp 550 5.1.1", bad_address=True), TryLater("smtp 451")
        fates: list[Fate] = [*(Accepted("smtp 250") for _ in window[2:]), never, later]
        return {each.delivery.pk: fate for each, fate in zip(window, fates, strict=True)}


@pytest.mark.django_db(transaction=True)
def test_what_a_server_said_is_not_forgotten_when_the_database_goes_away_meanwhile(settings):
    settings.MAIL_LINE = f"{__name__}.LineThatOutlivesTheDatabase"
    recipes.register_many(
        "some", lambda each: {one.pk: Mail(f"{one.pk.hex}@example.org", "News", "Words.\n") for one in each}
    )
    series = Series.objects.create()
    for _ in range(5):
        Delivery.objects.create(
            key=str(uuid.uuid4()), kind=Kind.MAILING, recipe="some", mailbox=uuid.uuid4(), series=series
        )
    with contextlib.suppress(OperationalError):  # what comes after may meet a connection that is cut
        sending.send_due(Queue.MAILINGS)
    assert Counter(Delivery.objects.values_list("status", flat=True)) == {
        Status.ACCEPTED: 3,
        Status.DEFERRED: 1,
        Status.REFUSED: 1,
    }
    assert Suppression.objects.count() == 1


class LineThatSaysNonsense(LineThatOutlivesTheDatabase):
    """Whatever a provider says stands in what it came to."""

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """It takes the first, of each domain, and lets the second come again."""
        fates: list[Fate] = [Accepted("provider \0 \ud800"), TryLater("provider \0 \ud800", is_connection=True)]
        return {each.delivery.pk: fates[each.mail.to.startswith("bruno")] for each in window}


def test_words_that_no_database_takes_cost_no_mail_its_fate(post, settings):
    settings.MAIL_LINE = f"{__name__}.LineThatSaysNonsense"
    post("ada@example.org"), post("bruno@example.org")
    sending.send_due()
    assert set(Delivery.objects.values_list("status", "reason")) == {
        (Status.ACCEPTED, "provider ? ?"),
        (Status.DEFERRED, "provider ? ?"),
    }
