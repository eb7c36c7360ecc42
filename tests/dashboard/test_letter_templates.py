"""Olive writes letter templates and reads them as any of the hundred offices would."""

import pytest
from django.test import Client
from django.urls import reverse

from campaign.legislators.models import PostalCode, Seat, Term
from campaign.letters import writing
from campaign.letters.models import LetterTemplate
from campaign.letters.writing import Manuscript
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard.conftest import Story

TYPED = {
    "tone": "Personal",
    "language": "en",
    "subject": "Please withhold consent",
    "body": "Dear {{salutation|Senator}},\r\n\r\nI am {{given_name}} from {{state}}, {{postal_code}}.",
    "position": "2",
}


def new(petition: Petition) -> str:
    return reverse("dashboard:new_letter_template", args=[petition.slug])


def edit(template: LetterTemplate) -> str:
    return reverse("dashboard:letter_template", args=[template.pk])


def test_olive_offers_a_template_and_changes_it(desk: Client, petition: Petition):
    assert desk.post(new(petition), TYPED).status_code == 302
    template = petition.letter_templates.get()
    assert template.body.startswith("Dear {{salutation|Senator}},\n\nI am")
    assert desk.post(edit(template), TYPED | {"subject": "Withhold it, please"}).status_code == 302
    template.refresh_from_db()
    assert template.subject == "Withhold it, please"
    listed = desk.get(reverse("dashboard:letter_templates", args=[petition.slug])).content.decode()
    assert "Personal" in listed


def test_every_placeholder_is_explained_beside_the_form(desk: Client, petition: Petition):
    page = desk.get(new(petition)).content.decode()
    for name in ("salutation", "senator", "state", "given_name", "family_name", "postal_code", "petition"):
        assert f"<code>{{{{{name}}}}}</code>" in page


def test_an_unknown_placeholder_is_shown_with_its_line_and_refused(desk: Client, petition: Petition):
    answer = desk.post(new(petition), TYPED | {"body": "Dear all,\n\n{{ user.delete }}"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 3" in page
    assert 'id="id_body_error"' in page
    assert "user.delete" in page
    assert not LetterTemplate.objects.exists()


def test_two_templates_can_t_have_one_tone(desk: Client, story: Story):
    answer = desk.post(new(story.petition), TYPED | {"tone": story.template.tone})
    assert answer.status_code == 422
    assert "another template in this tone" in answer.content.decode()


@pytest.mark.parametrize("state", ["OR", "WY", "ME"])
def test_a_saved_template_is_read_as_any_office_would(desk: Client, story: Story, state: str):
    for seat in Seat.objects.senate().of_state(state).with_holders():
        page = desk.get(edit(story.template), {"seat": seat.pk}).content.decode()
        assert f"Dear {seat.salutation}," in page
        assert f"I live in {seat.state_name}" in page
        zips = [word for word in page.split("Ada Lopez, ")[1].split("<")[0].split() if word.isdigit()]
        assert PostalCode.objects.get(zip=zips[0]).states[0] == state


def test_a_seat_that_does_not_exist_is_read_as_oregon_s(desk: Client, story: Story):
    assert "I live in Oregon" in desk.get(edit(story.template) + "?seat=999999").content.decode()
    assert "97201" in desk.get(edit(story.template) + "?seat=%27;--").content.decode()


def test_a_vacant_seat_takes_the_words_behind_the_bar(desk: Client, petition: Petition):
    seat = Seat.objects.senate().of_state("OR").first()
    Term.objects.filter(seat=seat, closed_on=None).update(closed_on="2026-07-01")
    answer = desk.post(new(petition), TYPED | {"seat": str(seat.pk), "preview": "1"})
    page = answer.content.decode()
    assert "Dear Senator," in page
    assert "vacant" in page


def test_what_is_typed_is_previewed_and_not_stored(desk: Client, story: Story):
    url = reverse("dashboard:preview_letter_template", args=[story.petition.slug])
    page = desk.post(url, TYPED).content.decode()
    assert "I am Ada from Oregon, 97201." in page
    assert "<html" not in page
    assert "placeholder we don’t know" in desk.post(url, TYPED | {"body": "{{x}}"}).content.decode()
    assert desk.post(url, {}).status_code == 200
    assert LetterTemplate.objects.count() == 1


def test_a_preview_takes_the_same_queries_for_a_hundred_seats(desk: Client, story: Story, django_assert_num_queries):
    with django_assert_num_queries(5):
        desk.get(edit(story.template))


def test_retiring_says_how_many_letters_stay_and_can_be_taken_back(desk: Client, story: Story):
    seat = writing.seats_of(story.ada.supporter)[0]
    body = "Dear Senator, please withhold consent to the Convention. Thank you."
    writing.send(story.ada.pk, Manuscript(seat, "Please", body, template=story.template))
    retire = reverse("dashboard:retire_letter_template", args=[story.template.pk])
    assert "1 letter written from it stays" in desk.get(retire).content.decode()
    story.template.refresh_from_db()
    assert story.template.retired_at is None
    desk.post(retire)
    assert not story.petition.letter_templates.offered().exists()
    assert "is retired" in desk.get(retire).content.decode()
    desk.post(retire, {"again": "1"})
    assert story.petition.letter_templates.offered().exists()


def test_a_tone_that_was_taken_meanwhile_can_t_come_back(desk: Client, story: Story):
    retire = reverse("dashboard:retire_letter_template", args=[story.template.pk])
    desk.post(retire)
    factories.make_letter_template(story.petition)
    page = desk.post(retire, {"again": "1"}, follow=True).content.decode()
    assert "Another template has this tone by now" in page
