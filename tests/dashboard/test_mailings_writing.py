"""Olive writes a mailing: whom it goes to and what it says, with what its readers get beside the form."""

import pytest
from django.test import Client
from django.urls import reverse

from campaign.dashboard.mailings_forms import MailingForm
from campaign.mailings import fields
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard import mailings
from tests.dashboard.conftest import at_desk
from tests.dashboard.mailings import typed_into_the_form

NEW, PREVIEW = "/dashboard/mailings/new/", "/dashboard/mailings/preview/"


def edit(mailing: Mailing) -> str:
    return reverse("dashboard:edit_mailing", args=[mailing.pk])


def test_olive_keeps_a_draft_and_changes_it(desk: Client, petition: Petition):
    answer = desk.post(NEW, typed_into_the_form(petition, states=["OR", "CA"], confirmed_since="2026-03-04"))
    mailing = Mailing.objects.get()
    assert answer["Location"] == reverse("dashboard:mailing", args=[mailing.pk])
    assert (mailing.states, str(mailing.confirmed_since)) == (["CA", "OR"], "2026-03-04")
    version = mailing.versions.get()
    assert version.body == mailings.A.body
    page = desk.get(edit(mailing)).content.decode()
    assert "California, Oregon" in page
    assert 'value="2026-03-04"' in page
    changed = typed_into_the_form(petition, seen=mailing.digest, subject_a="Another subject")
    assert desk.post(edit(mailing), changed).status_code == 302
    assert mailing.versions.get().subject == "Another subject"


def test_every_field_is_explained_beside_the_form(desk: Client, petition: Petition):
    page = desk.get(NEW).content.decode()
    for name in fields.MEANINGS:
        assert f"<code>{{{{{name}}}}}</code>" in page


def test_an_unknown_field_is_refused_with_its_line_and_column_and_everything_typed_stays(
    desk: Client, petition: Petition
):
    body = "Dear all,\r\n\r\nhello {{ first_name }}"
    answer = desk.post(NEW, typed_into_the_form(petition, body_a=body, states=["OR"], title="Kept"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 3, column 7" in page
    assert 'id="id_body_a_error"' in page
    assert "hello {{ first_name }}</textarea>" in page
    assert 'value="Kept"' in page
    assert 'value="OR" class' in page or 'value="OR" id' in page
    assert not Mailing.objects.exists()


def test_all_faults_are_told_at_once(desk: Client, petition: Petition):
    broken = {"title": "", "subject_a": "", "body_a": "{{nobody}}", "sample_percent": "0", "body_b": "{{no-one}}"}
    page = desk.post(NEW, typed_into_the_form(petition, **broken)).content.decode()
    for field in broken:
        assert f'id="id_{field}_error"' in page


def test_a_fault_of_b_stands_beside_b(desk: Client, petition: Petition):
    page = desk.post(NEW, typed_into_the_form(petition, subject_b="{{nobody}}")).content.decode()
    assert 'id="id_subject_b_error"' in page
    assert 'id="id_subject_a_error"' not in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject_a", "x" * 5000, "at most 160 characters"),
        ("subject_a", "", "This field is required."),
        ("body_a", "zero\u200bwidth", "can&#x27;t be seen"),
        ("body_a", "[here](example.org)", "leads nowhere"),
        ("sample_percent", "80", "less than or equal to 50"),
        ("confirmed_since", "yesterday", "valid date"),
        ("states", "ZZ", "not one of the available choices"),
        ("partner", "999", "not one of the available choices"),
        ("language", "tlh", "not one of the available choices"),
        ("petition", "00000000-0000-4000-8000-000000000000", "not one of the available choices"),
    ],
)
def test_what_can_t_be_is_said_beside_its_field(desk: Client, petition: Petition, field: str, value: str, said: str):
    answer = desk.post(NEW, typed_into_the_form(petition, subject_b="Another", **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert said in page.split(f'id="id_{field}_error"')[1]
    assert not Mailing.objects.exists()


def test_b_takes_from_a_what_it_leaves_open(desk: Client, petition: Petition):
    desk.post(NEW, typed_into_the_form(petition, subject_b="Another subject", sample_percent="20"))
    mailing = Mailing.objects.get()
    assert mailing.sample_percent == 20
    assert mailing.versions.get(name="B").body == mailing.versions.get(name="A").body
    desk.post(edit(mailing), typed_into_the_form(petition, seen=mailing.digest))
    mailing.refresh_from_db()
    assert (mailing.sample_percent, mailing.versions.count()) == (0, 1)


def test_b_that_says_what_a_says_is_refused(desk: Client, petition: Petition):
    answer = desk.post(NEW, typed_into_the_form(petition, subject_b=mailings.A.subject))
    assert answer.status_code == 422
    assert "B says the same as A" in answer.content.decode()


def test_the_preview_follows_what_is_typed_and_stores_nothing(desk: Client, petition: Petition):
    page = desk.post(PREVIEW, typed_into_the_form(petition, subject_b="Hello {{state}}")).content.decode()
    assert "News for Ada" in page
    assert "the <strong>committee</strong> met" in page
    assert "Hello Oregon" in page
    assert "Version B" in page
    assert "<style" not in page
    assert "style=" not in page
    assert "href=" not in page
    assert "1 River Street" in page
    broken = desk.post(PREVIEW, typed_into_the_form(petition, body_a="{{nobody}}")).content.decode()
    assert "Line 1, column 1" in broken
    assert desk.post(PREVIEW, {}).status_code == 200
    assert not Mailing.objects.exists()


def test_without_scripts_preview_is_a_button(desk: Client, petition: Petition):
    answer = desk.post(NEW, typed_into_the_form(petition, title="", preview="1"))
    assert answer.status_code == 200
    assert "News for Ada" in answer.content.decode()
    assert not Mailing.objects.exists()


def test_nothing_typed_becomes_html(desk: Client, petition: Petition):
    page = desk.post(PREVIEW, typed_into_the_form(petition, body_a="<script>alert(1)</script>")).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_olga_may_edit_olive_s_draft(petition: Petition, olive: Organizer, olga: Organizer):
    mailing = mailings.make_mailing(petition, olive)
    answer = at_desk(olga).post(edit(mailing), typed_into_the_form(petition, seen=mailing.digest, subject_a="Better"))
    assert answer.status_code == 302
    mailing.refresh_from_db()
    assert mailing.edited_by == olga


def test_a_change_after_approval_says_that_the_approval_is_gone(
    desk: Client, petition: Petition, olive: Organizer, olga: Organizer
):
    mailings.reader(petition)
    mailing = mailings.make_approved(petition, olive, olga)
    assert "If you change anything but its name, the approval is gone" in desk.get(edit(mailing)).content.decode()
    renamed = typed_into_the_form(petition, seen=mailing.digest, title="Another name")
    assert "Your changes are kept." in desk.post(edit(mailing), renamed, follow=True).content.decode()
    mailing.refresh_from_db()
    assert mailing.status == "approved"
    changed = typed_into_the_form(petition, seen=mailing.digest, subject_a="Another subject")
    page = desk.post(edit(mailing), changed, follow=True).content.decode()
    assert "The approval is gone: ask for a new one." in page
    mailing.refresh_from_db()
    assert mailing.status == "draft"
    again = desk.post(edit(mailing), changed | {"seen": mailing.digest, "title": "Another name"}, follow=True)
    assert "Your changes are kept." in again.content.decode()
    twice = desk.post(edit(mailing), changed | {"seen": mailing.digest, "title": "Another name"}, follow=True)
    assert "Nothing changed." in twice.content.decode()


def test_somebody_else_s_change_is_not_written_over_unseen(
    desk: Client, petition: Petition, olive: Organizer, olga: Organizer
):
    mailing = mailings.make_mailing(petition, olive)
    seen = mailing.digest
    at_desk(olga).post(edit(mailing), typed_into_the_form(petition, seen=seen, subject_a="Olga's"))
    mine = typed_into_the_form(petition, seen=seen, subject_a="Olive's")
    answer = desk.post(edit(mailing), mine)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody changed this mailing meanwhile" in page
    assert 'value="Olive&#x27;s"' in page
    assert mailing.versions.get().subject == "Olga's"
    now = Mailing.objects.get(pk=mailing.pk).digest
    assert f'value="{now}"' in page


def test_what_runs_can_t_be_edited(desk: Client, petition: Petition, olive: Organizer, olga: Organizer):
    mailings.reader(petition)
    mailing = mailings.make_running(petition, olive, olga)
    for answer in (desk.get(edit(mailing), follow=True), desk.post(edit(mailing), {"title": "x"}, follow=True)):
        assert "It can&#x27;t be changed any more." in answer.content.decode()


def test_a_mailing_keeps_its_petition(desk: Client, petition: Petition, olive: Organizer):
    other = factories.make_petition("another-one", title="Another ask")
    mailing = mailings.make_mailing(petition, olive)
    desk.post(edit(mailing), typed_into_the_form(other, seen=mailing.digest, subject_a="New"))
    mailing.refresh_from_db()
    assert mailing.petition == petition
    assert mailing.versions.get().subject == "New"


def test_without_an_open_petition_there_is_nobody_to_write_to(desk: Client, db):
    factories.make_petition("a-draft", is_open=False)
    assert "No petition was opened yet" in desk.get(NEW).content.decode()
    assert desk.post(PREVIEW, {}).status_code == 200


def test_a_change_of_the_same_moment_is_not_written_over_either(
    desk: Client, petition: Petition, olive: Organizer, olga: Organizer, monkeypatch: pytest.MonkeyPatch
):
    """Olga's arrives after Olive's form was looked at, and before Olive's is kept."""
    mailing = mailings.make_mailing(petition, olive)
    seen, looks = mailing.digest, MailingForm.is_upon

    def looks_then_olga_is_faster(form: MailingForm, upon: Mailing) -> bool:
        monkeypatch.setattr(MailingForm, "is_upon", looks)
        is_upon = looks(form, upon)
        at_desk(olga).post(edit(mailing), typed_into_the_form(petition, seen=seen, subject_a="Olga's"))
        return is_upon

    monkeypatch.setattr(MailingForm, "is_upon", looks_then_olga_is_faster)
    answer = desk.post(edit(mailing), typed_into_the_form(petition, seen=seen, subject_a="Olive's"))
    assert answer.status_code == 422
    assert "Somebody changed this mailing meanwhile" in answer.content.decode()
    assert "Olive&#x27;s" in answer.content.decode()
    assert mailing.versions.get().subject == "Olga's"
