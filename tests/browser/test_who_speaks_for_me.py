"""Finding who speaks for oneself in a real browser: by thumb, by keyboard, without scripts, and on our own map."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapefile
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PAGE, STEP = "/legislators/", "/legislators/address/"


def _ask(page: Page, house: str, state: str = "", postal_code: str = "") -> None:
    page.goto(house + PAGE)
    if state:
        page.locator("#state").select_option(state)
    page.locator("#postal_code").fill(postal_code)
    page.get_by_role("button", name="Find them").click()
    page.wait_for_url("**postal_code=**")


@pytest.fixture
def polygons(settings: Any, tmp_path: Path) -> None:
    """A map with a square of Florida's district 23."""
    path = tmp_path / "cb_2024_us_cd119_500k"
    with shapefile.Writer(str(path)) as writer:
        for field in ("STATEFP", "CD119FP", "CDSESSN"):
            writer.field(field, "C", size=4)
        writer.poly([[[-81, 26], [-81, 27], [-80, 27], [-80, 26], [-81, 26]]])
        writer.record("12", "23", "119")
    with zipfile.ZipFile(tmp_path / "districts.zip", "w") as archive:
        for end in ("shp", "shx", "dbf"):
            archive.write(path.with_suffix(f".{end}"), f"{path.name}.{end}")
    settings.ADDRESS_BACKEND, settings.DISTRICT_POLYGONS = "polygons", str(tmp_path / "districts.zip")


def test_ada_bruno_and_chiyo_find_who_speaks_for_them(open_page: OpenPage, house: str) -> None:
    page = open_page(viewport=PHONE)
    _ask(page, house, "OR", "97201")
    expect(page.get_by_role("heading", name="Ron Wyden (D)")).to_be_visible()
    _ask(page, house, postal_code="20001")
    expect(page.get_by_text("have no senators")).to_be_visible()
    expect(page.get_by_role("heading", name="Eleanor Holmes Norton (D)")).to_be_visible()
    _ask(page, house, postal_code="09001")
    expect(page.get_by_text("Which state is your voting residence?")).to_be_visible()
    page.locator("#state").select_option("WA")
    page.get_by_role("button", name="Find them").click()
    expect(page.get_by_role("heading", name="Patty Murray (D)")).to_be_visible()


def test_a_zip_in_three_states_is_settled_by_one_tap(open_page: OpenPage, house: str) -> None:
    page = open_page(viewport=PHONE)
    _ask(page, house, postal_code="57717")
    page.get_by_role("link", name="Wyoming").click()
    expect(page.get_by_role("heading", name="John Barrasso (R)")).to_be_visible()
    expect(page.get_by_text("Representative, Wyoming")).to_be_visible()


def test_it_is_done_by_keyboard_alone_and_without_scripts(open_page: OpenPage, house: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(house + PAGE)
    page.locator("#postal_code").focus()
    page.keyboard.type("57717")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Find them")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="South Dakota").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="John Thune (R)")).to_be_visible()


def test_the_button_fills_in_where_the_visitor_is_only_if_they_allow_it(
    open_page: OpenPage, house: str, polygons: None
) -> None:
    page = open_page(viewport=PHONE, geolocation={"latitude": 26.5, "longitude": -80.5}, permissions=["geolocation"])
    _ask(page, house, "FL", "33311")
    page.get_by_role("link", name="Find my district").click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#address")).to_have_value("26.50000, -80.50000")
    page.get_by_role("button", name="Find my district").click()
    page.wait_for_url("**district=FL-23")
    expect(page.get_by_role("heading", name="Jared Moskowitz (D)")).to_be_visible()
    assert "26.5" not in page.url
    refused = open_page(viewport=PHONE, permissions=[])
    refused.goto(house + STEP)
    refused.get_by_role("button", name="Use my location").click()
    expect(refused.get_by_text("Your browser did not tell where you are.")).to_be_visible()


def test_without_scripts_a_point_is_typed(open_page: OpenPage, house: str, polygons: None) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(house + STEP)
    expect(page.get_by_role("button", name="Use my location")).to_be_hidden()
    page.locator("#address").fill("26.5, -80.5")
    page.get_by_role("button", name="Find my district").click()
    page.wait_for_url("**district=FL-23")


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, house: str, settings: Any, axe: Axe, language: str
) -> None:
    settings.ADDRESS_BACKEND = "census"
    page, found = open_page(), []
    root = house + ("" if language == "en" else "/es")
    for name, address in {
        "who": PAGE,
        "who-found": PAGE + "?state=OR&postal_code=97201&district=OR-3",
        "who-district": PAGE + "?state=FL&postal_code=33311",
        "who-split": PAGE + "?postal_code=57717",
        "who-military": PAGE + "?postal_code=09001",
        "who-mend": PAGE + "?postal_code=2134",
        "who-dc": PAGE + "?postal_code=20001",
        "who-address": STEP + "?state=FL&postal_code=33311",
    }.items():
        page.goto(root + address)
        found += _examine(page, f"{name}-{language}", axe)
    page.get_by_role("button").click()
    page.locator("#consent-error, #address-error").first.wait_for()
    found += _examine(page, f"who-address-mend-{language}", axe)
    assert found == []


def _examine(page: Page, name: str, axe: Axe) -> list[str]:
    found = []
    for mode in ("light", "dark"):
        for size in (PHONE, DESKTOP):
            page.emulate_media(color_scheme=mode, reduced_motion="reduce")
            page.set_viewport_size(size)
            where = f"{name}-{mode}-{size['width']}"
            found += [f"{where}: {violation}" for violation in axe(page)]
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{where}: {width} px wide")
            if mode == "light":
                photograph(page, where)
    return found
