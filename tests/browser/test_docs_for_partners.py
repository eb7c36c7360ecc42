"""The API's page in a real browser: axe finds nothing, nothing sticks out, the code can be reached by keyboard."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_reads_well_everywhere(open_page, axe, house, mode, size):
    page = open_page(viewport=size, color_scheme=mode)
    page.goto(f"{house}/api/v1/docs")
    photograph(page, f"api-docs-{mode}-{size['width']}")
    for summary in page.locator("summary").all():
        if summary.locator("..").get_attribute("open") is None:
            summary.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_code_can_be_reached_by_keyboard_and_without_scripts(open_page, house):
    page = open_page(java_script_enabled=False)
    page.goto(f"{house}/api/v1/docs")
    page.get_by_role("link", name="Hand over a sign-up").click()
    code = page.get_by_role("region", name="Hand over a sign-up in curl")
    code.focus()
    assert "Authorization: Bearer $TWOTHIRDS_KEY" in code.inner_text()
