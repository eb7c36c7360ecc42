"""Bounces, complaints and unsubscribings that come as mail: signed ones count, and nothing stops the reader."""

import base64
import time
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.delivery import reading_reports
from campaign.delivery.models import Delivery, Kind, Report, Status, Suppression
from campaign.lib import emails
from campaign.petitions import unsubscribing
from tests.delivery.bounces import arf, dsn, recipient

ADA = "ada@example.org"
FULL = "552 5.2.2 over quota"


@pytest.fixture
def delivery(db):
    """Something that may have reached Ada."""
    return Delivery.objects.create(
        key=f"plain:{uuid.uuid4()}",
        kind=Kind.RECEIPT,
        recipe="plain",
        mailbox=emails.mailbox_id(ADA),
        status=Status.UNCERTAIN,
        handed_off_at="2026-11-24T00:00:00Z",
    )


def stands(delivery):
    delivery.refresh_from_db()
    return delivery.status, delivery.reported


def stopped():
    return list(Suppression.objects.values_list("scope", "reason"))


def nothing_changed(delivery):
    assert stands(delivery) == ("uncertain", "")
    assert stopped() == []
    return True


def test_a_bounce_is_understood(delivery):
    assert reading_reports.read(dsn(delivery))
    assert stands(delivery) == ("accepted", "bounced")
    assert stopped() == [("all", "bounced")]
    report = Report.objects.get()
    assert (report.source, report.reason) == ("dsn", "5.1.1")


def test_the_same_bounce_by_two_ways_is_heard_once(delivery):
    assert reading_reports.read(dsn(delivery))
    Suppression.objects.all().delete()  # she confirmed anew
    assert reading_reports.read(b"Received: by another.example\n" + dsn(delivery, number=2).replace(b"\n", b"\r\n"))
    assert Report.objects.count() == 1
    assert stopped() == []


@pytest.mark.parametrize(
    ("said", "reported", "is_bad"),
    [
        (recipient(status="5.1.1"), "bounced", True),
        (recipient(status="5.1.10", diagnostic="550 5.1.10 RESOLVER.ADR.RecipientNotFound"), "bounced", True),
        (recipient(status="5.0.0"), "bounced", True),
        (recipient(status="5.0.0", diagnostic="550 no such user here"), "bounced", False),
        (recipient(status="5.2.2", diagnostic=FULL), "bounced", False),
        (recipient(status="5.7.1", diagnostic="550 5.7.1 blocked, see 5.1.1"), "bounced", False),
        (recipient(status="4.4.7", diagnostic="too long in the queue"), "bounced", False),
        (recipient("delayed", "4.4.1", "connection timed out"), "deferred", False),
        (recipient("delivered", "2.1.5", "250 2.1.5 OK"), "delivered", False),
        (recipient("relayed", "2.0.0", "250 OK"), "sent", False),
        (recipient("expanded", "2.0.0", "250 OK"), "sent", False),
        (recipient("Failed (not delivered)", "5.1.1"), "bounced", True),
        (
            "Final-Recipient: rfc822;\n  ada@example.org\nAction:\n failed\nStatus:\n\t5.1.1\n (no such user)",
            "bounced",
            True,
        ),
        (
            "final-recipient: x\naction: FAILED\nDiagnostic-Code: smtp; 550-5.1.1 gone\n  550 5.1.1 for good",
            "bounced",
            True,
        ),
    ],
)
def test_what_a_server_may_say(delivery, said, reported, is_bad):
    assert reading_reports.read(dsn(delivery, said))
    assert stands(delivery) == ("accepted", reported)
    assert stopped() == ([("all", "bounced")] if is_bad else [])


def test_of_several_recipients_ours_counts_and_a_lists_members_say_nothing_against_it(delivery):
    eve = recipient(address="eve@elsewhere.example")
    assert reading_reports.read(dsn(delivery, eve, recipient("delivered", "2.0.0", "250 OK", ADA.upper())))
    assert stands(delivery) == ("accepted", "delivered")
    members = [recipient(address=f"member{number}@elsewhere.example") for number in range(3)]
    assert reading_reports.read(dsn(delivery, *members))
    assert stands(delivery) == ("accepted", "bounced")
    assert stopped() == []


def test_a_forwarded_address_that_is_gone_is_gone(delivery):
    assert reading_reports.read(dsn(delivery, recipient(address="ada@new.example")))
    assert stopped() == [("all", "bounced")]


def test_a_bounce_without_our_signature_is_kept_and_changes_nothing(delivery):
    other = delivery.return_path[:-40] + "0" * 16 + "@twothirds.example"
    for to, return_path in (("letters@twothirds.example", ""), (other, other), ("", "ada@example.org")):
        assert reading_reports.read(dsn(delivery, to=to, return_path=return_path))
    assert nothing_changed(delivery)
    assert set(Report.objects.values_list("delivery", flat=True)) == {None}


def test_our_signature_may_stand_in_the_envelope_the_headers_or_what_comes_back(delivery):
    for number, (to, path, envelope) in enumerate(
        [
            ("x@twothirds.example", delivery.return_path, ""),
            (delivery.return_path, "", ""),
            (f"=?utf-8?q?Bounces?= <{delivery.return_path.upper()}>", "", ""),
            ("x@twothirds.example", "", delivery.return_path),
        ]
    ):
        Report.objects.all().delete()
        assert reading_reports.read(dsn(delivery, to=to, return_path=path, number=number), envelope)
        assert Report.objects.get().delivery == delivery


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers", "message/global-headers"])
@pytest.mark.parametrize(
    ("feedback", "reported", "suppressed"),
    [
        ("abuse", "complained", [("all", "complained")]),
        ("Fraud", "complained", [("all", "complained")]),
        ("opt-out", "unsubscribed", [("updates", "unsubscribed")]),
    ],
)
def test_a_complaint_is_understood(delivery, feedback, reported, suppressed, original):
    assert reading_reports.read(arf(delivery, feedback, original=original))
    assert stands(delivery) == ("accepted", reported)
    assert stopped() == suppressed
    assert Report.objects.get().source == "arf"


def test_not_spam_is_no_complaint_and_a_forged_one_changes_nothing(delivery):
    for feedback in ("not-spam", "auth-failure", "virus", ""):
        assert not reading_reports.read(arf(delivery, feedback))
    assert reading_reports.read(arf(delivery, return_path="ada@example.org"))
    assert nothing_changed(delivery)


# --- what is no report, and what is broken ---------------------------------------------------------------------------


def plain(to, subject="Out of office", body="I am away.", **headers):
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From: Ada <ada@example.org>\nTo: {to}\nSubject: {subject}\n{more}\n{body}\n".encode()


def test_answers_and_vacation_notices_are_left(delivery):
    to = delivery.return_path
    for mail in (
        plain(to, Auto_Submitted="auto-replied"),
        plain(to, X_Autoreply="yes", Precedence="bulk"),
        plain(to, "Mail delivery failed", "550 5.1.1", X_Failed_Recipients="ada@example.org"),
        plain(to, "Re: Please confirm", dsn(delivery).decode()),
        b"To: x@twothirds.example\nContent-Type: message/rfc822\n\n" + dsn(delivery),
    ):
        assert not reading_reports.read(mail)
    assert nothing_changed(delivery)


def nested(depth, inner):
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n' for number in range(depth))
    return head.encode() + inner


def broken(delivery):
    whole = dsn(delivery)
    yield from (whole[:size] for size in range(0, len(whole), 97))
    yield from (b"", b"\n", b"\0" * 1000, b"\xff\xfe" * 500, b":" * 5000, b"=?utf-8?b?" * 500, b"From \n" * 100)
    yield whole.replace(b"message/delivery-status", b"message/delivery-status; charset*=hex''%00")
    yield whole.replace(b'boundary="b1"', b"boundary=")
    yield whole.replace(b"Status: 5.1.1", b"Status: \xff\xfe\x00 5.1.1")
    yield whole.replace(b"Action: failed", b"Action: exploded")
    yield whole.replace(b"us-ascii", b"x-no-such-charset")
    yield whole.replace(
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64",
    )
    yield whole.replace(b"Reporting-MTA: dns; mx.example.org", b"\n\n\n\n: :\n \n\t\n")
    yield nested(3000, whole)
    yield b"Content-Type: message/rfc822\n\n" * 3000 + whole
    yield b"To: " + b"bounces+" * 50_000 + b"\n\n"


def test_broken_mail_never_stops_the_reader(delivery):
    for raw in broken(delivery):
        assert reading_reports.read(raw) in {True, False}
    assert stands(delivery)[1] in {"", "bounced"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_that_were_changed_on_the_way_never_stop_the_reader(delivery, data):
    raw = bytearray(dsn(delivery))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=30)):
        raw[place] = data.draw(st.integers(0, 255))
    assert reading_reports.read(bytes(raw)) in {True, False}


def test_parts_within_parts_within_parts_keep_nobody_busy(delivery):
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(150))
    began = time.process_time()
    assert not reading_reports.read((nested + "x\n" * 300_000).encode())
    assert time.process_time() - began < 0.5


def test_a_bounce_that_returns_ten_megabytes_is_read_by_its_beginning(delivery):
    whole = dsn(delivery).replace(b"Words.", b"Words.\n" + b"x" * 76 + b"\n")
    assert reading_reports.read(whole.replace(b"x" * 76 + b"\n", (b"x" * 76 + b"\n") * 130_000))
    assert stands(delivery)[1] == "bounced"


def test_a_status_part_in_base64_or_in_unicode_is_read(delivery):
    start, end = b"Content-Type: message/delivery-status\n\n", b"\n\n--b1\nContent-Description: Undelivered"
    whole = dsn(delivery)
    fields = whole.split(start)[1].split(end)[0]
    told = b"Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: base64\n\n"
    assert reading_reports.read(whole.replace(start + fields, told + base64.encodebytes(fields)))
    assert stands(delivery)[1] == "bounced"
    assert stopped() == [("all", "bounced")]
    Report.objects.all().delete()
    Suppression.objects.all().delete()
    assert reading_reports.read(whole.replace(b"message/delivery-status", b"message/global-delivery-status"))
    assert stopped() == [("all", "bounced")]


# --- unsubscribe+<word>@... ------------------------------------------------------------------------------------------


def address(petition=None):
    word = unsubscribing.word_of(emails.mailbox_id(ADA), petition.pk if petition else None)
    return f"unsubscribe+{word}@twothirds.example"


def test_mail_to_the_address_of_a_list_stops_the_list(petition):
    assert reading_reports.read(plain(address(petition).upper(), "unsubscribe", "", Message_ID="<1@example.org>"))
    stop = Suppression.objects.get()
    assert (stop.scope, stop.mailing_list, stop.mailbox) == ("list", petition.pk, emails.mailbox_id(ADA))
    assert Report.objects.get().source == "mailto"


def test_the_same_mail_read_again_does_not_unsubscribe_who_subscribed_anew(petition):
    mail = plain(address(petition), "unsubscribe", "", Message_ID="<1@example.org>")
    assert reading_reports.read(mail)
    unsubscribing.resubscribe(emails.mailbox_id(ADA))
    assert reading_reports.read(mail)
    assert stopped() == []
    assert reading_reports.read(mail.replace(b"<1@", b"<2@"))
    assert stopped() == [("list", "unsubscribed")]


def test_a_forged_word_and_a_machines_answer_stop_nothing(petition):
    right = address(petition)
    assert not reading_reports.read(plain(right.replace("unsubscribe+", "unsubscribe+aaaa")))
    assert not reading_reports.read(plain(right[:20] + "zzzz" + right[24:]))
    assert not reading_reports.read(plain(right, Auto_Submitted="auto-replied"))
    assert (stopped(), Report.objects.count()) == ([], 0)


def test_who_pipes_may_say_whom_the_mail_was_for(petition):
    assert reading_reports.read(plain("undisclosed-recipients:;"), address(petition))
    assert stopped() == [("list", "unsubscribed")]
