"""The desk's list of mailings, and the steps of one before it leaves."""

import pytest
from django.test import Client
from django.urls import reverse

from campaign.mailings import approving
from campaign.mailings.models import Mailing, MailingVersion
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard import mailings
from tests.dashboard.conftest import at_desk

LIST = "/dashboard/mailings/"


def page_of(client: Client, mailing: Mailing) -> str:
    return client.get(reverse("dashboard:mailing", args=[mailing.pk])).content.decode()


@pytest.fixture
def mailing(petition: Petition, olive: Organizer) -> Mailing:
    mailings.reader(petition)
    mailings.reader(petition, factories.BRUNO)
    return mailings.make_mailing(petition, olive)


def test_the_list_says_where_each_stands_how_many_get_it_and_who_did_what(
    desk: Client, mailing: Mailing, olive: Organizer, olga: Organizer
):
    started = mailings.make_running(mailing.petition, olive, olga)
    rows = desk.get(LIST).content.decode().split("<tbody")[1].split("<tr ")
    draft, running = (next(row for row in rows if str(each.pk) in row) for each in (mailing, started))
    assert "draft" in draft
    assert ">2<" in draft
    assert "olive@example.org" in draft
    assert "running" in running
    assert ">1,000<" in running
    assert ">590<" in running


def test_an_empty_list_says_so(desk: Client):
    assert "There is no mailing yet." in desk.get(LIST).content.decode()


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many(
    desk: Client, mailing: Mailing, olive: Organizer, olga: Organizer, django_assert_num_queries
):
    mailings.make_running(mailing.petition, olive, olga)
    desk.get(LIST)  # the audience of a draft is counted once a minute
    with django_assert_num_queries(4):
        desk.get(LIST)
    mailings.make_running(mailing.petition, olive, olga)
    with django_assert_num_queries(4):
        desk.get(LIST)


def test_vera_sees_how_many_and_neither_words_nor_people_nor_buttons(
    viewing: Client, mailing: Mailing, olive: Organizer, olga: Organizer
):
    running = mailings.make_running(mailing.petition, olive, olga)
    for page in (viewing.get(LIST).content.decode(), page_of(viewing, mailing), page_of(viewing, running)):
        assert "the <strong>committee</strong>" not in page
        assert "{{" not in page
        assert "<form" not in page.split("<main")[1].split("<footer")[0]
        assert "New mailing" not in page
        assert "/sample/" not in page
    assert '<span class="figure">2</span>' in page_of(viewing, mailing)
    assert '<span class="figure">590</span>' in page_of(viewing, running)


def test_the_audience_is_counted_exactly_and_at_once(desk: Client, mailing: Mailing):
    assert '<span class="figure">2</span>' in page_of(desk, mailing)
    mailings.reader(mailing.petition, factories.signer(1))
    assert '<span class="figure">3</span>' in page_of(desk, mailing)


def test_the_page_says_whom_it_goes_to_in_words(desk: Client, petition: Petition, olive: Organizer):
    partner = factories.make_partner()[0]
    narrow = mailings.make_mailing(petition, olive, states=("OR", "CA"), wrote="did_not", partner=partner)
    page = page_of(desk, narrow)
    assert "in English; living in California, Oregon; only those who wrote no letter yet;" in page
    assert "signed on the site of Riverkeepers" in page
    assert "Nobody is in this audience now" in page


def test_what_stands_against_approval_is_said_before_anybody_asks(
    desk: Client, petition: Petition, olive: Organizer, settings
):
    settings.POSTAL_ADDRESS = ""
    mailings.reader(petition)
    page = page_of(desk, mailings.make_mailing(petition, olive))
    assert "postal address" in page
    assert "Ask for approval</button>" not in page


def test_olive_asks_and_reads_that_somebody_else_has_to_approve(desk: Client, mailing: Mailing):
    answer = desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]), follow=True)
    page = answer.content.decode()
    assert "A second organizer can approve it now" in page
    assert "You asked for approval, so somebody else has to read and approve it." in page
    assert "Read and approve" not in page
    again = desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]), follow=True).content.decode()
    assert "Nothing changed." in again


def test_who_changed_it_last_can_t_approve_it_either(desk: Client, mailing: Mailing, olive: Organizer, olga: Organizer):
    desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]))
    Mailing.objects.filter(pk=mailing.pk).update(asked_by=olga)
    assert "You changed it last, so somebody else has to read and approve it." in page_of(desk, mailing)


def test_a_request_can_be_taken_back(desk: Client, mailing: Mailing):
    desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]))
    page = desk.post(reverse("dashboard:take_back_mailing", args=[mailing.pk]), follow=True).content.decode()
    assert "It is a draft again" in page
    mailing.refresh_from_db()
    assert mailing.status == "draft"


def test_olga_approves_what_she_read(desk: Client, mailing: Mailing, olga: Organizer):
    desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]))
    hers, approve = at_desk(olga), reverse("dashboard:approve_mailing", args=[mailing.pk])
    page = hers.get(approve).content.decode()
    assert "It goes to <strong>2 people</strong>" in page
    assert "the <strong>committee</strong> met" in page
    assert desk.post(approve, {"seen": mailing.digest}).status_code == 422
    assert hers.post(approve, {"seen": mailing.digest}).status_code == 302
    mailing.refresh_from_db()
    assert mailing.approved_by == olga
    assert "Nothing changed." in hers.post(approve, {"seen": mailing.digest}, follow=True).content.decode()


def test_what_was_changed_while_olga_read_is_not_approved(desk: Client, mailing: Mailing, olga: Organizer):
    desk.post(reverse("dashboard:ask_for_approval", args=[mailing.pk]))
    seen = mailing.digest
    mailing.versions.update(subject="Something else")
    answer = at_desk(olga).post(reverse("dashboard:approve_mailing", args=[mailing.pk]), {"seen": seen})
    assert answer.status_code == 422
    assert "This was changed since you opened the page" in answer.content.decode()
    mailing.refresh_from_db()
    assert mailing.approved_at is None


def test_a_mailing_that_does_not_exist_is_not_found(desk: Client):
    nobody = "00000000-0000-4000-8000-000000000000"
    for tail in ("", "edit/", "sample/", "approve/", "cancel/", "progress/", "choose/A/"):
        assert desk.get(f"/dashboard/mailings/{nobody}/{tail}").status_code == 404, tail


def test_who_approves_sees_where_links_lead(desk: Client, petition: Petition, olive: Organizer, olga: Organizer):
    """The words of a link may say another address. The plain text has both, and is open where somebody approves."""
    mailing = mailings.make_mailing(petition, olive)
    body = "[https://www.senate.gov/](https://elsewhere.example/)"
    MailingVersion.objects.filter(mailing=mailing).update(body=body)
    mailings.reader(petition)
    approving.ask(mailing.pk, olive)
    page = at_desk(olga).get(reverse("dashboard:approve_mailing", args=[mailing.pk])).content.decode()
    text = page.partition("<details open>")[2].partition("</details>")[0]
    assert "https://www.senate.gov/ &lt;https://elsewhere.example/&gt;" in text
