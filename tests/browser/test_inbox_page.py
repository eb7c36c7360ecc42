"""The development inbox in a real browser: readable for everybody, and a mail's own HTML can do nothing."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "01790000000000000000-1-000000"
HTML = '<style>p { color: rgb(1, 2, 3) }</style><p>Hello</p><a href="https://example.net/confirm/">Confirm</a>'
HOSTILE = (
    HTML
    + """<script>document.body.textContent = "taken over"</script>
<img src="https://tracker.example/pixel.gif" alt=""><form action="https://tracker.example/"><button>Win</button></form>"""
)


@pytest.fixture
def keep(tmp_path: Path, settings: object) -> Callable[[str], None]:
    """Puts one mail with this HTML into the inbox."""
    settings.INBOX_DIR = str(tmp_path)  # type: ignore[attr-defined]
    return lambda html: _keep(tmp_path, html)


def _keep(directory: Path, html: str) -> None:
    message = EmailMessage()
    message["X-Envelope-To"] = "ada@example.org"
    message["From"] = "Riverkeepers <petitions@example.net>"
    message["Subject"] = "Please confirm"
    message.set_content("Confirm here: https://example.net/confirm/\n" + "a-very-long-word" * 30)
    message.add_alternative(html, subtype="html")
    (directory / f"{NAME}.eml").write_bytes(message.as_bytes())


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    keep: Callable[[str], None],
    house: str,
    open_page: OpenPage,
    axe: Callable[[Page], list[str]],
    mode: str,
    size: dict[str, int],
) -> None:
    keep(HTML)
    page = open_page(viewport=size, color_scheme=mode)
    for path in ("/dev/inbox", "/dev/inbox?to=nobody", f"/dev/inbox/{NAME}"):
        page.goto(house + path)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    photograph(page, f"inbox-message-{mode}-{size['width']}")


def test_a_mails_own_html_is_shown_and_can_do_nothing(
    keep: Callable[[str], None], house: str, browser: Browser
) -> None:
    keep(HOSTILE)
    with browser.new_context() as context:
        page, said, answered = context.new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("response", lambda response: answered.append(response.url))
        page.goto(f"{house}/dev/inbox/{NAME}", wait_until="networkidle")
        shown = page.frame_locator("iframe")
        assert shown.locator("p").text_content() == "Hello"
        assert shown.locator("p").evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"
        assert shown.locator("a").get_attribute("href") == "https://example.net/confirm/"
        assert all(url.startswith(house) for url in answered)
        assert any("Blocked script execution" in text for text in said)
        assert any("tracker.example" in text and "Content Security Policy" in text for text in said)
