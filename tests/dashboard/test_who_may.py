"""Every address of the desk, for everybody who may come by. A new address without a line here fails the last test."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from campaign.dashboard.urls import urlpatterns
from campaign.legislators.models import Office
from campaign.petitions.models import Export
from tests import factories
from tests.dashboard import mailings
from tests.dashboard.conftest import Story


class Door(NamedTuple):
    """An address: how it is asked for, and what an organizer and a viewer get there. Anonymous people log in."""

    name: str
    method: str
    arguments: Callable[[Story, Export], list[object]]
    organizer: int
    viewer: int = 403
    body: dict[str, str] = {}


def _none(story: Story, export: Export) -> list[object]:
    return []


def _slug(story: Story, export: Export) -> list[object]:
    return [story.petition.slug]


def _spanish(story: Story, export: Export) -> list[object]:
    return [story.petition.slug, "es"]


def _template(story: Story, export: Export) -> list[object]:
    return [story.template.pk]


def _decision(story: Story, export: Export) -> list[object]:
    return [story.bruno.pk, "release"]


def _queue(story: Story, export: Export) -> list[object]:
    return ["mailings"]


def _fate(story: Story, export: Export) -> list[object]:
    return ["arrived"]


def _export(story: Story, export: Export) -> list[object]:
    return [export.pk]


def _office(story: Story, export: Export) -> list[object]:
    return [Office.objects.order_by("pk").values_list("pk", flat=True)[0]]


def _treaty(story: Story, export: Export) -> list[object]:
    return [story.signed.treaty.slug]


def _stage(story: Story, export: Export) -> list[object]:
    return [story.signed.treaty.slug, story.signed.pk]


def _senator(story: Story, export: Export) -> list[object]:
    return [story.signed.treaty.slug, "W000779"]


def _mailing(story: Story, export: Export) -> list[object]:
    return [mailings.make_mailing(story.petition, export.asked_by).pk]


def _compared(story: Story, export: Export) -> list[object]:
    mailings.reader(story.petition, factories.signer(7))
    olga = factories.make_organizer("olga@example.org")
    return [mailings.make_running(story.petition, export.asked_by, olga, b=mailings.B).pk]


def _choice(story: Story, export: Export) -> list[object]:
    return [*_compared(story, export), "A"]


DOORS = [
    Door("today", "get", _none, 200, viewer=200),
    Door("deliveries", "get", _none, 200, viewer=200),
    Door("mailroom", "get", _none, 200, viewer=200),
    Door("pause_queue", "post", _queue, 302),
    Door("resume_queue", "post", _queue, 302),
    Door("decide_mail", "get", _fate, 404),  # it does not say about which
    Door("decide_mail", "post", _fate, 302, body={"queue": "confirm", "reason": "lease ran out"}),
    Door("new_petition", "get", _none, 200),
    Door("new_petition", "post", _none, 422, body={"slug": ""}),
    Door("preview_petition", "post", _none, 200),
    Door("petition", "get", _slug, 200, viewer=200),
    Door("edit_petition", "get", _slug, 200),
    Door("edit_petition", "post", _slug, 422, body={"slug": ""}),
    Door("translate_petition", "get", _spanish, 200),
    Door("translate_petition", "post", _spanish, 422, body={"title": ""}),
    Door("open_petition", "get", _slug, 200),
    Door("open_petition", "post", _slug, 302),
    Door("close_petition", "get", _slug, 200),
    Door("close_petition", "post", _slug, 302),
    Door("letter_templates", "get", _slug, 200),
    Door("new_letter_template", "get", _slug, 200),
    Door("new_letter_template", "post", _slug, 422, body={"tone": ""}),
    Door("preview_letter_template", "post", _slug, 200),
    Door("letter_template", "get", _template, 200),
    Door("letter_template", "post", _template, 422, body={"tone": ""}),
    Door("retire_letter_template", "get", _template, 200),
    Door("retire_letter_template", "post", _template, 302),
    Door("signatures", "get", _slug, 200),
    Door("signatures", "post", _slug, 422, body={"email": "not an address"}),
    Door("decide", "post", _decision, 302),
    Door("ask_for_export", "get", _slug, 200),
    Door("ask_for_export", "post", _slug, 302),
    Door("export", "get", _export, 200),
    Door("export_progress", "get", _export, 200),
    Door("export_download", "get", _export, 404),  # not written yet
    Door("mailings", "get", _none, 200, viewer=200),
    Door("new_mailing", "get", _none, 200),
    Door("new_mailing", "post", _none, 422, body={"title": ""}),
    Door("preview_mailing", "post", _none, 200),
    Door("mailing", "get", _mailing, 200, viewer=200),
    Door("mailing", "get", _compared, 200, viewer=200),
    Door("mailing_progress", "get", _compared, 200, viewer=200),
    Door("edit_mailing", "get", _mailing, 200),
    Door("edit_mailing", "post", _mailing, 422, body={"title": ""}),
    Door("mailing_sample", "get", _mailing, 200),
    Door("mailing_sample_html", "get", _mailing, 404),  # none was drawn
    Door("test_mailing", "post", _mailing, 302),
    Door("ask_for_approval", "post", _mailing, 302),
    Door("take_back_mailing", "post", _mailing, 302),
    Door("approve_mailing", "get", _mailing, 200),
    Door("approve_mailing", "post", _mailing, 302),
    Door("schedule_mailing", "get", _mailing, 302),  # it has to be approved first
    Door("schedule_mailing", "post", _mailing, 302),
    Door("unschedule_mailing", "post", _mailing, 302),
    Door("pause_mailing", "post", _compared, 302),
    Door("resume_mailing", "get", _compared, 200),
    Door("resume_mailing", "post", _compared, 302),
    Door("cancel_mailing", "get", _mailing, 200),
    Door("cancel_mailing", "post", _mailing, 302),
    Door("choose_mailing", "get", _choice, 200),
    Door("choose_mailing", "post", _choice, 302),
    Door("offices", "get", _none, 200),
    Door("office", "get", _office, 200),
    Door("office", "post", _office, 422, body={"email": "nonsense"}),
    Door("data", "get", _none, 200, viewer=200),
    Door("treaties", "get", _none, 200, viewer=200),
    Door("treaty", "get", _treaty, 200, viewer=200),
    Door("positions_csv", "get", _treaty, 200, viewer=200),
    Door("number_treaty", "get", _treaty, 200),
    Door("number_treaty", "post", _treaty, 422, body={"number": "none"}),
    Door("enter_stage", "get", _treaty, 200),
    Door("enter_stage", "post", _treaty, 422, body={"stage": ""}),
    Door("retract_stage", "get", _stage, 200),
    Door("retract_stage", "post", _stage, 302),
    Door("import_positions", "get", _treaty, 200),
    Door("import_positions", "post", _treaty, 422, body={"pasted": ""}),
    Door("position", "get", _senator, 200),
    Door("position", "post", _senator, 422, body={"stance": ""}),
]
NAMES = [f"{door.method} {door.name}" for door in DOORS]


def knock(client: Client, door: Door, story: Story, export: Export):
    address = reverse(f"dashboard:{door.name}", args=door.arguments(story, export))
    return getattr(client, door.method)(address, door.body or None), address


@pytest.mark.parametrize("door", DOORS, ids=NAMES)
def test_an_organizer_comes_in(door: Door, story: Story, export: Export, desk: Client):
    response, _ = knock(desk, door, story, export)
    assert response.status_code == door.organizer
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("door", DOORS, ids=NAMES)
def test_a_viewer_sees_counts_only(door: Door, story: Story, export: Export, viewing: Client):
    response, _ = knock(viewing, door, story, export)
    assert response.status_code == door.viewer
    text = response.content.decode()
    assert "ada@example.org" not in text
    assert "Lopez" not in text
    assert '<form method="post"' not in text


@pytest.mark.parametrize("door", DOORS, ids=NAMES)
def test_whoever_is_not_logged_in_is_asked_to(door: Door, story: Story, export: Export):
    response, address = knock(Client(), door, story, export)
    assert response.status_code == 302
    back = address if door.method == "get" else reverse("dashboard:today")
    assert response["Location"] == f"{reverse('account_login')}?next={back}"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "post"], ids=lambda door: door.name)
def test_nothing_is_posted_without_its_token(door: Door, story: Story, export: Export, olive):
    client = Client(enforce_csrf_checks=True)
    client.force_login(olive)
    response, _ = knock(client, door, story, export)
    assert response.status_code == 403


def test_a_switched_off_account_is_nobody(desk: Client, olive, story: Story):
    olive.is_active = False
    olive.save()
    assert desk.get(reverse("dashboard:today")).status_code == 302


def test_no_address_of_the_desk_is_left_out():
    assert {pattern.name for pattern in urlpatterns} == {door.name for door in DOORS}


def test_what_does_not_exist_is_not_found(desk: Client, story: Story):
    nobody = "00000000-0000-4000-8000-000000000000"
    for address in (
        "petitions/no-such/",
        "petitions/no-such/signatures/",
        "petitions/no-such/letter-templates/",
        f"petitions/{story.petition.slug}/edit/fr/",
        f"petitions/{story.petition.slug}/edit/en/",
        "letter-templates/999999999999999999999/",
        "exports/999999/",
        "offices/999999/",
        "treaties/no-such/",
        "treaties/no-such/number/",
        "treaties/no-such/positions.csv",
        "treaties/no-such/positions/import/",
        "treaties/a-convention/positions/Z999999/",
        "treaties/a-convention/stages/999999999999999999999/retract/",
        f"mail/decide/arrived/?delivery={nobody}",
        "mail/decide/arrived/?delivery=5",
        f"mail/decide/burn/?delivery={nobody}",
        "mail/decide/arrived/?queue=newsletters&reason=x",
    ):
        assert desk.get(f"/dashboard/{address}").status_code == 404, address
    assert desk.post(f"/dashboard/signatures/{nobody}/release/").status_code == 404
    assert desk.post(f"/dashboard/signatures/{story.ada.pk}/burn/").status_code == 404
    assert desk.post("/dashboard/mail/queues/newsletters/pause/").status_code == 404
