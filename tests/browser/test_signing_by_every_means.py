"""Ada signs with a mouse and no scripts, with nothing but a keyboard, and when her network goes away."""

import re

import pytest
from playwright.sync_api import Page, expect

from campaign.delivery import recipes
from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail
from campaign.letters.models import Letter, LetterDispatch
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Supporter
from tests import factories
from tests.browser.conftest import PHONE, OpenPage, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _fill(page: Page, **typed: str) -> None:
    for name, value in {**factories.ADA, **typed}.items():
        if name == "state":
            page.locator("#state").select_option(value)
        else:
            page.locator(f"#{name}").fill(value)


def _mailed_link(kind: str) -> str:
    """The link in the mail that waits to leave, written as it will be."""
    mail = recipes.follow(Delivery.objects.latest("created_at"))
    assert isinstance(mail, Mail)
    found = re.search(rf"https?://\S+/{kind}/\S+/", mail.text)
    assert found is not None
    return found[0]


def test_the_whole_path_without_scripts_on_a_phone(open_page: OpenPage, house: str, shipped: Petition) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(house + "/")
    page.get_by_role("link", name=shipped.text_in("en").title).click()
    _fill(page, email="ada@")
    page.get_by_role("button", name="Sign").click()
    expect(page.locator(".trouble")).to_be_visible()
    expect(page.locator("#given_name")).to_have_value("Ada")
    page.locator("#email").fill("ada@example.org")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()

    page.goto(_mailed_link("confirm"))
    expect(page.get_by_text("Ada Lopez")).to_be_visible()
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.get_by_role("heading", name="You are number 1.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ron Wyden")).to_be_visible()

    page.get_by_role("link", name="Write to them").click()
    page.locator(".tones a").last.click()
    expect(page.locator(".tones a").last).to_have_attribute("aria-current", "true")
    body = page.locator("textarea").first
    body.fill(body.input_value() + "\n\nP.S. I read every answer.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview").first).to_contain_text("P.S. I read every answer.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="What became of your letters")).to_be_visible()
    photograph(page, "path-without-scripts-receipts")
    page.get_by_role("button", name="I sent it").first.click()
    expect(page.get_by_text("You said that you sent it with the office's form.")).to_be_visible()
    assert Letter.objects.count() == 2
    assert LetterDispatch.objects.filter(said="sent").count() == 1

    page.get_by_role("link", name="Your page").click()
    page.get_by_role("button", name="Stop all updates").click()
    expect(page.get_by_text("You get no updates.")).to_be_visible()
    page.get_by_role("link", name="Erase everything about you").click()
    page.get_by_role("button", name="Erase everything about me").click()
    expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    assert not Supporter.objects.exists()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until it has the focus, which must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", f"the focus on {selector} can't be seen"
            return
    pytest.fail(f"Tab never reaches {selector}")


def test_with_nothing_but_a_keyboard(open_page: OpenPage, house: str, shipped: Petition) -> None:
    page = open_page()
    page.goto(house + shipped.get_absolute_url())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for name in ("given_name", "family_name", "email"):
        _tab_to(page, f"#{name}")
        page.keyboard.type("nobody" if name == "email" else factories.ADA[name])
    _tab_to(page, "#state")
    page.keyboard.type("Oreg")
    _tab_to(page, "#postal_code")
    page.keyboard.type("97201")
    _tab_to(page, "#updates_consent")
    page.keyboard.press("Space")
    _tab_to(page, ".sign button")
    page.keyboard.press("Enter")

    expect(page.locator(".trouble")).to_be_focused()
    _tab_to(page, '.trouble a[href="#email"]')
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("ada@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()
    signature = Signature.objects.select_related("supporter").get()
    assert (signature.supporter.email, signature.state) == ("ada@example.org", "OR")
    assert signature.updates_wording

    page.goto(_mailed_link("confirm"))
    _tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are number 1.")).to_be_visible()


def test_without_a_network_nothing_that_was_typed_is_lost(open_page: OpenPage, house: str, shipped: Petition) -> None:
    page = open_page()
    page.goto(house + shipped.get_absolute_url())
    _fill(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("alert")).to_have_text("You are offline. Nothing is lost: send it again when you are back.")
    expect(page.locator("#email")).to_have_value("ada@example.org")
    assert not Signature.objects.exists()
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()


def test_an_impatient_thumb_signs_once_and_the_address_is_copied(
    open_page: OpenPage, house: str, shipped: Petition
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(house + shipped.get_absolute_url())
    _fill(page)
    page.get_by_role("button", name="Sign").dblclick()
    expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()
    page.goto(_mailed_link("confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{house}{shipped.get_absolute_url()}?source=share-copy"
