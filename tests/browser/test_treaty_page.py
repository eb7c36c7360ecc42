"""The treaty's page in a real browser: "find mine" for everybody, with and without scripts, by keyboard; axe."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaign.legislators.models import Committee, CommitteeMembership, Legislator
from campaign.petitions.models import Petition
from campaign.supporters.models import AccessPurpose, AccessToken
from campaign.treaties.models import Position, Stage, StageChange, Stance, Treaty
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
TREATY = "/treaties/a-convention/"
MODES = [(mode, size) for mode in ("light", "dark") for size in (PHONE, DESKTOP)]
BOTH_COLOURS_BOTH_SIZES = [("light", PHONE), ("dark", DESKTOP)]
SPREAD = {Stance.OPPOSES: 14, Stance.LEANS_AGAINST: 8, Stance.UNDECIDED: 9, Stance.LEANS_FOR: 7, Stance.SUPPORTS: 18}


def _take_positions(treaty: Treaty) -> None:
    """Some of every stance, so that every shape and colour is there; the first in the list are from many states."""
    senators = list(Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None).order_by("pk"))
    stances = [stance for stance, number in SPREAD.items() for _ in range(number)]
    today = timezone.now().date()
    wyden = Legislator.objects.get(bioguide_id="W000779")
    senators = [wyden, *(each for each in senators if each != wyden)]
    Position.objects.bulk_create(
        Position(
            treaty=treaty,
            legislator=each,
            stance=stance,
            stated_on=today,
            source_url="https://example.org/a-speech",
            note="Said on the floor." if each == wyden else "",
        )
        for each, stance in zip(senators, stances, strict=False)
    )


def _seat_a_committee() -> None:
    committee, is_new = Committee.objects.get_or_create(
        code="SSFR", defaults={"name": "Foreign Relations", "chamber": "senate"}
    )
    if is_new:
        for rank, each in enumerate(Legislator.objects.filter(family_name__in=["Merkley", "Risch", "Shaheen"]), 1):
            CommitteeMembership.objects.create(
                committee=committee, legislator=each, side="majority", rank=rank, seen_on="2026-06-15"
            )


@pytest.fixture
def treaty(house: str) -> Treaty:
    """A signed treaty on which some have spoken, and a petition about it."""
    treaty = factories.make_treaty(
        title="United Nations Convention against Something; Strengthening International Cooperation in Many Matters",
        summary="It would bind states to collect and hand over electronic evidence, for each other and in secret.",
    )
    StageChange.objects.create(
        treaty=treaty, stage=Stage.SIGNED, happened_on="2026-02-03", source_url="https://example.org/signed",
        note="Signed for the United States, with a statement.",
    )  # fmt: skip
    _take_positions(treaty)
    _seat_a_committee()
    petition = factories.make_petition()
    Petition.objects.filter(pk=petition.pk).update(treaty=treaty)
    return treaty


def _ask(page: Page, address: str, state: str, postal_code: str) -> None:
    page.goto(address)
    page.locator("#state").select_option(state)
    page.locator("#postal_code").fill(postal_code)
    page.get_by_role("button", name="Find them").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_everybody_finds_theirs_or_learns_why_not(
    open_page: OpenPage, house: str, treaty: Treaty, scripts: bool
) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=scripts)
    mine = page.locator("#mine")
    _ask(page, house + TREATY, "OR", "97201")
    expect(mine.get_by_role("heading", name="They speak for Oregon")).to_be_visible()
    expect(mine.get_by_role("heading", name="Ron Wyden")).to_be_in_viewport(ratio=0)
    expect(page.locator(".hundred .mine")).to_have_count(2)
    expect(page.locator(".seats .ring")).to_have_count(2)
    expect(page.locator("#postal_code")).to_have_value("97201")
    _ask(page, house + TREATY, "DC", "20001")
    expect(mine.get_by_text("The District of Columbia and the territories have no senators.")).to_be_visible()
    _ask(page, house + TREATY, "AE", "09001")
    expect(mine.get_by_text("Which state is your voting residence?")).to_be_visible()
    page.locator("#state").select_option("WA")
    page.get_by_role("button", name="Find them").click()
    expect(mine.get_by_role("heading", name="They speak for Washington")).to_be_visible()
    _ask(page, house + TREATY, "", "57717")
    assert mine.locator(".choices a").all_inner_texts() == ["South Dakota", "Montana", "Wyoming"]
    mine.get_by_role("link", name="Wyoming").click()
    expect(mine.get_by_role("heading", name="They speak for Wyoming")).to_be_visible()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", selector
            return
    pytest.fail(f"Tab never reaches {selector}")


def test_with_nothing_but_a_keyboard(open_page: OpenPage, house: str, treaty: Treaty) -> None:
    page = open_page()
    page.goto(house + TREATY)
    _tab_to(page, 'a[href="https://example.org/signed"]')
    _tab_to(page, ".absent summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#present")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    expect(page.get_by_text("With 90 there, 60 must consent, and 31 can stop it.")).to_be_visible()
    _tab_to(page, "#state")
    page.keyboard.type("Oreg")
    _tab_to(page, "#postal_code")
    page.keyboard.type("9720")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Did you mean 09720?")).to_be_visible()
    expect(page.locator("#postal_code")).to_have_value("9720")
    _tab_to(page, "#only")


def _examine(page: Page, name: str, axe: Axe, modes: Sequence[tuple[str, Any]] = MODES) -> list[str]:
    found = []
    for mode, size in modes:
        page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        page.set_viewport_size(size)
        where = f"{name}-{mode}-{size['width']}"
        found += [f"{where}: {violation}" for violation in axe(page)]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            found.append(f"{where}: {width} px wide")
        photograph(page, where)
    return found


QUESTIONS = {
    "plain": "",
    "found": "?state=OR&postal_code=97201",
    "district": "?state=&postal_code=20001",
    "military": "?state=AE&postal_code=09001",
    "split": "?state=&postal_code=57717",
    "mend": "?state=MA&postal_code=2134",
    "only": "?state=OR",
    "present": "?present=90",
    "present-mend": "?present=5",
}


def test_axe_finds_nothing_and_nothing_sticks_out(open_page: OpenPage, house: str, treaty: Treaty, axe: Axe) -> None:
    page, found = open_page(), []
    for name, query in QUESTIONS.items():
        page.goto(house + TREATY + query)
        found += _examine(page, f"treaty-{name}", axe, MODES if name == "plain" else BOTH_COLOURS_BOTH_SIZES)
    page.goto(f"{house}/es{TREATY}?postal_code=57717")
    assert found + _examine(page, "treaty-es", axe, BOTH_COLOURS_BOTH_SIZES) == []


@pytest.mark.parametrize("name", ["unknown", "withdrawn"])
def test_before_anybody_spoke_and_after_it_was_withdrawn(
    open_page: OpenPage, house: str, treaty: Treaty, axe: Axe, name: str
) -> None:
    Position.objects.all().delete()
    if name == "withdrawn":
        StageChange.objects.create(
            treaty=treaty, stage=Stage.WITHDRAWN, happened_on="2026-05-06", source_url="https://example.org/gone"
        )
    page = open_page()
    page.goto(house + TREATY)
    assert _examine(page, f"treaty-{name}", axe) == []


def test_the_page_is_light_and_stands_still(open_page: OpenPage, house: str, treaty: Treaty) -> None:
    page, weights = open_page(viewport=PHONE), []
    page.on("response", lambda response: weights.append(len(response.body())))
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) "
        "window.shifts += entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(house + TREATY, wait_until="networkidle")
    assert sum(weights) < 100_000
    assert page.evaluate("window.shifts") == 0


def test_everything_to_touch_is_large_enough(open_page: OpenPage, house: str, treaty: Treaty) -> None:
    page, small = open_page(viewport=PHONE), []
    page.goto(house + TREATY + "?postal_code=57717")
    for target in page.locator(
        "button:visible, a.button:visible, input:visible, select:visible, summary:visible"
    ).all():
        box: Any = target.bounding_box()
        if box and box["height"] < 44:
            small.append(f"{target.inner_text()} {box['height']}")
    assert small == []


def test_the_petition_and_the_cards_lead_there(open_page: OpenPage, house: str, treaty: Treaty, axe: Axe) -> None:
    petition = Petition.objects.get()
    ada = factories.sign_and_confirm(petition)
    token = AccessToken.objects.mint(AccessPurpose.MY_PAGE, ada.supporter_id, subject=ada.pk)
    page = open_page()
    page.goto(f"{house}/my/{token}{petition.get_absolute_url()}")
    expect(page.get_by_text("On the treaty")).to_have_count(2)
    found = _examine(page, "signed-with-treaty", axe)
    page.goto(house + "/")
    found += _examine(page, "home-with-treaty", axe)
    page.goto(house + petition.get_absolute_url())
    assert found + _examine(page, "petition-with-treaty", axe) == []
    page.get_by_role("link", name="Its stages, and where each senator stands").click()
    expect(page.get_by_role("heading", name="The Convention against Something")).to_be_visible()
