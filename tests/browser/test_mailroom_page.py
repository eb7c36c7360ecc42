"""Olive in the mailroom, in a real browser: pausing by keyboard and without scripts, and every page with axe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaign.delivery import braking, deciding
from campaign.delivery.models import Breaker, Delivery, Kind, Queue, QueueHold, Report, Reported, Status
from campaign.delivery.transport import TryLater
from campaign.organizers.models import Organizer
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_dashboard import examine, log_in
from tests.delivery.posts import receipt_needs_a_look, receipt_waits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
MAILROOM = "/dashboard/mail/"


@pytest.fixture
def olive() -> Organizer:
    """Olive organizes."""
    return factories.make_organizer()


@pytest.fixture
def uncertain(olive: Organizer) -> Delivery:
    """A mailroom on a bad day, and one mail of it."""
    for _ in range(5):
        receipt_waits()
        receipt_waits(status=Status.ACCEPTED, handed_off_at=timezone.now())
    braking.heard([("a-very-long-name-of-a-provider.mail.example", TryLater("421 4.7.28 rate limited"))] * 5)
    for _ in range(5):
        braking.heard([("", TryLater("connection refused", is_connection=True))])
    Breaker.objects.update(open_until=timezone.now() + timedelta(minutes=10))  # as long as the pictures take
    braking.hold(Queue.LETTERS, "operator")
    receipt_needs_a_look(Status.DEAD, "crashed", crashes=3)
    receipt_needs_a_look(Status.UNCERTAIN, "restored: may have left", kind=Kind.LETTER)
    found = receipt_needs_a_look(Status.UNCERTAIN, "lease ran out", handed_off_at=timezone.now())
    Report.objects.create(source="mailgun", event_id="1", what=Reported.BOUNCED, reason="5.1.1", delivery=found)
    Report.objects.create(source="dsn", event_id="2", what=Reported.DELIVERED)
    return found


def test_every_page_of_the_mailroom_can_be_read_by_everybody(
    open_page: OpenPage, house: str, uncertain: Delivery, axe: Callable[[Page], list[str]], settings
):
    page, found = open_page(), []
    log_in(page, house)
    group = "status=uncertain&queue=confirm&reason=lease%20ran%20out"
    addresses = {
        "today-stopped": "/dashboard/",
        "mailroom": MAILROOM,
        "deliveries-of-one-reason": f"/dashboard/deliveries/?{group}",
        **{
            f"sure-{decision}": f"/dashboard/mail/decide/{decision.value}/?delivery={uncertain.pk}"
            for decision in deciding.possible(Status.UNCERTAIN)
        },
        "sure-all": f"/dashboard/mail/decide/send_again/?{group}",
    }
    for name, address in addresses.items():
        page.goto(house + address)
        found += examine(page, name, axe)
    settings.MAIL_EPOCH = "2"
    page.goto(house + MAILROOM)
    found += examine(page, "mailroom-restored", axe)
    assert found == []


def test_olive_pauses_and_resumes_by_keyboard(open_page: OpenPage, house: str, olive: Organizer):
    page = open_page()
    log_in(page, house)
    page.get_by_role("link", name="Mailroom").press("Enter")
    page.get_by_role("button", name="Pause Mailings").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Paused: Mailings.")
    assert QueueHold.objects.get().queue == Queue.MAILINGS
    page.get_by_role("button", name="Resume Mailings").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Resumed: Mailings.")
    assert not QueueHold.objects.exists()


def test_olive_sends_an_uncertain_mail_again_without_scripts(open_page: OpenPage, house: str, uncertain: Delivery):
    page = open_page(java_script_enabled=False)
    log_in(page, house)
    page.goto(house + MAILROOM)
    page.get_by_role("link", name="1 uncertain, Confirmations and receipts, lease ran out").click()
    page.get_by_role("link", name="Send again …", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it again?")
    expect(page.get_by_text("the same mail arrives twice")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status")).to_contain_text("It waits to be sent again.")
    uncertain.refresh_from_db()
    assert uncertain.status == Status.QUEUED
