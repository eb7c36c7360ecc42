"""Not a cannon: however, wherever and by whomever an address is typed, its owner gets little mail."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Kind, MailboxCap, Queue, Scope, Status, Suppression, SuppressionReason
from campaign.delivery.recipes import Mail, follow
from campaign.lib import emails, limits
from campaign.partners import keys
from campaign.petitions import confirming
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Supporter
from embedded.smtp_sink import SmtpSink
from embedded.troubles import defer
from tests import factories
from tests.delivery.conftest import arrived, now_due

# What is asked once and kept for a moment, whoever signs.
KEPT = re.compile(r'FROM "(petitions_petition|petitions_networkkey|partners_)')
DAY = timedelta(hours=24, seconds=1)
ALIASES = ("ada.lopez@gmail.com", "adalopez+1@gmail.com", "a.d.a.lopez@googlemail.com", "ADALOPEZ+x@GMAIL.COM")
Face = Callable[[Petition, str], int]


def by_page(petition: Petition, email: str) -> int:
    return Client().post(f"/petitions/{petition.slug}/", {**factories.ADA, "email": email}).status_code


def by_api(key: str) -> Face:
    def post(petition: Petition, email: str) -> int:
        client = Client(headers={"Authorization": f"Bearer {key}"})
        path = f"/api/v1/petitions/{petition.slug}/signatures"
        return client.post(path, {**factories.ADA, "email": email}, content_type="application/json").status_code

    return post


@pytest.fixture
def faces(riverkeepers: str, acme: str) -> list[tuple[Face, int]]:
    """Every way to sign, with the answer it gives: our page, two partners, and a partner's sandbox."""
    _, sandbox = keys.issue(factories.make_partner("Sandy", "sandy")[0], is_sandbox=True)
    return [(by_page, 303), (by_api(riverkeepers), 202), (by_api(acme), 202), (by_api(sandbox), 202)]


def a_day_passes() -> None:
    """For caps and for keys, which hold the day."""
    MailboxCap.objects.update(last_at=timezone.now() - DAY)
    for delivery in Delivery.objects.all():
        Delivery.objects.filter(pk=delivery.pk).update(key=f"before:{delivery.pk}")
    now_due()


def send_all() -> None:
    while sending.send_due():
        pass


@pytest.mark.django_db
def test_one_confirmation_a_day_and_three_ever_over_all_petitions_partners_and_aliases(
    faces: list[tuple[Face, int]], sink: SmtpSink
) -> None:
    petitions = [factories.make_petition(f"petition-{number}") for number in range(3)]
    got = []
    for _day in range(5):
        for petition in petitions:
            for (sign, status), alias in zip(faces, ALIASES, strict=True):
                assert sign(petition, alias) == status
        send_all()
        got.append(len(arrived(sink)))
        a_day_passes()
    assert got == [1, 2, 3, 3, 3]


@pytest.mark.django_db
def test_a_click_opens_the_cap_again(petition: Petition, sink: SmtpSink) -> None:
    signature = factories.sign(petition)
    send_all()
    confirming.confirm(signature.pk)
    factories.sign(factories.make_petition("another"))
    send_all()
    assert [mail.subject.split()[0] for mail in arrived(sink)].count("Confirm") == 2


@pytest.mark.django_db
def test_the_day_counts_from_the_try_that_may_have_arrived(petition: Petition, sink: SmtpSink) -> None:
    """The first confirmation was put off for twenty hours; five hours after it came, a second one has to wait."""
    sink.suffer(defer(times=1))
    factories.sign(petition)
    send_all()
    MailboxCap.objects.update(last_at=timezone.now() - timedelta(hours=25))
    now_due()
    send_all()
    factories.sign(factories.make_petition("another"))
    send_all()
    assert len(arrived(sink)) == 1
    assert Delivery.objects.filter(status=Status.DEFERRED, reason="capped").count() == 1


@pytest.mark.django_db
def test_who_has_signed_already_is_told_once_a_day_over_all_petitions(
    faces: list[tuple[Face, int]], sink: SmtpSink
) -> None:
    petitions = [factories.make_petition(f"petition-{number}") for number in range(3)]
    for alias in ALIASES[:2]:
        for petition in petitions:
            factories.sign_and_confirm(petition, email=alias)
    send_all()
    sink.clear()
    for day in (1, 2):
        for petition in petitions:
            for sign, status in faces:
                for alias in ALIASES[:2]:
                    assert sign(petition, alias) == status
        send_all()
        assert len(arrived(sink)) == day
        a_day_passes()


@pytest.mark.django_db
@pytest.mark.parametrize("known", ["capped", "used up", "bounced", "complained", "stopped", "confirmed"])
def test_nothing_tells_a_capped_sign_up_from_another(
    petition: Petition, faces: list[tuple[Face, int]], monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    """The same answer, from the same statements: so it takes the same time."""
    signature = factories.sign(petition)
    cap = emails.cap_id("ada@example.org")
    if known in {"capped", "used up"}:
        MailboxCap.objects.create(pk=cap, unanswered=1 if known == "capped" else 3)
    elif known == "confirmed":
        confirming.confirm(signature.pk)
    else:
        reasons = {"bounced": "bounced", "complained": "complained", "stopped": "unsubscribed"}
        Suppression.objects.add(signature.supporter_id, Scope.ALL, SuppressionReason(reasons[known]))
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def listening(self: psycopg.Cursor, query: object, *args: object, **kwargs: object) -> object:
        if not KEPT.search(str(query)):
            said.append(str(query))
        return execute(self, query, *args, **kwargs)  # type: ignore[arg-type]

    for sign, status in faces:
        sign(petition, "somebody@example.org")
        monkeypatch.setattr(psycopg.Cursor, "execute", listening)
        told = []
        for email in ("ada@example.org", f"new-{known[:4]}-{status}@example.org"):
            said.clear()
            told.append((sign(petition, email), list(said)))
        monkeypatch.undo()
        assert told[0] == told[1]
        limits.counter.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_sign_ups_at_once_and_four_workers_one_confirmation_arrives(sink: SmtpSink, riverkeepers: str) -> None:
    petitions = [factories.make_petition(f"petition-{number}") for number in range(10)]
    api = by_api(riverkeepers)
    line = threading.Barrier(50)
    answers: list[int] = []

    def sign(number: int) -> None:
        line.wait()
        try:
            face = by_page if number % 2 else api
            answers.append(face(petitions[number % 10], ALIASES[number % 4]))
        finally:
            connection.close()

    def work() -> None:
        try:
            while sending.send_due(Queue.CONFIRM):
                pass
        finally:
            connection.close()

    for crowd in (
        [threading.Thread(target=sign, args=[number]) for number in range(50)],
        [threading.Thread(target=work) for _ in range(4)],
    ):
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
    assert sorted(answers) == [202] * 25 + [303] * 25
    assert len(arrived(sink)) == 1
    assert MailboxCap.objects.get().unanswered == 1
    assert Delivery.objects.filter(status=Status.ACCEPTED).count() == 1
    assert not Delivery.objects.exclude(status__in=[Status.ACCEPTED, Status.DEFERRED]).exists()


@pytest.mark.django_db
def test_nothing_but_capped_confirmations_goes_to_the_unconfirmed(petition: Petition) -> None:
    """Every recipe that the house knows, asked about somebody who never pressed a button."""
    signature = factories.sign(petition)
    about = {"signature": str(signature.pk), "letter": str(signature.pk)}
    for recipe in ("confirm_signature", "already_signed", "signed", "my_page", "letter_waits_for_you"):
        delivery = Delivery(recipe=recipe, kind=Kind.RECEIPT, mailbox=signature.supporter_id, about=about)
        mail = follow(delivery)
        assert isinstance(mail, Mail) is (recipe == "confirm_signature"), recipe
        if isinstance(mail, Mail):
            assert mail.cap == emails.cap_id("ada@example.org")


# --- addresses that would be two --------------------------------------------------------------------------------------

BAD = (
    "ada@example.org\r\nBcc: mallory@example.org",
    "ada@example.org\nmallory@example.org",
    "ada@example.org\rmallory@example.org",
    "ada@example.org\r\n",
    "ada@example.org,mallory@example.org",
    "ada@example.org;mallory@example.org",
    "ada@example.org, mallory@example.org",
    "ada@example.org\uff0cmallory@example.org",
    "ada@example.org\u2028mallory@example.org",
    "ada@example.org\u2028",
    "ada@example.org\u0085",
    "ada\u2029@example.org",
    "ada\N{GRINNING FACE}@example.org",
    "ada@ex\N{GRINNING FACE}ample.org",
    '"ada, mallory"@example.org',
    "<ada@example.org>",
    "Ada <ada@example.org>",
    "a" * 308 + "@example.org",
    "a" * 65 + "@example.org",
    "ada@" + "a" * 64 + ".org",
)


@pytest.mark.django_db
@pytest.mark.parametrize("email", BAD)
def test_an_address_that_is_not_one_is_refused_by_every_face_and_nothing_is_mailed(
    petition: Petition, faces: list[tuple[Face, int]], sink: SmtpSink, email: str
) -> None:
    for sign, _status in faces:
        assert sign(petition, email) == 422
    page = Client().post(f"/petitions/{petition.slug}/", {**factories.ADA, "email": email}).content.decode()
    assert "We can’t write to this address" in page.replace("&#x27;", "’")
    assert not Supporter.objects.exists()
    assert not Signature.objects.exists()
    send_all()
    assert arrived(sink) == []
