"""How far a mailing is: numbers of a job that counted, never counted by the page itself."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign.delivery import pausing
from campaign.delivery.models import Queue, Series
from campaign.mailings import approving
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests.dashboard import mailings
from tests.dashboard.conftest import at_desk


@pytest.fixture
def running(petition: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    mailings.reader(petition)
    return mailings.make_running(petition, olive, olga)


def figures(page: str) -> list[str]:
    return [cell.split("</span>")[0] for cell in page.split('<span class="figure">')[1:]]


def test_the_page_says_how_far_it_is_how_fast_and_when_it_ends(desk: Client, running: Mailing):
    page = desk.get(reverse("dashboard:mailing", args=[running.pk])).content.decode()
    assert figures(page) == ["400", "590", "7", "1", "0"]
    assert "Running: 600 of 1,000 mails are done. About 3\xa0minutes to go." in page
    assert "120 a minute" in page
    assert "1.19 % of accepted" in page
    assert 'max="1000" value="600"' in page
    assert "Refresh</a>" in page


def test_the_numbers_alone_are_a_fragment_that_says_its_status(desk: Client, running: Mailing):
    page = desk.get(reverse("dashboard:mailing_progress", args=[running.pk])).content.decode()
    assert "<html" not in page
    assert 'data-status="running"' in page
    assert figures(page) == ["400", "590", "7", "1", "0"]
    Series.objects.hold(running.pk, "bounces")
    assert 'data-status="paused"' in desk.get(reverse("dashboard:mailing_progress", args=[running.pk])).content.decode()


def test_before_it_begins_there_are_no_numbers(desk: Client, petition: Petition, olive: Organizer):
    draft = mailings.make_mailing(petition, olive)
    assert desk.get(reverse("dashboard:mailing_progress", args=[draft.pk])).status_code == 404


def test_neither_page_counts_deliveries_or_signatures(desk: Client, running: Mailing):
    for name in ("mailing", "mailing_progress"):
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse(f"dashboard:{name}", args=[running.pk]))
        statements = [query["sql"] for query in asked.captured_queries]
        assert not any("delivery_delivery" in each or "petitions_signature" in each for each in statements)
        assert len(statements) <= 10


def test_a_paused_queue_is_said_on_the_mailing_s_page(desk: Client, running: Mailing):
    pausing.pause(Queue.MAILINGS, "somebody")
    page = desk.get(reverse("dashboard:mailing", args=[running.pk])).content.decode()
    assert "All mailings are paused in the mailroom." in page


def test_before_the_first_count_nothing_is_claimed(desk: Client, running: Mailing):
    Series.objects.filter(pk=running.pk).update(tally={}, tallied_at=None, rate=0)
    page = desk.get(reverse("dashboard:mailing", args=[running.pk])).content.decode()
    assert figures(page) == ["1,000", "0", "0", "0", "0"]
    assert "Nothing is counted yet." in page
    assert "0.00 % of accepted" in page


def test_a_finished_mailing_says_so_and_is_asked_no_more(desk: Client, running: Mailing):
    Mailing.objects.filter(pk=running.pk).update(finished_at=running.started_at)
    page = desk.get(reverse("dashboard:mailing", args=[running.pk])).content.decode()
    assert "Finished: all 1,000 mails are done." in page
    assert "data-over" in page
    assert "Cancel" not in page.split("<main")[1]


def test_olga_sees_what_olive_sees(running: Mailing, olga: Organizer):
    assert "Pause</button>" in at_desk(olga).get(reverse("dashboard:mailing", args=[running.pk])).content.decode()


def test_of_a_cancelled_one_nobody_is_said_to_have_unsubscribed(desk: Client, running: Mailing, olive: Organizer):
    """What waited when it was cancelled is let go, and counted with those who had stopped it themselves."""
    approving.cancel(running.pk, olive)
    tally = {"all": 1000, "accepted": 590, "refused": 4, "suppressed": 406}
    Series.objects.filter(pk=running.pk).update(tally=tally)
    page = desk.get(reverse("dashboard:mailing", args=[running.pk])).content.decode()
    assert "Cancelled: 590 of 1,000 mails had left." in page
    assert "406" not in page
    assert "withdrawn" not in page
