"""A mail server of ours hands in what came to it, at /api/hooks/mail/inbound/, signed with REPORTS_SECRET."""

import hmac
import re
import time
import uuid
from pathlib import Path

import pytest
from django.test import Client

from campaign.delivery.models import Delivery, Kind, Report, Status, Suppression
from campaign.lib import emails
from tests.api.conftest import is_problem
from tests.delivery.bounces import dsn

SECRET, OLD_SECRET = "the secret of today", "the secret of yesterday"
PATH = "/api/hooks/mail/inbound/"


@pytest.fixture
def delivery(db):
    """Something that may have reached Ada."""
    return Delivery.objects.create(
        key=f"plain:{uuid.uuid4()}",
        kind=Kind.RECEIPT,
        recipe="plain",
        mailbox=emails.mailbox_id("ada@example.org"),
        status=Status.UNCERTAIN,
        handed_off_at="2026-11-24T00:00:00Z",
    )


@pytest.fixture
def hand_in(settings):
    """Call the address, signed."""
    settings.REPORTS_SECRET = [SECRET, OLD_SECRET]

    def call(body, *, secret=SECRET, at=None, content_type="message/rfc822", **headers):
        stamp = str(int(at or time.time()))
        seal = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
        signed = {"X-Report-Timestamp": stamp, "X-Report-Signature": seal}
        return Client().post(PATH, body, content_type=content_type, headers=signed | headers)

    return call


def untouched(delivery):
    delivery.refresh_from_db()
    assert (delivery.reported, Report.objects.count(), Suppression.objects.count()) == ("", 0, 0)
    return True


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
@pytest.mark.parametrize("content_type", ["message/rfc822", "application/octet-stream"])
def test_a_bounce_that_is_handed_in_is_heard_once(delivery, hand_in, secret, content_type):
    for _twice in range(2):
        answer = hand_in(dsn(delivery), secret=secret, content_type=content_type)
        assert (answer.status_code, answer.json()) == (200, {"heard": True})
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reported, Report.objects.count()) == ("accepted", "bounced", 1)


def test_the_envelope_says_whom_it_was_for(delivery, hand_in):
    body = dsn(delivery, to="x@twothirds.example", return_path="")
    hand_in(body, **{"X-Envelope-To": delivery.return_path})
    assert Report.objects.get().delivery == delivery


def test_mail_that_reports_nothing_is_taken_and_said_to_be_none(delivery, hand_in):
    assert hand_in(b"Subject: hello\n\nWords.\n").json() == {"heard": False}
    assert untouched(delivery)


def test_a_signature_of_the_webhook_does_not_make_a_forged_bounce_real(delivery, hand_in):
    assert hand_in(dsn(delivery, to="x@twothirds.example", return_path="")).status_code == 200
    assert Report.objects.get().delivery is None
    assert not Suppression.objects.exists()


def test_what_is_unsigned_forged_or_old_is_refused(delivery, hand_in):
    body = dsn(delivery)
    for answer in (
        hand_in(body, secret="another secret altogether"),
        hand_in(body, at=time.time() - 301),
        hand_in(body, at=time.time() + 400),
        hand_in(body, **{"X-Report-Signature": ""}),
        hand_in(body, **{"X-Report-Signature": "é" * 64}),
        hand_in(body, **{"X-Report-Timestamp": "now"}),
        hand_in(body, **{"X-Report-Timestamp": "9" * 400}),
        hand_in(body, **{"X-Report-Timestamp": str(int(time.time()) - 1)}),
        Client().post(PATH, body, content_type="message/rfc822"),
    ):
        is_problem(answer, 403)
    assert untouched(delivery)


def test_other_kinds_and_methods_and_thirteen_megabytes_are_refused(delivery, hand_in):
    is_problem(hand_in(dsn(delivery), content_type="application/json"), 415)
    is_problem(hand_in(dsn(delivery), content_type="multipart/form-data; boundary=x"), 415)
    assert is_problem(Client().get(PATH), 405)["detail"]
    assert "12 MiB" in is_problem(hand_in(b"x" * (12 * 1024 * 1024 + 1)), 413)["detail"]
    assert untouched(delivery)


def test_a_bounce_that_returns_ten_megabytes_is_taken(delivery, hand_in):
    assert hand_in(dsn(delivery) + b"x" * 10_000_000).json() == {"heard": True}


def test_without_a_secret_there_is_no_such_address(delivery, hand_in, settings):
    settings.REPORTS_SECRET = []
    is_problem(hand_in(dsn(delivery), secret=""), 404)
    assert untouched(delivery)


def test_nginx_lets_in_what_this_address_takes(settings):
    conf = (Path(settings.BASE_DIR) / "deploy" / "nginx.conf").read_text()
    most = re.search(r"location /api/hooks/mail/ \{\s+client_max_body_size (\d+)m;", conf)
    assert int(most[1]) * 1024**2 > max(size for _start, size in settings.LARGER_BODIES)
