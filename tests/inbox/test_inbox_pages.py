"""What a newcomer sees of the mail, and that a mail can do nothing to whoever looks at it."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

HTML = '<script>alert(1)</script><p style="color: red"><a href="https://example.net/x">Go</a></p>'


@pytest.fixture
def kept(tmp_path: Path, settings: object) -> str:
    settings.INBOX_DIR = str(tmp_path)  # type: ignore[attr-defined]
    message = EmailMessage()
    message["X-Envelope-To"] = "ada@example.org"
    message["From"] = "petitions@example.net"
    message["Subject"] = "<b>Please</b> confirm"
    message.set_content("https://example.net/confirm/abc/\n<script>alert(1)</script>")
    message.add_alternative(HTML, subtype="html")
    (tmp_path / "01790000000000000000-1-000000.eml").write_bytes(message.as_bytes())
    return "01790000000000000000-1-000000"


def test_the_page_lists_the_mail_and_says_that_nothing_left(client: Client, kept: str) -> None:
    for url in ("/dev/inbox", "/dev/inbox/"):
        page = client.get(url).content.decode()
        assert "nothing here left this machine" in page
        assert "&lt;b&gt;Please&lt;/b&gt; confirm" in page
        assert f'href="/dev/inbox/{kept}"' in page


def test_the_twin_is_a_list_for_scripts(client: Client, kept: str) -> None:
    assert [mail["id"] for mail in client.get("/dev/inbox.json").json()] == [kept]
    assert client.get("/dev/inbox.json?to=ada@example.org").json()[0]["links"][0] == "https://example.net/confirm/abc/"
    assert client.get("/dev/inbox.json?to=bruno@example.org").json() == []


def test_an_empty_inbox_says_what_to_do(client: Client, settings: object, tmp_path: Path) -> None:
    settings.INBOX_DIR = str(tmp_path / "none")  # type: ignore[attr-defined]
    assert "No mail yet." in client.get("/dev/inbox").content.decode()


def test_a_message_shows_text_links_and_headers_and_runs_nothing(client: Client, kept: str) -> None:
    answer = client.get(f"/dev/inbox/{kept}")
    page = answer.content.decode()
    assert "<script" not in page
    assert '<a href="https://example.net/confirm/abc/"' in page
    assert f'src="/dev/inbox/{kept}/html"' in page
    assert "no-store" in answer["Cache-Control"]


def test_the_html_of_a_mail_stands_in_a_box_of_its_own(client: Client, kept: str) -> None:
    answer = client.get(f"/dev/inbox/{kept}/html")
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert HTML in answer.content.decode()


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fsecrets", "a/b"])
def test_what_is_not_there_is_a_404(client: Client, kept: str, name: str) -> None:
    assert client.get(f"/dev/inbox/{name}").status_code == 404


def test_nothing_is_changed_here(client: Client, kept: str) -> None:
    assert client.post("/dev/inbox").status_code == 405


def test_the_inbox_is_routed_in_demo_and_tests_only() -> None:
    assert settings.INBOX_DIR


def test_a_name_that_no_file_can_have_is_no_message(client: Client, kept: str) -> None:
    assert client.get(f"/dev/inbox/{'a' * 5000}").status_code == 404
