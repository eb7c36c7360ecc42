"""`make demo CHECK=1`: the main job once, as a stranger does it, over HTTP and SMTP. Exits 0 or 1.

A demo of its own on a free port and under var/check, so that one that runs is not disturbed.
"""

import contextlib
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from embedded.announcing import Announcement
from embedded.demo import ROOT, TROUBLES, Demo, Options, say
from embedded.locking import InUseError
from embedded.postgres import Postgres
from embedded.stranger import Page, Stranger
from embedded.supervising import StoppedError

PATIENCE_SECONDS = 60.0
ADA = {"given_name": "Ada", "family_name": "Lopez", "state": "OR", "postal_code": "97201"}


class WrongError(Exception):
    """The house did not do what it should; the message says what was expected and what was there."""


class Check:
    """One walk through the main job, a step after the other, each with its time."""

    def __init__(self, announcement: Announcement) -> None:
        self.url = announcement.url
        self.inbox = f"{announcement.inbox_url}.json"
        self.key = announcement.api_key
        self.ada = Stranger()
        self.email = f"ada.{uuid.uuid4().hex[:8]}@example.org"

    def run(self) -> None:
        """Do it. Raises WrongError, LookupError or OSError at the first thing that is not as it should be."""
        with step("opens the first petition of the list"):
            petition = self._open_petition()
        before = self._confirmed(petition)
        with step("signs it with name, mailbox, state and ZIP"):
            answer = self.ada.submit(petition.form_with("email", *ADA), **ADA, email=self.email)
            expect(
                answer.status == 200, f"a page that says to check the mail, not {answer.status}: {answer.text[:300]}"
            )
        with step("finds the confirmation in her mailbox"):
            confirmation = self._mail_to(self.email)
            (link,) = [address for address in confirmation["links"] if "/confirm/" in address][:1] or [""]
            expect(link, f"a link to confirm in {confirmation['text']}")
        with step("opens every link of the mail, twice: nothing changes"):
            self._open_without_effect(petition, confirmation["links"], before)
        with step("presses the button of the link: her name counts"):
            page = self._press(self.ada.open(link))
            self._wait_for("the count to rise by one", lambda: self._confirmed(petition) == before + 1)
        with step("sees the two senators of Oregon"):
            senators = self._senators(page)
        with step("writes to both"):
            receipts = self._write(page, senators)
        with step("finds both letters at the (sandbox) offices"):
            self._letters(senators)
        with step("reads the receipts on her page"):
            self._read_receipts(receipts, senators)
        with step("signs once more through the API, with the sandbox key"):
            self._sign_through_api(petition)

    def _open_petition(self) -> Page:
        home = self.ada.open(f"{self.url}/")
        expect(home.status == 200, f"the list of petitions, not {home.status}")
        addresses = home.links_to("/petitions/")
        expect(addresses, f"a petition in the list: {home.text[:300]}")
        return self.ada.open(addresses[0])

    def _confirmed(self, petition: Page) -> int:
        status, body = self.ada.call("GET", f"{self.url}/api/v1/petitions/{slug_of(petition)}")
        expect(status == 200, f"the petition through the API, not {status}: {body}")
        return int(body["confirmed"])

    def _mail_to(self, mailbox: str, **wanted: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            mails = self.ada.call("GET", f"{self.inbox}?to={mailbox}")[1]
            found[:] = [mail for mail in mails if all(text in mail[name] for name, text in wanted.items())]
            return bool(found)

        self._wait_for(f"mail to {mailbox}", arrived)
        return found[0]

    def _open_without_effect(self, petition: Page, links: list[str], before: int) -> None:
        ours = [link for link in links if link.startswith(self.url)]
        for link in [*ours, *ours]:
            page = self.ada.open(link)
            expect(page.status == 200, f"a page behind {link}, not {page.status}")
            expect("/confirm/" not in link or page.posting(), f"a button behind {link}: {page.text[:300]}")
        time.sleep(3)  # the count is rolled up every two seconds
        expect(self._confirmed(petition) == before, "the same count as before")

    def _press(self, page: Page) -> Page:
        forms = page.posting()
        expect(forms, f"a form with a button on {page.url}")
        answer = self.ada.submit(forms[0])
        expect(answer.status == 200, f"the page after confirming, not {answer.status}: {answer.text[:300]}")
        return answer

    def _senators(self, page: Page) -> list[str]:
        query = f"state={ADA['state']}&postal_code={ADA['postal_code']}"
        status, body = self.ada.call("GET", f"{self.url}/api/v1/legislators/lookup?{query}")
        seats = [seat for seat in body["seats"] if seat["chamber"] == "senate"]
        names = [seat["legislator"]["name"] for seat in seats if seat["legislator"]]
        # When the shipped facts have grown old a term may have ended, and then nobody is named in its place.
        expect(status == 200 and len(seats) == 2 and names, f"the two seats for {query}: {body}")
        for name in names:
            expect(name in page.text, f"{name} on the page after confirming: {page.text[:500]}")
        return names

    def _write(self, page: Page, senators: list[str]) -> Page:
        addresses = page.links_to("/letter/")
        expect(addresses, f"a link to the letter on {page.url}")
        desk = self.ada.open(addresses[0])
        form = desk.form_with("do")
        drafts = [text for name, text in form.fields.items() if name.startswith("body")]
        expect(len(drafts) == len(senators) and all(drafts), f"a draft for each senator: {form.fields}")
        for name in senators:
            expect(name.split()[-1] in desk.text + " ".join(drafts), f"{name} in the drafts")
        preview = self.ada.submit(form, do="preview")
        expect(preview.status == 200, f"a preview, not {preview.status}")
        receipts = self.ada.submit(preview.form_with("do"), do="send")
        expect(receipts.status == 200, f"the receipts, not {receipts.status}: {receipts.text[:300]}")
        return receipts

    def _letters(self, senators: list[str]) -> None:
        def letters() -> list[dict[str, Any]]:
            mails = self.ada.call("GET", self.inbox)[1]
            return [mail for mail in mails if self.email in mail["headers"].get("Reply-To", "")]

        self._wait_for(f"{len(senators)} letters", lambda: len(letters()) == len(senators))
        offices = {letter["to"] for letter in letters()}
        expect(len(offices) == len(senators), f"a letter for each office, not {offices}")

    def _read_receipts(self, receipts: Page, senators: list[str]) -> None:
        token = receipts.url.split("/my/")[1].split("/")[0]
        for address in (receipts.url, f"{self.url}/my/{token}/"):
            page = self.ada.open(address)
            for name in senators:
                expect(name in page.text, f"{name} on {address}: {page.text[:500]}")

    def _sign_through_api(self, petition: Page) -> None:
        email = f"bruno.{uuid.uuid4().hex[:8]}@example.org"
        body = {"given_name": "Bruno", "family_name": "Silva", "email": email, "state": "DC", "postal_code": "20001"}
        url = f"{self.url}/api/v1/petitions/{slug_of(petition)}/signatures"
        status, said = self.ada.call("POST", url, body, Authorization=f"Bearer {self.key}", Idempotency_Key=email)
        expect(status == 202, f"202, not {status}: {said}")
        again = self.ada.call("POST", url, body, Authorization=f"Bearer {self.key}", Idempotency_Key=email)
        expect(again == (status, said), f"the same answer to the same key, not {again}")
        expect(self.ada.call("POST", url, body)[0] == 401, "401 without a key")
        self._mail_to(email)

    def _wait_for(self, what: str, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise WrongError(f"no {what} within {PATIENCE_SECONDS:g} s")
            time.sleep(0.1)


def slug_of(petition: Page) -> str:
    """The name in a petition's address."""
    return petition.url.split("/petitions/")[1].split("/")[0]


def expect(holds: object, what: str) -> None:
    """Raise WrongError unless it holds."""
    if not holds:
        raise WrongError(f"expected {what}")


@contextlib.contextmanager
def step(deed: str) -> Iterator[None]:
    """Say what Ada does and how long it took."""
    began = time.monotonic()
    yield
    say(f"  {time.monotonic() - began:6.2f} s  Ada {deed}")


def main() -> int:
    """Start a demo, walk through it, stop it, remove it: 0 when all was well, 1 with the reason when not."""
    began = time.monotonic()
    var = ROOT / "var" / "check"
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"):
        os.environ.pop(name, None)  # the check brings its own servers and leaves yours alone
    demo = Demo(Options(var, port=0, may_use_network=False), say)
    try:
        demo.lock.acquire()
    except InUseError as error:
        say(f"A check runs already: {error}")
        return 1
    demo.supervisor.listen()
    clear(var)
    wrong = walk(demo, began)
    demo.stop()
    if wrong:
        say(f"{last_words(var / 'log')}\nFAILED after {time.monotonic() - began:.1f} s: {wrong}")
        return 1
    clear(var)
    say(f"All of it works: {time.monotonic() - began:.1f} s.")
    return 0


def walk(demo: Demo, began: float) -> str:
    """Start the demo and do the main job. Answers what was wrong, or nothing."""
    try:
        demo.start()
        say(f"  {time.monotonic() - began:6.2f} s  The demo starts from nothing")
        Check(demo.announcement()).run()
    except StoppedError:
        return "stopped"
    except (WrongError, LookupError, OSError, *TROUBLES) as error:
        return str(error)
    return ""


def last_words(logs: Path) -> str:
    """What the processes said last, so that whoever reads a CI log need not ask for files."""
    parts = [f"--- {log.name}\n{tail(log.read_text(errors='replace'))}" for log in sorted(logs.glob("*.log"))]
    return "\n".join(parts)


def tail(text: str, count: int = 12) -> str:
    """The last lines."""
    return "\n".join(text.splitlines()[-count:])


def clear(var: Path) -> None:
    """Leave nothing of an earlier walk but the lock, which is ours."""
    Postgres(var / "postgres").remove()
    for path in var.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
