"""Olive at her desk in a real browser: every page with axe, in both modes and widths; by keyboard; without scripts."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from campaign.dashboard.counts import today
from campaign.delivery.models import Delivery, Kind, Status
from campaign.legislators.models import Office
from campaign.lib import usps
from campaign.organizers.models import Organizer
from campaign.petitions import asking, confirming, deciding, exporting
from campaign.petitions.models import Export, Petition, Signature, Tally
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
# Contrast hangs on the mode and layout on the width: axe looks at two of the four, the third is for its picture.
MODES = [("light", PHONE), ("dark", DESKTOP), ("light", DESKTOP)]
SLUG = "withhold-consent"


@pytest.fixture
def olive() -> Organizer:
    """Olive organizes."""
    return factories.make_organizer()


@pytest.fixture
def petition(olive: Organizer) -> Petition:
    """A petition two months old, with signatures of every status and everything that may need a look."""
    petition = factories.make_petition(
        SLUG,
        title="Senators: withhold consent to the UN Convention against Cybercrime",
        other_side="It is *useful* against fraud. So are narrower treaties.",
        standing="Not signed as of July 2026.",
    )
    _write_tallies(petition)
    for number in range(53):
        signature = factories.sign(petition, factories.signer(number), comment="For my children." * (number % 3))
        if number % 2:
            confirming.confirm(signature.pk)
    rows = list(Signature.objects.order_by("-created_at", "-id"))
    deciding.hold(rows[1].pk, by=olive)
    deciding.invalidate(rows[2].pk, by=olive)
    confirming.withdraw(rows[4].pk)
    for status, reason in ((Status.UNCERTAIN, "connection lost while handing over"), (Status.DEAD, "recipe failed")):
        Delivery.objects.create(
            key=str(uuid.uuid4()), kind=Kind.LETTER, recipe="letter", mailbox=uuid.uuid4(), status=status, reason=reason
        )
    return petition


def _write_tallies(petition: Petition) -> None:
    """Two months of signatures from everywhere, most of them from the West."""
    found, states = [], sorted(usps.TILES)
    for back in range(60):
        for place, state in enumerate(states):
            count = (back * 7 + place * 13) % 11 + (25 if state in {"OR", "WA", "CA"} else 0)
            source = ("", "newsletter", "riverkeepers")[place % 3]
            if count > 3:
                day = today() - timedelta(days=back)
                found.append(Tally(petition=petition, day=day, state=state, source=source, confirmed=count))
    Tally.objects.bulk_create(found)
    Petition.objects.filter(pk=petition.pk).update(confirmed_total=sum(tally.confirmed for tally in found), goal=30_000)


def log_in(page: Page, house: str, email: str = "olive@example.org") -> None:
    """With the real password, through the real door."""
    page.goto(house + "/dashboard/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/dashboard/")


def examine(page: Page, name: str, axe: Callable[[Page], list[str]]) -> list[str]:
    """All modes of a page that is open, and its pictures."""
    found = []
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    for mode, size in MODES:
        page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        page.set_viewport_size(size)
        where = f"{name} {mode} {size['width']}"
        if (mode, size) != MODES[-1]:
            found += [f"{where}: {violation}" for violation in axe(page)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"{where}: {width} px wide")
        photograph(page, f"desk-{name}-{mode}-{size['width']}")
    return found


@pytest.fixture
def addresses(petition: Petition, olive: Organizer) -> dict[str, str]:
    """Every page of the desk, with something on each."""
    template = factories.make_letter_template(petition)
    ready = asking.ask_for_export(petition, {"status": "confirmed"}, olive)
    exporting.write(ready.pk)
    entered = Office.objects.get(legislator__family_name="Wyden")
    entered.enter_email("casework@wyden.senate.gov", by="olive@example.org")
    factories.make_petition("another-one", is_open=False, title="A draft")
    mine = f"/dashboard/petitions/{SLUG}/"
    return {
        "today": "/dashboard/",
        "deliveries": "/dashboard/deliveries/",
        "petition": mine,
        "petition-draft": "/dashboard/petitions/another-one/",
        "new": "/dashboard/petitions/new/",
        "edit": mine + "edit/",
        "edit-es": mine + "edit/es/",
        "open": "/dashboard/petitions/another-one/open/",
        "close": mine + "close/",
        "letter-templates": mine + "letter-templates/",
        "letter-template": f"/dashboard/letter-templates/{template.pk}/",
        "retire": f"/dashboard/letter-templates/{template.pk}/retire/",
        "signatures": mine + "signatures/",
        "signatures-held": mine + "signatures/?status=quarantined",
        "export-ask": mine + "export/?status=confirmed",
        "export-ready": f"/dashboard/exports/{ready.pk}/",
        "offices": "/dashboard/offices/?q=ore",
        "office": f"/dashboard/offices/{entered.pk}/",
        "account": "/accounts/2fa/",
        "password": "/accounts/password/change/",
        "second-factor": "/accounts/2fa/totp/activate/",
        "log-out": "/accounts/logout/",
        "not-found": "/dashboard/petitions/none/",
    }


def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Callable[[Page], list[str]]
) -> None:
    page, found = open_page(), []
    page.goto(house + "/accounts/login/")
    found += examine(page, "log-in", axe)
    log_in(page, house)
    for name, address in addresses.items():
        page.goto(house + address)
        if name == "second-factor":
            page.get_by_label("Password").fill(factories.PASSWORD)
            page.get_by_role("button", name="Go on").click()
            page.locator(".qr").wait_for()
        photograph(page, f"desk-{name}-as-it-opens")
        found += examine(page, name, axe)
    assert found == []


def test_axe_finds_nothing_where_something_has_to_be_mended(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Callable[[Page], list[str]]
) -> None:
    page, found = open_page(), []
    log_in(page, house)
    page.goto(house + addresses["new"])
    page.locator("[name=slug]").fill("Not This")
    page.locator("[name=title]").fill("Kept")
    page.locator("form[data-preview]").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Keep as a draft").click()
    page.locator(".trouble").wait_for()
    expect(page.locator("[name=title]")).to_have_value("Kept")
    found += examine(page, "new-mend", axe)
    page.goto(house + addresses["letter-template"])
    page.locator("[name=body]").fill("Dear {{ whoever }}")
    page.get_by_role("button", name="Save").click()
    page.locator(".trouble").wait_for()
    found += examine(page, "letter-template-mend", axe)
    page.goto(house + addresses["today"])
    page.keyboard.press("?")
    found += examine(page, "keys", axe)
    assert found == []


def test_vera_finds_her_way_among_the_numbers(
    open_page: OpenPage, house: str, addresses: dict[str, str], axe: Callable[[Page], list[str]]
) -> None:
    factories.make_organizer("vera@example.org", "viewer")
    page, found = open_page(), []
    log_in(page, house, "vera@example.org")
    for name in ("today", "petition", "signatures"):
        page.goto(house + addresses[name])
        found += examine(page, f"viewer-{name}", axe)
    assert found == []
    expect(page.locator("h1")).to_have_text("Not for this account")


def test_the_keyboard_leads_to_the_search_and_shows_its_keys(
    open_page: OpenPage, house: str, addresses: dict[str, str]
) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + addresses["offices"])
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("?/")
    expect(page.locator("#q")).to_have_value("?/")
    expect(page.locator("#keys")).to_be_hidden()
    page.goto(house + addresses["signatures"])
    page.keyboard.press("/")
    expect(page.locator("[name=status]")).to_be_focused()
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/dashboard/")


def test_the_preview_follows_what_is_typed(open_page: OpenPage, house: str, addresses: dict[str, str]) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + addresses["edit"])
    page.locator("[name=argument]").fill("## A heading\n\n<script>alert(1)</script> and *words*")
    expect(page.locator("#preview em").first).to_have_text("words")
    expect(page.locator("#preview")).to_contain_text("<script>alert(1)</script>")
    page.goto(house + addresses["letter-template"])
    page.locator("[name=body]").fill("{{senator}} of {{state}}")
    page.locator("[name=seat]").select_option(label=_option(page, "Wyoming"))
    expect(page.locator("#preview .letter")).to_contain_text("of Wyoming")
    page.locator("[name=body]").fill("{{nobody}}")
    expect(page.locator("#preview")).to_contain_text("placeholder we don’t know")


def _option(page: Page, state: str) -> str:
    return next(text for text in page.locator("[name=seat] option").all_inner_texts() if text.startswith(state))


def test_an_export_says_how_far_it_is_and_then_hands_over_the_file(
    open_page: OpenPage, house: str, addresses: dict[str, str]
) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + addresses["export-ask"])
    page.get_by_role("button", name="Write the file").click()
    expect(page.locator("progress")).to_be_visible()
    export = Export.objects.latest("pk")
    photograph(page, "desk-export-writing-light-1280")
    exporting.write(export.pk)
    page.get_by_role("link", name="Download the CSV").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the CSV").click()
    assert taken.value.suggested_filename.startswith(SLUG)
    assert taken.value.path().read_text().count("\n") == export.rows_expected + 1


def test_everything_works_without_scripts(open_page: OpenPage, house: str, petition: Petition) -> None:
    page = open_page(java_script_enabled=False, viewport=PHONE)
    log_in(page, house)
    page.get_by_role("link", name="New petition").click()
    words = {"slug": "second", "goal": "500", "title": "A second ask", "target": "The Senate", "summary": "Because."}
    for name, value in words.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("A second ask")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Open …").click()
    page.get_by_role("button", name="Open the petition").click()
    expect(page.locator("[role=status]")).to_contain_text("The petition is open")
    page.goto(f"{house}/dashboard/petitions/{SLUG}/signatures/?status=quarantined")
    page.get_by_role("button", name="Release").click()
    expect(page.locator("[role=status]")).to_contain_text("Released")
    page.get_by_role("link", name="Log out").click()
    page.get_by_role("button", name="Log out").click()
    page.goto(house + "/dashboard/")
    expect(page.locator("h1")).to_have_text("Log in")
    log_in(page, house)


def test_on_a_phone_everything_to_touch_is_large_enough(
    open_page: OpenPage, house: str, addresses: dict[str, str]
) -> None:
    page, small = open_page(viewport=PHONE), []
    log_in(page, house)
    for name, address in addresses.items():
        page.goto(house + address)
        for target in page.locator("button:visible, a.button:visible, main input:visible, main select:visible").all():
            box = target.bounding_box()
            if box and box["height"] < 44:
                small.append(f"{name}: {target.inner_text() or target.get_attribute('name')} {box['height']}")
    assert small == []
