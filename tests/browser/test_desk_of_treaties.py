"""Olive enters who stands where in a real browser: with axe, by keyboard, on a phone, without scripts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaign.legislators.models import DataImport, Legislator, Seat, Subject, Term
from campaign.organizers.models import Organizer
from campaign.treaties import positioning, staging
from campaign.treaties.models import Position, Stage, Stance, Treaty
from campaign.treaties.positioning import Statement
from tests import factories
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_dashboard import examine, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
DESK = "/dashboard/treaties/a-convention/"
WYDEN, MERKLEY = "W000779", "M001176"
SHEET = (
    "bioguide_id,position,date,source_url,note\n"
    f"{WYDEN},opposes,2026-03-04,https://example.org/wyden,\n"
    f"{MERKLEY},opposes,2026-03-05,https://example.org/merkley,Said so in a hearing\n"
)


@pytest.fixture
def treaty(olive: Organizer) -> Treaty:
    """A treaty that some senators spoke about, one stage of which was a mistake."""
    treaty = factories.make_treaty()
    stances = [stance for stance in Stance if stance != Stance.UNKNOWN]
    senators = Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None).order_by("bioguide_id")
    for number, senator in enumerate(senators[:40]):
        stance = stances[number % 3 if number % 4 else number % 5]
        source = f"https://example.org/speeches/of/{senator.bioguide_id}"
        note = "Said so in a hearing of the committee, and again to a newspaper." if number % 7 == 0 else ""
        positioning.enter(treaty, Statement(senator, stance, date(2026, 3, 1 + number % 28), source, note), olive)
    signed = staging.Change(Stage.SIGNED, date(2026, 3, 4), "https://example.org/signed", "In New York")
    staging.enter(treaty, signed, olive)
    slip = staging.Change(Stage.TRANSMITTED, date(2026, 4, 5), "https://example.org/transmitted")
    staging.retract(staging.enter(treaty, slip, olive), olive)
    return treaty


@pytest.fixture
def troubled_data() -> None:
    """Something to look at of every kind. The imports of every other story go on as they are."""
    now = timezone.now()
    common = {"as_of": now.date(), "finished_at": now, "source": "https://example.org/a/long/address/of/a/file.json"}
    faults = "It lists 12 senators; fewer than 95 is not believed.\nIt lists 3 representatives; fewer than 400 is not."
    DataImport.objects.create(what=Subject.LEGISLATORS, refused_because=faults, **common)
    contradictions = ["OR class 3: the Senate lists Somebody Else, we hold Ron Wyden", "TX class 2: no form"]
    DataImport.objects.create(
        what=Subject.SENATE_LIST,
        counts={"senators": 100, "contact_forms": 98},
        difference={"contradictions": contradictions, "changed": [f"office {n}: a new form" for n in range(60)]},
        **common,
    )
    yield
    DataImport.objects.filter(source=common["source"]).delete()


@pytest.fixture
def an_empty_seat() -> Seat:
    """One of Oregon's is vacant. Every test's end fills the seats again."""
    seat = Seat.objects.senate().of_state("OR").first()
    Term.objects.filter(seat=seat).update(closed_on=timezone.now().date())
    return seat


def look(page: Page, house: str, name: str, address: str, axe: Callable[[Page], list[str]]) -> list[str]:
    page.goto(house + address)
    return examine(page, name, axe)


def test_axe_finds_nothing_on_the_desk_of_treaties(
    open_page: OpenPage,
    house: str,
    treaty: Treaty,
    troubled_data: None,
    an_empty_seat: Seat,
    axe: Callable[[Page], list[str]],
) -> None:
    page, found = open_page(), []
    log_in(page, house)
    spoken = Position.objects.current().exclude(note="").first()
    change = treaty.stage_changes.standing().get()
    for name, address in {
        "troubled-today": "/dashboard/",
        "data": "/dashboard/data/",
        "treaties": "/dashboard/treaties/",
        "treaty": DESK,
        "treaty-filtered": f"{DESK}?position=opposes&committee=on",
        "number": f"{DESK}number/",
        "stage": f"{DESK}stages/",
        "stage-retract": f"{DESK}stages/{change.pk}/retract/",
        "position": f"{DESK}positions/{spoken.legislator.bioguide_id}/",
        "import": f"{DESK}positions/import/",
    }.items():
        found += look(page, house, name, address, axe)
    assert found == []


def test_axe_finds_nothing_where_something_has_to_be_mended(
    open_page: OpenPage, house: str, treaty: Treaty, axe: Callable[[Page], list[str]]
) -> None:
    page, found = open_page(), []
    log_in(page, house)
    page.goto(f"{house}{DESK}positions/import/")
    page.get_by_label("Or its text").fill(SHEET.replace("opposes", "against", 1).replace(MERKLEY, "X000000"))
    page.get_by_role("button", name="Look it over").click()
    expect(page.locator(".trouble")).to_contain_text("Line 2")
    found += examine(page, "sheet-mend", axe)
    page.goto(f"{house}{DESK}positions/{WYDEN}/")
    page.get_by_label("Position").select_option("opposes")
    page.get_by_label("Date").fill("2026-03-04")
    page.get_by_label("Source").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".trouble")).to_contain_text("Source")
    found += examine(page, "position-mend", axe)
    assert found == []


def test_a_sheet_is_looked_over_and_then_entered(
    open_page: OpenPage, house: str, treaty: Treaty, tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(f"{house}{DESK}positions/import/")
    sheet = tmp_path / "positions.csv"
    # As a spreadsheet on Windows saves it.
    sheet.write_bytes(SHEET.replace("\n", "\r\n").encode("utf-8-sig"))
    page.get_by_label("CSV file").set_input_files(sheet)
    page.get_by_role("button", name="Look it over").click()
    expect(page.locator("h1")).to_contain_text("2 senators")
    assert examine(page, "sheet", axe) == []
    page.get_by_role("button", name="Enter all 2 positions").click()
    expect(page.locator("[role=status]")).to_contain_text("2 senators")
    standing = Position.objects.current().filter(treaty=treaty, legislator__bioguide_id__in=[WYDEN, MERKLEY])
    assert {position.source_url for position in standing} == {
        "https://example.org/wyden",
        "https://example.org/merkley",
    }


def test_olive_enters_a_position_by_keyboard(open_page: OpenPage, house: str, treaty: Treaty) -> None:
    page = open_page()
    log_in(page, house)
    page.goto(house + DESK)
    page.keyboard.press("/")
    expect(page.locator("[name=q]")).to_be_focused()
    page.keyboard.type("Merkley")
    page.keyboard.press("Enter")
    row = page.get_by_role("link", name="Jeff Merkley", exact=True)
    expect(row).to_have_count(1)
    row.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Position").focus()
    page.keyboard.type("Und")
    page.keyboard.press("Tab")
    page.keyboard.type("06152026")
    page.get_by_label("Source").focus()
    page.keyboard.type("https://example.org/said")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("The position is kept")
    position = Position.objects.current().get(treaty=treaty, legislator__bioguide_id=MERKLEY)
    assert (position.stance, position.stated_on) == (Stance.UNDECIDED, date(2026, 6, 15))


def test_a_stage_is_entered_and_retracted_without_scripts_on_a_phone(
    open_page: OpenPage, house: str, treaty: Treaty
) -> None:
    page = open_page(java_script_enabled=False, viewport=PHONE)
    log_in(page, house)
    page.goto(house + DESK)
    page.get_by_role("link", name="Enter a stage").click()
    page.get_by_label("Stage").select_option("in_committee")
    page.get_by_label("Date").fill("2026-05-06")
    page.get_by_label("Source").fill("https://example.org/committee")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("main")).to_contain_text("Now they say “Signed”")
    assert treaty.stage_changes.standing().count() == 1
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("h1")).to_contain_text("In committee")
    page.get_by_role("link", name="Retract … In committee").click()
    page.get_by_role("button", name="Retract it").click()
    expect(page.locator("h1")).to_contain_text("Signed")


def test_on_a_phone_everything_to_touch_is_large_enough(open_page: OpenPage, house: str, treaty: Treaty) -> None:
    page, small = open_page(viewport=PHONE), []
    log_in(page, house)
    for address in (DESK, f"{DESK}stages/", f"{DESK}positions/{WYDEN}/", f"{DESK}positions/import/"):
        page.goto(house + address)
        for target in page.locator("button:visible, a.button:visible, main input:visible, main select:visible").all():
            box = target.bounding_box()
            if box and box["height"] < 44 and target.get_attribute("type") != "checkbox":
                small.append(f"{address}: {target.inner_text() or target.get_attribute('name')} {box['height']}")
    assert small == []
