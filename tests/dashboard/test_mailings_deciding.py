"""What organizers decide about a mailing: when it leaves, whether it stops, goes on or ends, and which version wins."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.delivery.models import Series
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard import mailings


def at(name: str, mailing: Mailing, *more: str) -> str:
    return reverse(f"dashboard:{name}", args=[mailing.pk, *more])


@pytest.fixture
def approved(petition: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    mailings.reader(petition)
    mailings.reader(petition, factories.BRUNO)
    return mailings.make_approved(petition, olive, olga)


@pytest.fixture
def running(petition: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    mailings.reader(petition)
    return mailings.make_running(petition, olive, olga)


@pytest.fixture
def compared(petition: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    for number in range(3):
        mailings.reader(petition, factories.signer(number))
    return mailings.make_running(petition, olive, olga, b=mailings.B)


def test_before_it_is_approved_nobody_says_when(desk: Client, petition: Petition, olive: Organizer):
    mailing = mailings.make_mailing(petition, olive)
    page = desk.post(at("schedule_mailing", mailing), {"when": "now"}, follow=True).content.decode()
    assert "It has to be approved first." in page
    mailing.refresh_from_db()
    assert mailing.scheduled_at is None


def test_it_leaves_in_ten_minutes_and_can_be_taken_back_until_then(desk: Client, approved: Mailing):
    page = desk.get(at("schedule_mailing", approved)).content.decode()
    assert "It goes to <strong>2 people</strong>" in page
    assert "in New York" in page
    said = desk.post(at("schedule_mailing", approved), {"when": "soon"}, follow=True).content.decode()
    assert "It leaves in ten minutes." in said
    approved.refresh_from_db()
    assert approved.scheduled_at is not None
    assert timedelta(minutes=9) < approved.scheduled_at - timezone.now() <= timedelta(minutes=10)
    back = desk.post(at("unschedule_mailing", approved), follow=True).content.decode()
    assert "It is still approved." in back
    assert "Nothing changed." in desk.post(at("unschedule_mailing", approved), follow=True).content.decode()
    approved.refresh_from_db()
    assert approved.status == "approved"


def test_a_time_of_utc_is_told_on_the_clocks_of_the_country(desk: Client, approved: Mailing):
    year = timezone.now().year + 1
    typed = {"when": "at", "day": f"{year}-01-05", "time": "02:30"}
    page = desk.post(at("schedule_mailing", approved), typed, follow=True).content.decode()
    approved.refresh_from_db()
    assert approved.scheduled_at == datetime(year, 1, 5, 2, 30, tzinfo=UTC)
    assert f"5 January {year}, 02:30 UTC" in page
    assert "21:30 in New York" in page
    assert "18:30 in Los Angeles" in page
    assert 'value="02:30"' in desk.get(at("schedule_mailing", approved)).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"when": "at", "day": "2020-01-01", "time": "10:00"}, "day"),
        ({"when": "at", "day": "9999-01-01", "time": "10:00"}, "day"),
        ({"when": "at", "day": "2030-01-01"}, "time"),
        ({"when": "at", "day": "soon", "time": "10:00"}, "day"),
    ],
)
def test_a_time_that_can_t_be_is_said_beside_its_field(desk: Client, approved: Mailing, typed: dict, field: str):
    answer = desk.post(at("schedule_mailing", approved), typed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert desk.post(at("schedule_mailing", approved), {}).status_code == 422
    approved.refresh_from_db()
    assert approved.scheduled_at is None


def test_now_means_now(desk: Client, approved: Mailing):
    page = desk.post(at("schedule_mailing", approved), {"when": "now"}, follow=True).content.decode()
    assert "It begins within seconds." in page
    assert Mailing.objects.to_start().filter(pk=approved.pk).exists()


def test_a_pause_is_one_press_and_so_is_going_on(desk: Client, running: Mailing):
    page = desk.post(at("pause_mailing", running), follow=True).content.decode()
    assert "It is paused." in page
    assert "Paused: 600 of 1,000 mails are done, the others wait." in page
    assert "Nothing changed." in desk.post(at("pause_mailing", running), follow=True).content.decode()
    page = desk.post(at("resume_mailing", running), follow=True).content.decode()
    assert "It goes on." in page
    assert "Running: 600 of 1,000 mails are done." in page
    assert "Nothing changed." in desk.post(at("resume_mailing", running), follow=True).content.decode()


@pytest.mark.parametrize(("reason", "said"), [("bounces", "More than 5 %"), ("complaints", "More than 0.3 %")])
def test_a_spike_says_what_to_do_and_goes_on_in_two_steps(desk: Client, running: Mailing, reason: str, said: str):
    Series.objects.hold(running.pk, reason)
    page = desk.get(at("mailing", running)).content.decode()
    assert "Paused by itself" in page
    assert said in page
    assert "Nothing leaves until you decide." in page
    assert f'action="{at("resume_mailing", running)}"' not in page
    sure = desk.get(at("resume_mailing", running)).content.decode()
    assert said in sure
    assert "400 mails that wait leave." in sure
    desk.post(at("resume_mailing", running))
    assert Series.objects.running().filter(pk=running.pk).exists()
    assert "It is not paused any more." in desk.get(at("resume_mailing", running)).content.decode()


@pytest.mark.parametrize(("reason", "said"), [("bounces", "More than 5 %"), ("complaints", "More than 0.3 %")])
def test_a_spike_after_all_of_it_left_asks_for_no_decision(desk: Client, running: Mailing, reason: str, said: str):
    Series.objects.hold(running.pk, reason)
    Mailing.objects.filter(pk=running.pk).update(finished_at=timezone.now())
    page = desk.get(at("mailing", running)).content.decode()
    assert said in page
    assert "when all of it had left" in page
    assert "Paused by itself" not in page
    assert "until you decide" not in page


def test_cancelling_says_what_it_does_before_it_does_it(desk: Client, running: Mailing):
    page = desk.get(at("cancel_mailing", running)).content.decode()
    assert "400 mails that still wait never leave." in page
    assert "called back" in page
    running.refresh_from_db()
    assert running.cancelled_at is None
    page = desk.post(at("cancel_mailing", running), follow=True).content.decode()
    assert "The mailing is cancelled." in page
    assert "Cancelled: 590 of 1,000 mails had left." in page
    assert "Nothing changed." in desk.post(at("cancel_mailing", running), follow=True).content.decode()
    assert "It is over already." in desk.get(at("cancel_mailing", running)).content.decode()
    assert "Pause</button>" not in desk.get(at("mailing", running)).content.decode()


def test_a_draft_is_cancelled_for_good_as_well(desk: Client, approved: Mailing):
    assert "2 people get nothing." in desk.get(at("cancel_mailing", approved)).content.decode()
    page = desk.post(at("cancel_mailing", approved), follow=True).content.decode()
    assert "Nothing was sent." in page
    assert "Edit</a>" not in page


def test_a_choice_between_a_and_b_says_how_many_get_it(desk: Client, compared: Mailing):
    page = desk.get(at("mailing", compared)).content.decode()
    assert "A version wins when" in page
    assert "Letters so far: 0 after A, 0 after B." in page
    assert "Choose B" in page
    sure = desk.get(at("choose_mailing", compared, "B")).content.decode()
    assert "Send B to the rest?" in sure
    page = desk.post(at("choose_mailing", compared, "B"), follow=True).content.decode()
    assert "B is chosen. The rest gets it." in page
    assert "olive@example.org chose B" in page
    assert "Choose A" not in page
    assert "Nothing changed." in desk.post(at("choose_mailing", compared, "A"), follow=True).content.decode()
    assert "B was chosen already." in desk.get(at("choose_mailing", compared, "A")).content.decode()
    compared.refresh_from_db()
    assert compared.chosen == "B"


def test_there_is_nothing_to_choose_where_nothing_is_compared(desk: Client, running: Mailing, compared: Mailing):
    assert desk.get(at("choose_mailing", running, "A")).status_code == 404
    assert desk.post(at("choose_mailing", compared, "C")).status_code == 404


def test_a_time_that_was_typed_is_not_passed_over_in_silence(desk: Client, approved: Mailing):
    typed = {"when": "soon", "day": "2030-01-01", "time": "10:00"}
    answer = desk.post(at("schedule_mailing", approved), typed)
    assert answer.status_code == 422
    assert "You typed a time." in answer.content.decode()
    later = {"day": f"{timezone.now() + timedelta(days=3):%Y-%m-%d}", "time": "10:00"}
    desk.post(at("schedule_mailing", approved), later | {"when": "at"})
    assert desk.post(at("schedule_mailing", approved), later | {"when": "now"}).status_code == 302
