"""Every page a citizen sees, in both languages, both modes and two widths: axe finds nothing, nothing sticks out."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaign.legislators.models import Legislator, Office, Term
from campaign.letters import writing
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import AccessPurpose, AccessToken
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
MODES = [(mode, size) for mode in ("light", "dark") for size in (PHONE, DESKTOP)]
BODY = "I live in Oregon and ask you to withhold consent to this treaty.\n\nAda Lopez"


def _link(signature: Signature, purpose: AccessPurpose) -> str:
    roots = {AccessPurpose.CONFIRM: "confirm", AccessPurpose.NOT_ME: "not-me", AccessPurpose.MY_PAGE: "my"}
    token = AccessToken.objects.mint(purpose, signature.supporter_id, subject=signature.pk)
    return f"/{roots[purpose]}/{token}/"


def _write_letters(signature: Signature) -> None:
    """One by hand and one by mail to the demo's address."""
    office = Office.objects.get(legislator=Legislator.objects.get(family_name="Wyden"))
    office.enter_email("senator@sandbox.example", "demo")
    Office.objects.filter(pk=office.pk).update(sandboxed_at=timezone.now())
    for seat in writing.seats_of(signature.supporter):
        writing.send(signature.pk, writing.Manuscript(seat, "Please withhold consent", BODY))


@pytest.fixture
def pages(shipped: Petition) -> dict[str, str]:
    """The name and address of every page, with something on each."""
    Petition.objects.update(confirmed_total=4212)
    ada = factories.sign_and_confirm(shipped)
    mine, page = _link(ada, AccessPurpose.MY_PAGE), shipped.get_absolute_url()
    closed = factories.make_petition("closed-one")
    Petition.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    new = factories.sign(shipped, email="new@example.org")
    bruno = _link(factories.sign_and_confirm(shipped, factories.BRUNO), AccessPurpose.MY_PAGE)
    gone = factories.sign_and_confirm(shipped, email="gone@example.org")
    Signature.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    second = factories.sign(factories.make_petition("second", title="Another ask"))
    writer = factories.sign_and_confirm(shipped, email="writer@example.org", given_name="Wanda")
    _write_letters(writer)
    writers = _link(writer, AccessPurpose.MY_PAGE)
    return {
        "home": "/",
        "petition": page,
        "petition-closed": "/petitions/closed-one/",
        "check-your-mail": page + "check-your-mail/",
        "confirm": _link(new, AccessPurpose.CONFIRM),
        "not-me": _link(second, AccessPurpose.NOT_ME),
        "not-me-done": "/not-me/done/",
        "signed": mine + page[1:],
        "signed-district": bruno + page[1:],
        "signed-withdrawn": _link(gone, AccessPurpose.MY_PAGE) + page[1:],
        "letter": mine + page[1:] + "letter/",
        "letter-gone": writers + page[1:] + "letter/",
        "letters": writers + page[1:] + "letters/",
        "my-page": writers,
        "my-page-waiting": mine,
        "withdraw": mine + page[1:] + "withdraw/",
        "erase": writers + "erase/",
        "erased": "/erased/",
        "mail-preferences": f"/u/{unsubscribing.word_of(ada.supporter_id, ada.petition_id)}/",
        "privacy": "/privacy/",
        "not-found": "/nothing/",
        "link-stale": "/confirm/forged/",
    }


def _examine(page: Page, name: str, axe: Axe) -> list[str]:
    """All modes of a page that is open. Pictures are kept of one mode in each width, and of the other in English."""
    found = []
    for mode, size in MODES:
        page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        page.set_viewport_size(size)
        where = f"{name}-{mode}-{size['width']}"
        found += [f"{where}: {violation}" for violation in axe(page)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"{where}: {width} px wide")
        if mode == "light" or (size == DESKTOP and "-en" in name):
            photograph(page, where)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, house: str, pages: dict[str, str], axe: Axe, language: str
) -> None:
    page, found = open_page(), []
    for name, address in pages.items():
        page.goto(house + ("" if language == "en" else "/es") + address)
        assert page.locator("html").get_attribute("lang") == language
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        found += _examine(page, f"{name}-{language}", axe)
    assert found == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_where_something_has_to_be_mended_or_is_previewed(
    open_page: OpenPage, house: str, pages: dict[str, str], axe: Axe, language: str
) -> None:
    page, root = open_page(), house + ("" if language == "en" else "/es")
    page.goto(root + pages["petition"])
    page.locator("#email").fill("ada@")
    page.locator(".sign button").click()
    page.locator(".trouble").wait_for()
    found = _examine(page, f"petition-mend-{language}", axe)
    page.goto(root + pages["confirm"])
    page.locator("summary").click()
    page.locator("#postal_code").fill("1")
    page.locator("main form button").click()
    page.locator(".trouble").wait_for()
    found += _examine(page, f"confirm-mend-{language}", axe)
    page.goto(root + pages["letter"])
    page.locator("button[value=preview]").click()
    page.locator(".preview").first.wait_for()
    found += _examine(page, f"letter-preview-{language}", axe)
    page.locator("textarea").first.fill("Short.")
    page.locator("button[value=send]").click()
    page.locator(".trouble").wait_for()
    found += _examine(page, f"letter-mend-{language}", axe)
    assert found == []


@pytest.fixture
def vacancy() -> Iterator[None]:
    """One of Oregon's seats is vacant. Seats outlive tests that commit, so it is filled again."""
    merkley = Term.objects.filter(legislator__bioguide_id="M001176", closed_on=None)
    term = merkley.get()
    merkley.update(closed_on="2026-08-01")
    yield
    Term.objects.filter(pk=term.pk).update(closed_on=None)


def test_a_vacant_seat_reads_well_too(
    open_page: OpenPage, house: str, pages: dict[str, str], vacancy: None, axe: Axe
) -> None:
    page, found = open_page(), []
    for name in ("signed", "letter"):
        page.goto(house + pages[name])
        expect(page.get_by_text("This seat is vacant.")).to_be_visible()
        found += _examine(page, f"{name}-vacant-en", axe)
    assert found == []


def test_the_first_page_is_light_and_stands_still(open_page: OpenPage, house: str, shipped: Petition) -> None:
    page, weights = open_page(viewport=PHONE), []
    page.on("response", lambda response: weights.append(len(response.body())))
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) "
        "window.shifts += entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(house + shipped.get_absolute_url(), wait_until="networkidle")
    assert sum(weights) < 100_000, "not even compressed is it a hundred kilobytes"
    assert page.evaluate("window.shifts") == 0


def test_on_a_desktop_the_form_is_in_view(open_page: OpenPage, house: str, shipped: Petition) -> None:
    page = open_page(viewport=DESKTOP)
    page.goto(house + shipped.get_absolute_url())
    box = page.locator("#email").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < DESKTOP["height"]


def test_on_a_phone_everything_to_touch_is_large_enough(open_page: OpenPage, house: str, pages: dict[str, str]) -> None:
    page, small = open_page(viewport=PHONE), []
    for name in ("petition", "confirm", "signed", "letter", "letters", "my-page", "mail-preferences"):
        page.goto(house + pages[name])
        for target in page.locator("button:visible, a.button:visible, input:visible, select:visible").all():
            box = target.bounding_box()
            if box and target.get_attribute("type") != "checkbox" and box["height"] < 44:
                small.append(f"{name}: {target.inner_text() or target.get_attribute('name')} {box['height']}")
    assert small == []
