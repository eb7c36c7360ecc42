"""Olive and Olga at the desk of mailings, and Ada who gets one, in a real browser and over real mail."""

import re
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from campaign.delivery import sending, watching
from campaign.delivery.models import UNDER_WAY, Delivery, Series, Status, Suppression
from campaign.mailings import approving, audience, comparing, finishing, starting
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from embedded.smtp_sink import SmtpSink
from embedded.troubles import slow
from tests import factories
from tests.browser.conftest import PHONE, OpenPage, photograph
from tests.browser.test_dashboard import examine, log_in
from tests.dashboard import mailings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Axe = Callable[[Page], list[str]]


@pytest.fixture
def olive() -> Organizer:
    """Olive organizes."""
    return factories.make_organizer()


@pytest.fixture
def olga() -> Organizer:
    """Olga organizes, too."""
    return factories.make_organizer("olga@example.org")


@pytest.fixture
def petition() -> Petition:
    """A petition whose news Ada and eleven others want."""
    petition = factories.make_petition(title="Senators: withhold consent to the UN Convention against Cybercrime")
    mailings.reader(petition)
    for number in range(11):
        mailings.reader(petition, factories.signer(number))
    factories.sign_and_confirm(petition, factories.BRUNO)  # who wants no news
    return petition


@pytest.fixture
def addresses(petition: Petition, olive: Organizer, olga: Organizer) -> dict[str, str]:
    """Every page of mailings, with something on each."""
    draft = mailings.make_mailing(petition, olive, b=mailings.B, states=("OR", "CA"))
    asked = mailings.make_mailing(petition, olga)
    approving.ask(asked.pk, olga)
    approved = mailings.make_approved(petition, olive, olga)
    running = mailings.make_running(petition, olive, olga)
    held = mailings.make_running(petition, olive, olga)
    Series.objects.hold(held.pk, "bounces")
    compared = mailings.make_running(petition, olive, olga, b=mailings.B)
    figures = {"handed_over": 300, "wrote": 7, "unsubscribed": 2, "complained": 0, "bounced": 3}
    Mailing.objects.filter(pk=compared.pk).update(figures={"A": figures, "B": figures | {"wrote": 12}})
    finished = mailings.make_running(petition, olive, olga, b=mailings.B)
    comparing.choose(finished.pk, "B", olive)
    Mailing.objects.filter(pk=finished.pk).update(finished_at=finished.started_at)
    cancelled = mailings.make_mailing(petition, olive)
    approving.cancel(cancelled.pk, olive)

    def at(mailing: Mailing, tail: str = "") -> str:
        return f"/dashboard/mailings/{mailing.pk}/{tail}"

    return {
        "mailings": "/dashboard/mailings/",
        "mailing-new": "/dashboard/mailings/new/",
        "mailing-edit": at(draft, "edit/"),
        "mailing-draft": at(draft),
        "mailing-sample": at(draft, "sample/?n=3"),
        "mailing-asked": at(asked),
        "mailing-approve": at(asked, "approve/"),
        "mailing-approved": at(approved),
        "mailing-edit-approved": at(approved, "edit/"),
        "mailing-schedule": at(approved, "schedule/"),
        "mailing-running": at(running),
        "mailing-held": at(held),
        "mailing-resume": at(held, "resume/"),
        "mailing-cancel": at(running, "cancel/"),
        "mailing-compared": at(compared),
        "mailing-choose": at(compared, "choose/B/"),
        "mailing-finished": at(finished),
        "mailing-cancelled": at(cancelled),
    }


def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Axe
) -> None:
    page, found = open_page(), []
    log_in(page, house)
    for name, address in addresses.items():
        page.goto(house + address)
        found += examine(page, name, axe)
    assert found == []


def test_axe_finds_nothing_where_something_has_to_be_mended(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Axe
) -> None:
    page, found = open_page(), []
    log_in(page, house)
    page.goto(house + addresses["mailing-edit"])
    page.locator("[name=body_a]").fill("Dear {{ whoever }}")
    page.locator("form[data-preview]").evaluate("form => { form.noValidate = true }")
    page.locator("[name=subject_a]").fill("")
    page.get_by_role("button", name="Save").click()
    page.locator(".trouble").wait_for()
    expect(page.locator("[name=body_a]")).to_have_value("Dear {{ whoever }}")
    found += examine(page, "mailing-mend", axe)
    page.goto(house + addresses["mailing-schedule"])
    page.get_by_label("At this time:").check()
    page.get_by_role("button", name="Schedule it").click()
    page.locator(".trouble").wait_for()
    found += examine(page, "mailing-schedule-mend", axe)
    assert found == []


def test_vera_finds_numbers_and_nothing_else(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Axe
) -> None:
    factories.make_organizer("vera@example.org", "viewer")
    page, found = open_page(), []
    log_in(page, house, "vera@example.org")
    for name in ("mailings", "mailing-draft", "mailing-compared"):
        page.goto(house + addresses[name])
        found += examine(page, f"viewer-{name}", axe)
        expect(page.locator("main form, main button")).to_have_count(0)
    assert found == []


def test_on_a_phone_everything_to_touch_is_large_enough(
    open_page: OpenPage, house: str, addresses: dict[str, str]
) -> None:
    page, small = open_page(viewport=PHONE), []
    log_in(page, house)
    for name, address in addresses.items():
        page.goto(house + address)
        for target in page.locator("button:visible, a.button:visible, .flip a, main input:visible").all():
            box = target.bounding_box()
            if box and box["height"] < 44 and target.get_attribute("type") not in {"checkbox", "radio"}:
                small.append(f"{name}: {target.inner_text() or target.get_attribute('name')} {box['height']}")
    assert small == []


def test_the_preview_follows_what_is_typed(open_page: OpenPage, house: str, addresses: dict[str, str]) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + addresses["mailing-new"])
    page.locator("[name=subject_a]").fill("Hello {{given_name|friend}}")
    page.locator("[name=body_a]").fill("Good *news* from {{state}}. <script>alert(1)</script>")
    expect(page.locator("#preview .lead")).to_have_text("Hello Ada")
    expect(page.locator("#preview em")).to_have_text("news")
    expect(page.locator("#preview")).to_contain_text("<script>alert(1)</script>")
    page.locator("[name=body_a]").fill("One\ntwo {{ first_name }}")
    expect(page.locator("#preview")).to_contain_text("Line 2, column 5")


def test_ten_mails_are_flipped_through_and_each_frame_shows_its_own(
    open_page: OpenPage, house: str, addresses: dict[str, str]
) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + addresses["mailing-sample"])
    frame = page.frame_locator("iframe.mail")
    for number in ("1", "10"):
        page.get_by_role("link", name=f"Mail {number}", exact=True).click()
        expect(page.locator(".flip [aria-current]")).to_contain_text(number)
        expect(frame.locator("body")).to_contain_text("Dear Ada")
        expect(page.locator("pre.mail")).to_contain_text("Dear Ada")


class Worker(threading.Thread):
    """What beat and the workers of the mailings do, in a thread of its own, over the real line."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopping.wait(0.1):
                starting.start_due()
                starting.queue_some()
                sending.send_due()
                watching.watch()
                finishing.finish()
        finally:
            connection.close()


@pytest.fixture
def worker(sink: SmtpSink) -> Iterator[Worker]:
    """A worker that works while the story goes on."""
    thread = Worker()
    thread.start()
    yield thread
    thread.stopping.set()
    thread.join(30)


def type_a_mailing(page: Page) -> None:
    """By keyboard alone, from the name on."""
    page.locator("[name=title]").focus()
    page.keyboard.type("What the committee said")
    page.locator("[name=subject_a]").focus()
    page.keyboard.type("News for {{given_name|you}}")
    page.keyboard.press("Tab")
    page.keyboard.type("Dear {{given_name|friend}},\n\nthe **committee** met.")


def press(page: Page, name: str) -> None:
    """A button, by keyboard."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def read(path: Path) -> EmailMessage:
    """A mail as it arrived."""
    found = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def arrived(sink: SmtpSink, address: str) -> list[EmailMessage]:
    """The updates that somebody got."""
    mails = [read(path) for path in sink.messages()]
    return [mail for mail in mails if mail["X-Envelope-To"] == address and mail["List-Unsubscribe"]]


def test_olive_makes_tests_has_approved_sends_and_pauses_a_mailing_and_people_unsubscribe(
    open_page: OpenPage,
    house: str,
    petition: Petition,
    olive: Organizer,
    olga: Organizer,
    sink: SmtpSink,
    worker: Worker,
) -> None:
    for number in range(20, 168):
        mailings.reader(petition, factories.signer(number))
    sink.suffer(slow(0.02, 0.0))
    page = open_page()
    log_in(page, house)
    page.get_by_role("link", name="Mailings").click()
    page.get_by_role("link", name="New mailing").click()
    type_a_mailing(page)
    press(page, "Keep as a draft")
    expect(page.locator(".steps .figure")).to_have_text("160")
    mailing = Mailing.objects.get()

    press(page, "Send me a test")
    expect(page.locator("[role=status]")).to_contain_text("on its way to olive@example.org")
    until(lambda: any(read(path)["X-Envelope-To"] == "olive@example.org" for path in sink.messages()))
    press(page, "Ask for approval")
    expect(page.locator(".steps")).to_contain_text("You asked for approval, so somebody else has to")

    hers = open_page()
    log_in(hers, house, "olga@example.org")
    hers.goto(f"{house}/dashboard/mailings/{mailing.pk}/")
    hers.get_by_role("link", name="Read and approve …").click()
    expect(hers.locator(".reading")).to_contain_text("the committee met")
    press(hers, "Approve it")
    expect(hers.locator("[role=status]")).to_contain_text("It is approved.")

    page.reload()
    page.get_by_role("link", name="Choose when …").click()
    page.get_by_label("Now", exact=True).check()
    press(page, "Schedule it")
    expect(page.locator("[role=status]")).to_contain_text("It begins within seconds.")
    until(lambda: len(sink.messages()) > 20)
    page.reload()
    press(page, "Pause")
    expect(page.locator("[data-live]")).to_contain_text("Paused:")
    photograph(page, "desk-mailing-paused-story")
    until(lambda: not Delivery.objects.filter(series=mailing.pk, status__in=UNDER_WAY).exists())
    left = Delivery.objects.filter(series=mailing.pk, status=Status.ACCEPTED).count()
    time.sleep(1)
    assert Delivery.objects.filter(series=mailing.pk, status=Status.ACCEPTED).count() == left < 160

    press(page, "Go on")
    expect(page.locator("[role=status]")).to_contain_text("It goes on.")
    expect(page.locator("[data-live]")).to_contain_text("Finished: all 160 mails are done.", timeout=60_000)
    assert Counter(
        read(path)["X-Envelope-To"] for path in sink.messages() if read(path)["List-Unsubscribe"]
    ) == Counter(["ada@example.org", *(f"signer{n}@example.org" for n in (*range(11), *range(20, 168)))])
    one_click(arrived(sink, "ada@example.org")[0])
    by_the_page(open_page(), arrived(sink, "signer3@example.org")[0])
    after = mailings.make_mailing(petition, olive)
    assert audience.size(after) == 158


def one_click(mail: EmailMessage) -> None:
    """What a mail program does when its own button is pressed: no cookie, no page, no redirect."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.findall("<(https?://[^>]+)>", mail["List-Unsubscribe"])[0]
    with urllib.request.urlopen(address, timeout=10) as looked:
        assert looked.status == 200
    assert not Suppression.objects.exists()
    asked = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert (answer.status, answer.url, answer.headers["Set-Cookie"]) == (200, address, None)
    assert Suppression.objects.count() == 1


def by_the_page(page: Page, mail: EmailMessage) -> None:
    """What a person does who follows the link at the end of the text."""
    text = mail.get_body(("plain",))
    assert text is not None
    address = next(line for line in text.get_content().splitlines() if "/u/" in line)
    page.goto(address.strip())
    page.get_by_role("button", name="Stop updates about this petition").click()
    expect(page.locator(".notice.done")).to_contain_text("You get no more updates about")
    assert Suppression.objects.count() == 2


def until(holds: Callable[[], bool]) -> None:
    """Wait until something is so; 30 seconds at most."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
