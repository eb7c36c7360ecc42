"""Olive and Olga at the desk of mailings, and Ada who gets one, in a real browser and over real mail."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from campaign.delivery.models import Series
from campaign.mailings import approving, comparing
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.browser.conftest import OpenPage
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


def unused(_: Any) -> None: ...
