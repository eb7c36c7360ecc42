"""The mail sink keeps what it says it kept, and fails as it is told to."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from embedded import troubles
from embedded.smtp_sink import SmtpSink
from embedded.troubles import At, Trouble
from tests.embedded.conftest import ROOT


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    server = SmtpSink(tmp_path / "mail")
    server.start()
    yield server
    server.stop()


def send(sink: SmtpSink, to: str = "ada@example.org", sender: str = "petitions@example.net") -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=2, local_hostname="test") as connection:
        connection.sendmail(sender, [to], "Subject: Hello\r\n\r\n.one dot\r\n")


def test_a_message_becomes_one_file_with_its_envelope_on_top(sink: SmtpSink) -> None:
    send(sink)
    (path,) = sink.messages()
    mail = message_from_bytes(path.read_bytes())
    assert (mail["X-Envelope-From"], mail["X-Envelope-To"]) == ("<petitions@example.net>", "ada@example.org")
    assert (mail["Subject"], mail.get_payload()) == ("Hello", ".one dot\r\n")
    assert [file.suffix for file in sink.directory.iterdir()] == [".eml"]


def test_an_empty_sender_is_kept_as_such(sink: SmtpSink) -> None:
    send(sink, sender="")
    assert message_from_bytes(sink.messages()[0].read_bytes())["X-Envelope-From"] == "<>"


def test_files_sort_by_arrival_and_can_be_cleared(sink: SmtpSink) -> None:
    for number in range(12):
        send(sink, to=f"{number}@example.org")
    order = [message_from_bytes(path.read_bytes())["X-Envelope-To"] for path in sink.messages()]
    assert order == [f"{number}@example.org" for number in range(12)]
    sink.clear()
    assert sink.messages() == []


def test_a_mailbox_can_be_unknown_while_others_are_not(sink: SmtpSink) -> None:
    sink.suffer(troubles.reject("mallory@example.org"))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(sink, to="Mallory@example.org")
    assert refusal.value.recipients["Mallory@example.org"][0] == 550
    send(sink)
    sink.recover()
    send(sink, to="mallory@example.org")
    assert len(sink.messages()) == 2


def test_it_can_say_later_for_a_while(sink: SmtpSink) -> None:
    sink.suffer(troubles.defer(times=1))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink)
    sink.suffer(troubles.defer(times=1, at=At.DOT))
    with pytest.raises(smtplib.SMTPDataError):
        send(sink)
    sink.suffer(troubles.defer(seconds=0.2, at=At.MAIL))
    with pytest.raises(smtplib.SMTPSenderRefused):
        send(sink)
    time.sleep(0.25)
    send(sink)
    assert len(sink.messages()) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_the_connection_can_break_after_the_final_dot(sink: SmtpSink, kept: bool) -> None:
    sink.suffer(troubles.drop_after_dot(kept=kept))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)
    assert len(sink.messages()) == kept


def test_the_connection_can_break_before_anything_was_said(sink: SmtpSink) -> None:
    for at in (At.CONNECT, At.MAIL, At.RCPT):
        sink.suffer(Trouble(at, drop=True, times=1))
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(sink)
    sink.suffer(Trouble(At.CONNECT, answer="421 4.3.2 Too busy", times=1))
    with pytest.raises((smtplib.SMTPException, ConnectionError)):
        send(sink)
    assert sink.messages() == []


def test_it_can_hang_and_be_stopped_while_it_hangs(sink: SmtpSink) -> None:
    sink.suffer(troubles.hang(60))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(sink)
    began = time.monotonic()
    sink.stop()
    sink.stop()
    assert time.monotonic() - began < 2


def test_it_comes_back_on_the_same_port(sink: SmtpSink) -> None:
    port = sink.port
    sink.stop()
    with pytest.raises(ConnectionError):
        send(sink)
    sink.start()
    sink.start()
    assert sink.port == port
    send(sink)


def test_a_port_that_is_taken_is_reported(sink: SmtpSink, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        SmtpSink(tmp_path, sink.port).start()
    command = [sys.executable, "-m", "embedded.smtp_sink", "--directory", str(tmp_path), "--port", str(sink.port)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"The mail sink cannot listen on port {sink.port}:")


def test_as_a_program_it_says_its_port_keeps_mail_and_stops_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "embedded.smtp_sink", "--directory", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with smtplib.SMTP("127.0.0.1", port, timeout=5, local_hostname="test") as connection:
            connection.sendmail("a@example.net", ["ada@example.org"], "Subject: x\r\n\r\n")
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert len(list(tmp_path.glob("*.eml"))) == 1
