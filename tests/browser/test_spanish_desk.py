"""Spanish is longer: on a phone nothing of the pages about mail is cut off or stands over something else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from campaign.delivery import braking
from campaign.delivery.models import Queue, Report, Reported, Series, Status
from campaign.mailings import approving, comparing
from campaign.mailings.models import Mailing
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition
from tests import factories
from tests.browser.conftest import PHONE, OpenPage, photograph
from tests.dashboard import mailings
from tests.delivery.posts import receipt_needs_a_look
from tests.i18n.conftest import sign_and_confirm
from tests.i18n.test_spanish_desk_of_mailings import SAID, B

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
# What is wider than its own box, and what stands over the next line: the labels of stacked tables as well.
CUT_OFF = """() => {
  const boxes = "main :is(button, a.button, td, dt, dd, h1, h2, label, legend, .status):not(.visually-hidden)";
  const wide = [...document.querySelectorAll(boxes)]
    .filter(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1);
  const tall = [...document.querySelectorAll("main td[data-label]")]
    .filter(each => each.scrollHeight > each.clientHeight + 1);
  return [...wide, ...tall].map(each => each.tagName + ": " + (each.dataset.label || each.textContent.trim()));
}"""


def at(name: str, mailing: Mailing) -> str:
    return reverse(f"dashboard:{name}", args=[mailing.pk])


@pytest.fixture
def addresses(shipped: Petition) -> dict[str, str]:
    """A desk with a mailing in every state, a mailroom on a bad day, and Ada's own mail."""
    olive, olga = factories.make_organizer(), factories.make_organizer("olga@example.org")
    signature = sign_and_confirm(shipped, updates_consent=True)
    compared = mailings.make_running(shipped, olive, olga, **SAID, b=B)
    Series.objects.update(tally={"all": 1000, "queued": 400, "accepted": 588, "suppressed": 10, "uncertain": 2})
    comparing.compare()
    spiked = mailings.make_running(shipped, olive, olga, **SAID)
    Series.objects.hold(spiked.pk, "complaints")
    approved = mailings.make_approved(shipped, olive, olga, **SAID)
    approving.schedule(approved.pk, timezone.now() + timedelta(days=1), olive)
    braking.hold(Queue.LETTERS, "operator")
    uncertain = receipt_needs_a_look(Status.UNCERTAIN, "lease ran out", handed_off_at=timezone.now())
    Report.objects.create(source="dsn", event_id="1", what=Reported.BOUNCED, reason="5.1.1", delivery=uncertain)
    return {
        "today": "/dashboard/",
        "mailings": "/dashboard/mailings/",
        "new-mailing": "/dashboard/mailings/new/",
        "compared": at("mailing", compared),
        "paused": at("mailing", spiked),
        "approved": at("mailing", approved),
        "schedule": at("schedule_mailing", approved),
        "mailroom": "/dashboard/mail/",
        "deliveries": "/dashboard/deliveries/?status=uncertain&queue=confirm&reason=lease%20ran%20out",
        "sure": f"/dashboard/mail/decide/send_again/?delivery={uncertain.pk}",
        "own-mail": f"/es/u/{unsubscribing.word_of(signature.supporter_id, shipped.pk)}/",
    }


def log_in(page: Page, house: str) -> None:
    page.goto(house + "/dashboard/")
    page.locator("input[name=login]").fill("olive@example.org")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url("**/dashboard/")


def test_spanish_fits_a_phone(open_page: OpenPage, house: str, addresses: dict[str, str]):
    page, found = open_page(viewport=PHONE, locale="es-US"), []
    log_in(page, house)
    for name, address in addresses.items():
        page.goto(house + address)
        assert page.locator("html").get_attribute("lang") == "es"
        photograph(page, f"spanish-{name}")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
            found.append(f"{name}: {width} px wide")
        found += [f"{name}: {each}" for each in page.evaluate(CUT_OFF)]
    assert found == []
