"""`manage.py mail reports`: from a mailbox, a maildir, a file or a pipe. A message is marked when it is heard."""

import io
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from campaign import report_settings
from campaign.delivery import collecting_reports, reading_reports, reporting, tasks
from campaign.delivery.collecting_reports import NoMailbox
from campaign.delivery.models import Delivery, Kind, Report, Status
from campaign.env import BadSetting
from campaign.lib import emails
from tests.delivery.bounces import arf, dsn
from tests.delivery.imap_server import ImapServer

NO_REPORT = b"Subject: hello\r\n\r\nWords.\r\n"
LEFT = collecting_reports.LEFT


def handed_over():
    return Delivery.objects.create(
        key=f"plain:{uuid.uuid4()}",
        kind=Kind.RECEIPT,
        recipe="plain",
        mailbox=emails.mailbox_id("ada@example.org"),
        status=Status.ACCEPTED,
        handed_off_at="2026-11-24T00:00:00Z",
    )


@pytest.fixture
def delivery(db):
    """A mail that left."""
    return handed_over()


@pytest.fixture
def serve():
    """A mail server with these messages in its folder."""
    servers = []

    def start(*messages, **more):
        servers.append(ImapServer(list(messages), **more))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def run(capsys, *options):
    call_command("mail", "reports", *options)
    return capsys.readouterr().out.strip()


def flags(server):
    return [kept.flags for kept in server.messages.values()]


# --- IMAP ------------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_read_and_what_was_heard_is_marked(delivery, serve, settings, capsys):
    server = serve(dsn(delivery), NO_REPORT, arf(delivery), b"\xff\xfe" * 50)
    settings.REPORTS_MAILBOX_URL = server.url
    assert run(capsys) == "2 reports heard, 2 messages left as they are."
    assert flags(server) == [{"\\Seen"}, {LEFT}, {"\\Seen"}, {LEFT}]
    assert run(capsys) == "0 reports heard, 0 messages left as they are."
    assert set(Report.objects.values_list("what", flat=True)) == {"bounced", "complained"}


def test_where_a_server_knows_no_keywords_what_is_left_is_looked_at_again(delivery, serve):
    server = serve(dsn(delivery), NO_REPORT, keywords=False)
    assert collecting_reports.from_mailbox(server.url).heard == 1
    again = collecting_reports.from_mailbox(server.url)
    assert (again.heard, again.left) == (0, 1)
    assert flags(server) == [{"\\Seen"}, set()]


def test_what_can_not_be_marked_keeps_no_report_from_being_read(delivery, serve, monkeypatch):
    monkeypatch.setattr(collecting_reports, "MOST_AT_ONCE", 2)
    server = serve(*[NO_REPORT] * 3, dsn(delivery), arf(delivery), keywords=False)
    assert [collecting_reports.from_mailbox(server.url).heard for _ in range(2)] == [2, 0]
    assert Report.objects.count() == 2


def test_nothing_is_marked_before_it_is_committed(delivery, serve, monkeypatch):
    server = serve(dsn(delivery))
    hear = reporting.hear

    def fail(_heard):
        raise OperationalError("the database is gone")

    monkeypatch.setattr(reporting, "hear", fail)
    with pytest.raises(OperationalError):
        collecting_reports.from_mailbox(server.url)
    assert flags(server) == [set()]
    monkeypatch.setattr(reporting, "hear", hear)
    assert collecting_reports.from_mailbox(server.url).heard == 1


def test_a_reader_that_died_before_it_marked_hears_nothing_twice(delivery, serve):
    server = serve(dsn(delivery))
    server.hangs_up_at = "UID STORE"
    with pytest.raises(NoMailbox):
        collecting_reports.from_mailbox(server.url)
    assert (Report.objects.count(), flags(server)) == (1, [set()])
    server.hangs_up_at = ""
    assert collecting_reports.from_mailbox(server.url).heard == 1
    assert (Report.objects.count(), flags(server)) == (1, [{"\\Seen"}])


def test_a_mailbox_that_cannot_be_opened_is_told_without_its_password(delivery, serve, settings, capsys):
    server = serve(dsn(delivery))
    for url in (
        server.url.replace("pass%2F", "fail%2F"),
        server.url.replace("INBOX.reports", "elsewhere"),
        "imap://reports:a%20pass%2Fword@127.0.0.1:1/INBOX",
    ):
        settings.REPORTS_MAILBOX_URL = url
        with pytest.raises(CommandError) as told:
            run(capsys)
        assert "word" not in str(told.value)
        tasks.read_reports()  # the clock's turn: it is told in the log, and the next one tries again
    assert Report.objects.count() == 0


def test_the_clock_reads_the_mailbox_where_there_is_one(delivery, serve, settings):
    tasks.read_reports()
    settings.REPORTS_MAILBOX_URL = serve(dsn(delivery)).url
    tasks.read_reports()
    assert Report.objects.count() == 1
    assert set(report_settings.clock("imaps://...")) - set(report_settings.clock("")) == {"read-reports"}


# --- maildir, file and pipe ------------------------------------------------------------------------------------------


def test_a_maildir_is_read_once(delivery, tmp_path, capsys):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.a.host").write_bytes(dsn(delivery))
    (tmp_path / "new" / "2.b.host").write_bytes(NO_REPORT)
    assert run(capsys, "--maildir", str(tmp_path)) == "1 reports heard, 1 messages left as they are."
    assert run(capsys, "--maildir", str(tmp_path)) == "0 reports heard, 0 messages left as they are."
    assert sorted(file.name for file in (tmp_path / "cur").iterdir()) == ["1.a.host:2,S", "2.b.host:2,"]
    assert (tmp_path / "cur" / "2.b.host:2,").read_bytes() == NO_REPORT


def test_a_file_is_read(delivery, tmp_path, capsys):
    (tmp_path / "bounce.eml").write_bytes(dsn(delivery, to="x@twothirds.example", return_path=""))
    envelope = ("--envelope-to", delivery.return_path)
    assert run(capsys, "--file", str(tmp_path / "bounce.eml"), *envelope).startswith("1 reports heard")
    assert Report.objects.get().delivery == delivery


def test_a_pipe_is_read(delivery, monkeypatch, capsys):
    whole = dsn(delivery) + b"x" * 3 * reading_reports.MOST_READ
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(whole)))
    assert run(capsys, "--file", "-").startswith("1 reports heard")
    assert sys.stdin.buffer.read() == b""


def test_what_is_not_there_is_told(db, tmp_path, settings):
    for options in (["--maildir", str(tmp_path)], ["--file", str(tmp_path / "none.eml")], []):
        with pytest.raises(CommandError):
            call_command("mail", "reports", *options)


def test_without_a_database_whoever_pipes_keeps_the_message():
    told = os.environ | {"DATABASE_URL": "postgresql:///nowhere?host=/nonexistent", "DJANGO_SETTINGS_MODULE": ""}
    told["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    root = Path(__file__).resolve().parents[2]
    word = b"To: unsubscribe+" + b"a" * 48 + b"@twothirds.example\nX-Envelope-To: bounces+" + b"0" * 32 + b".x@y\n"
    bounce = (
        word.replace(b".x@y", b"." + b"0" * 16 + b"@y") + b"Content-Type: message/delivery-status\n\nAction: failed\n"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "mail", "reports", "--file", "-"],
        cwd=root,
        env=told,
        input=bounce,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 75, done.stderr
    assert b"database can't be reached" in done.stderr


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "imap://a:b@mail.example/INBOX",
        "imaps://mail.example/INBOX",
        "imaps://a:b@/INBOX",
        "https://a:b@x",
        "imaps://a:b@x:y/",
    ],
)
def test_a_mailbox_setting_that_is_none_stops_the_start(monkeypatch, url):
    monkeypatch.setenv("REPORTS_MAILBOX_URL", url)
    with pytest.raises(BadSetting):
        report_settings.mailbox("REPORTS_MAILBOX_URL")


def test_the_settings_of_reports(monkeypatch):
    monkeypatch.setenv("REPORTS_SECRET", "a long enough secret, and another long one")
    assert len(report_settings.secrets("REPORTS_SECRET")) == 2
    monkeypatch.setenv("REPORTS_SECRET", "short")
    with pytest.raises(BadSetting):
        report_settings.secrets("REPORTS_SECRET")
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", "a:b,c:d")
    monkeypatch.setenv("ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY", "key")
    told = report_settings.told({"MAILGUN_API_KEY": "x", "WEBHOOK_SECRET": "old:one"})
    expected = {"MAILGUN_API_KEY": "x", "WEBHOOK_SECRET": ["a:b", "c:d"], "MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    assert told == expected
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", "no colon")
    with pytest.raises(BadSetting):
        report_settings.told({})
