"""The development inbox shows whatever arrived, also what is hardly a mail."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from campaign.inbox import reading


def keep(directory: Path, content: bytes, name: str = "01790000000000000000-1-000000") -> Path:
    path = directory / f"{name}.eml"
    path.write_bytes(content)
    return path


def mail(to: str = "ada@example.org") -> bytes:
    message = EmailMessage()
    message["X-Envelope-From"] = "<bounces@example.net>"
    message["X-Envelope-To"] = to
    message["From"] = '"Café Riverkeepers" <petitions@example.net>'
    message["To"] = "Ada <ada@example.org>"
    message["Subject"] = "Please confirm: ¿sí?"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("Confirm: https://example.net/confirm/abc/. Or not (https://example.net/not-me/abc/)\n")
    message.add_alternative('<p><a href="https://example.net/confirm/abc/?a=1&amp;b=2">Go</a></p>', subtype="html")
    return message.as_bytes()


def test_a_mail_is_read_with_all_that_a_script_needs(tmp_path: Path) -> None:
    keep(tmp_path, mail())
    (found,) = reading.read_messages(tmp_path)
    assert found.as_json() == {
        "id": "01790000000000000000-1-000000",
        "to": "ada@example.org",
        "from": "Café Riverkeepers <petitions@example.net>",
        "subject": "Please confirm: ¿sí?",
        "headers": {
            "From": "Café Riverkeepers <petitions@example.net>",
            "To": "Ada <ada@example.org>",
            "Subject": "Please confirm: ¿sí?",
            "Auto-Submitted": "auto-generated",
            "MIME-Version": "1.0",
            "Content-Type": found.headers["Content-Type"],
        },
        "text": "Confirm: https://example.net/confirm/abc/. Or not (https://example.net/not-me/abc/)\n",
        "html": '<p><a href="https://example.net/confirm/abc/?a=1&amp;b=2">Go</a></p>\n',
        "links": [
            "https://example.net/confirm/abc/",
            "https://example.net/not-me/abc/",
            "https://example.net/confirm/abc/?a=1&b=2",
        ],
        "received_at": "2026-09-21T14:13:20+00:00",
    }


def test_the_newest_comes_first_and_one_mailbox_can_be_asked_for(tmp_path: Path) -> None:
    for number, to in enumerate(["ada@example.org", "bruno@example.org", "ada@example.org"]):
        keep(tmp_path, mail(to), f"0179000000000000000{number}-1-00000{number}")
    assert [found.id[-1] for found in reading.read_messages(tmp_path)] == ["2", "1", "0"]
    assert [found.id[-1] for found in reading.read_messages(tmp_path, to="ADA@example.org")] == ["2", "0"]
    assert [found.id[-1] for found in reading.read_messages(tmp_path, limit=1)] == ["2"]


def test_who_asks_for_one_mailbox_does_not_wait_for_the_mail_of_all_others(tmp_path: Path, monkeypatch: Any) -> None:
    """After a mailing thousands lie there; to read them all took 14 seconds."""
    for number in range(20):
        to = "ada@example.org" if number == 7 else f"somebody{number}@example.org"
        envelope = f"X-Envelope-From: <bounces@example.org>\nX-Envelope-To: {to}\n"
        keep(tmp_path, envelope.encode() + mail(to="list@example.org"), f"0179000000000000{number:04}-1-000000")
    read: list[Path] = []
    read_file = reading.read_file

    def noted(path: Path) -> reading.ReceivedMail:
        read.append(path)
        return read_file(path)

    monkeypatch.setattr(reading, "read_file", noted)
    assert [each.to for each in reading.read_messages(tmp_path, to="Ada@Example.org")] == ["ada@example.org"]
    assert len(read) == 1


def test_without_a_directory_there_is_no_mail(tmp_path: Path) -> None:
    assert reading.read_messages(tmp_path / "nothing") == []
    assert reading.read_message(tmp_path, "nothing") is None


def test_what_is_hardly_a_mail_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    keep(tmp_path, b"")
    keep(tmp_path, b"\xff\xfe\x00 no mail at all", "1-broken")
    keep(tmp_path, b"Subject: =?utf-8?q?\xff?=\r\nFrom: <<<>>,,@\r\nTo: \r\nDate: never\r\n\r\nbody \xff", "2-broken")
    keep(tmp_path, b'Content-Type: text/plain; charset="no-such"\r\nSubject: a\r\n b\r\n\r\nbody', "3-broken")
    keep(tmp_path, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "4-broken")
    assert len(reading.read_messages(tmp_path)) == 5
    assert all(isinstance(found.as_json(), dict) for found in reading.read_messages(tmp_path))


def test_a_file_with_another_name_has_the_time_of_its_last_change(tmp_path: Path) -> None:
    found = reading.read_file(keep(tmp_path, mail(), "by-hand"))
    assert (datetime.now(UTC) - found.received_at).total_seconds() < 60


def test_a_folded_subject_is_read_without_the_space_of_its_fold(tmp_path):
    (tmp_path / "1-1-1.eml").write_bytes(b"Subject: \r\n Confirm your signature\r\n\r\n\r\nWords.\r\n")
    (message,) = reading.read_messages(tmp_path)
    assert (message.subject, message.headers["Subject"]) == ("Confirm your signature", "Confirm your signature")
