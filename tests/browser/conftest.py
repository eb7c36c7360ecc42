"""A real Chromium before the real house. Without Chromium these tests are skipped; in CI that is a failure."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from campaign.petitions.models import Petition

VENDOR = Path(__file__).parent / "vendor"
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OpenPage = Callable[..., Page]
Axe = Callable[[Page], list[str]]


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        reason = "Chromium is not here: apt-get install chromium, or set CHROMIUM to its path"
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run. It resolves no name but the tests' own server."""
    executable = _chromium()
    # Playwright keeps an event loop in this thread; the database is asked between its steps and never within one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def house(live_server: Any, settings: Any) -> str:
    """The house's address; links in its pages and mails lead there."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def shipped(house: str) -> Petition:
    """The petition that ships with the house, with its letter templates."""
    call_command("furnish", verbosity=0, stdout=io.StringIO())
    return Petition.objects.get()


@pytest.fixture
def open_page(browser: Browser, house: str) -> Iterator[OpenPage]:
    """A new tab of a new visitor: `open_page(viewport=PHONE, java_script_enabled=False)`.

    What a page breaks or a policy forbids is an error of the test, and so is a request to any other site.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if _is_fault(said) else None)
        page.on(
            "request", lambda asked: faults.append(asked.url) if not asked.url.startswith((house, "data:")) else None
        )

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": DESKTOP, "locale": "en-US"} | options))
        context.set_default_timeout(10_000)
        context.on("page", listen)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        assert context.cookies() == [] or any("session" in each["name"] for each in context.cookies())
        context.close()
    assert faults == []


def _is_fault(said: Any) -> bool:
    return said.type == "error" and "the server responded with a status of" not in said.text


@pytest.fixture(scope="session")
def axe() -> Axe:
    """What axe finds on a page: a line for each violation. Evaluated past the page's policy, which stays in force."""
    source = (VENDOR / "axe-core" / "axe.min.js").read_text()

    def run(page: Page) -> list[str]:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(source)
        found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
        return [
            f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return run


def photograph(page: Page, name: str) -> None:
    """Keep a picture of the whole page under var/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
