"""Olive writes a petition, reads it as the public will, opens it, closes it and opens it again."""

import pytest
from django.test import Client
from django.urls import reverse

from campaign.petitions import confirming, drafting
from campaign.petitions.models import Petition
from campaign.treaties.models import Treaty
from tests import factories
from tests.dashboard.conftest import Story

NEW = "/dashboard/petitions/new/"
TYPED = {
    "slug": "withhold-consent",
    "goal": "10000",
    "title": "Senators: withhold consent",
    "target": "The United States Senate",
    "summary": "It reaches further than its name.",
    "argument": "First.\r\n\r\n## Second\r\n\r\n[the text](https://example.org/) <script>alert(1)</script>",
    "other_side": "",
    "standing": "Not signed as of July 2026.",
}


def address(name: str, slug: str = "withhold-consent", *more: str) -> str:
    return reverse(f"dashboard:{name}", args=[slug, *more])


def test_olive_keeps_a_draft_that_nobody_sees_yet(desk: Client):
    answer = desk.post(NEW, TYPED)
    assert answer["Location"] == address("petition")
    petition = Petition.objects.get()
    assert petition.status == "draft"
    assert petition.goal == 10_000
    assert petition.text_in("en").argument.startswith("First.\n\n## Second")
    assert Client().get("/petitions/withhold-consent/").status_code == 404
    assert "Nobody sees it before you open it" in desk.get(answer["Location"]).content.decode()


def test_a_preview_stores_nothing_and_shows_no_script(desk: Client):
    answer = desk.post(NEW, TYPED | {"preview": "1"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<h3>Second</h3>" in page
    assert 'href="https://example.org/"' in page
    assert "<script>alert" not in page
    assert not Petition.objects.exists()


def test_the_live_preview_takes_what_is_not_finished(desk: Client):
    answer = desk.post(reverse("dashboard:preview_petition"), {"title": "Sena", "language": "es"})
    page = answer.content.decode()
    assert "Sena" in page
    assert 'lang="es"' in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("slug", "", "This field is required"),
        ("slug", "Has Capitals", "small letters, digits and hyphens"),
        ("slug", "Capitals", "small letters, digits and hyphens"),
        ("slug", "new", "another word than"),
        ("slug", "taken", "Another petition has this address"),
        ("goal", "0", "greater than or equal to 1"),
        ("goal", "99999999999999999999", "less than or equal to"),
        ("title", "", "This field is required"),
        ("title", "x" * 161, "at most 160 characters"),
        ("summary", "hidden \u202e text", "characters that can&#x27;t be seen"),
        ("argument", "nul \x00", "Null characters"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(desk: Client, field, value, sentence):
    factories.make_petition("taken")
    answer = desk.post(NEW, TYPED | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page
    assert "Not signed as of July 2026." in page
    assert Petition.objects.count() == 1


def test_the_longest_words_that_a_petition_takes_pass_the_door(desk: Client):
    longest = {"title": "t" * 160, "summary": "é" * 600, "argument": "á " * 10_000, "other_side": "b\n" * 9_999 + "bb"}
    assert desk.post(NEW, TYPED | longest | {"standing": "ñ" * 5_000}).status_code == 302


def test_an_open_petition_keeps_its_address_and_says_how_many_signed_its_words(desk: Client, story: Story):
    edit = address("edit_petition", story.petition.slug)
    page = desk.get(edit).content.decode()
    assert "1 person has signed these words" in page
    assert "disabled" in page.split('name="slug"')[1].split(">")[0]
    answer = desk.post(edit, TYPED | {"slug": "elsewhere", "goal": "2000"})
    assert answer["Location"] == address("petition", story.petition.slug)
    story.petition.refresh_from_db()
    assert (story.petition.slug, story.petition.goal) == ("withhold-consent", 2000)


def test_a_draft_may_move(desk: Client, db):
    factories.make_petition("first", is_open=False)
    factories.make_petition("taken")
    edit = address("edit_petition", "first")
    assert "Another petition has this address" in desk.post(edit, TYPED | {"slug": "taken"}).content.decode()
    assert desk.post(edit, TYPED | {"slug": "second"})["Location"] == address("petition", "second")


def test_olive_adds_spanish_and_takes_it_away_again(desk: Client, petition: Petition):
    spanish = address("translate_petition", petition.slug, "es")
    words = {"title": "Senadores", "target": "El Senado", "summary": "Un párrafo."}
    assert desk.post(spanish, {"title": "Senadores"}).status_code == 422
    assert desk.post(spanish, words | {"preview": "1"}).status_code == 200
    assert petition.texts.count() == 1
    assert desk.post(spanish, words).status_code == 302
    assert petition.text_in("es").title == "Senadores"
    assert "Remove this language" in desk.get(spanish).content.decode()
    desk.post(spanish, {"remove": "1"})
    assert petition.texts.get().language == "en"


def test_opening_says_what_it_does_and_needs_a_second_step(desk: Client, db):
    petition = factories.make_petition(is_open=False)
    page = desk.get(address("open_petition")).content.decode()
    assert "Everybody can read it and sign it at once" in page
    assert "There is no letter template yet" in page
    petition.refresh_from_db()
    assert petition.status == "draft"
    assert "everybody can sign it" in desk.post(address("open_petition"), follow=True).content.decode()
    assert "Nothing changed" in desk.post(address("open_petition"), follow=True).content.decode()
    petition.refresh_from_db()
    assert petition.is_open


def test_closing_says_how_many_people_it_touches_and_keeps_all_of_them(desk: Client, story: Story):
    page = desk.get(address("close_petition")).content.decode()
    assert "1 confirmed signature is kept" in page
    assert "1 person who has not confirmed yet" in page
    assert "After 90 days" in page
    desk.post(address("close_petition"))
    story.petition.refresh_from_db()
    assert story.petition.status == "closed"
    assert story.petition.signatures.count() == 3
    with pytest.raises(confirming.PetitionClosed):
        confirming.confirm(story.mallory.pk)
    assert "This petition is not open" in desk.get(address("close_petition")).content.decode()


def test_a_closed_petition_opens_again_until_its_people_are_forgotten(desk: Client, story: Story):
    desk.post(address("close_petition"))
    assert "1 confirmed signature counts on" in desk.get(address("open_petition")).content.decode()
    desk.post(address("open_petition"))
    story.petition.refresh_from_db()
    assert story.petition.is_open
    drafting.close(story.petition.pk)
    Petition.objects.update(forgotten_at=story.petition.created_at)
    assert "opened again" in desk.get(address("open_petition")).content.decode()
    assert "Nothing changed" in desk.post(address("open_petition"), follow=True).content.decode()
    story.petition.refresh_from_db()
    assert not story.petition.is_open


def test_a_petition_may_be_about_a_treaty_and_need_not(desk: Client):
    treaty = factories.make_treaty(short_title="The Convention")
    Treaty.objects.create(slug="without-words")
    page = desk.get(NEW).content.decode()
    assert f'<option value="{treaty.pk}">The Convention</option>' in page
    assert ">without-words</option>" in page
    desk.post(NEW, TYPED | {"treaty": str(treaty.pk)})
    assert Petition.objects.get().treaty == treaty
    assert f'<option value="{treaty.pk}" selected>' in desk.get(address("edit_petition")).content.decode()
    desk.post(address("edit_petition"), TYPED | {"treaty": ""})
    assert Petition.objects.get().treaty is None


def test_a_petition_is_not_about_a_treaty_that_does_not_exist(desk: Client):
    answer = desk.post(NEW, TYPED | {"treaty": "99999"})
    assert answer.status_code == 422
    assert 'id="id_treaty_error"' in answer.content.decode()
    assert not Petition.objects.exists()
