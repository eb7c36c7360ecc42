"""Stories of sign-ups that a partner's server hands over."""

import uuid

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from campaign.delivery.models import Delivery
from campaign.lib import kept
from campaign.partners.models import Partner
from campaign.petitions.models import Signature
from campaign.supporters.models import Supporter
from tests import factories
from tests.api.conftest import is_problem


def test_ada_signs_on_the_riverkeepers_site(rivers, petition):
    response = rivers.sign(petition, {**factories.ADA, "comment": "For the rivers.", "source": "spring"})
    assert response.status_code == 202
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"id": response.json()["id"], "petition": petition.slug, "status": "received"}
    uuid.UUID(response.json()["id"])
    signature = Signature.objects.select_related("supporter", "partner").get()
    assert signature.partner.name == "Riverkeepers"
    assert (signature.state, signature.comment, signature.source) == ("OR", "For the rivers.", "spring")
    assert (signature.supporter.given_name, signature.supporter.email) == ("Ada", "ada@example.org")
    assert signature.confirmed_at is None
    assert Delivery.objects.get().recipe == "confirm_signature"


def test_bruno_signs_though_he_has_no_senators(rivers, petition):
    assert rivers.sign(petition, factories.BRUNO).status_code == 202
    assert Signature.objects.get().state == "DC"


def test_chiyo_is_asked_for_the_state_where_she_votes(rivers, petition):
    problem = is_problem(rivers.sign(petition, factories.CHIYO), 422)
    assert [error["code"] for error in problem["errors"]] == ["military_ask_state"]
    assert rivers.sign(petition, {**factories.CHIYO, "state": "WA"}).status_code == 202
    assert Signature.objects.get().state == "WA"


@pytest.mark.parametrize("mailbox", ["known", "confirmed", "held", "withdrawn"])
def test_nobody_can_tell_whether_a_mailbox_was_known(rivers, petition, mailbox):
    before = rivers.sign(petition)
    if mailbox == "confirmed":
        factories.sign_and_confirm(petition)
    if mailbox == "held":
        Signature.objects.update(quarantined_at=timezone.now(), quarantine_reason="many_from_one_network")
    if mailbox == "withdrawn":
        factories.sign_and_confirm(petition)
        Signature.objects.update(withdrawn_at=timezone.now())
    after = rivers.sign(petition)
    assert (after.status_code, after.content) == (before.status_code, before.content)
    own = {"X-Request-Id", "RateLimit"}
    assert {k: v for k, v in after.items() if k not in own} == {k: v for k, v in before.items() if k not in own}
    assert Signature.objects.count() == 1


def test_the_id_is_the_same_each_time_and_another_for_each_partner(rivers, acme_server, petition):
    first = rivers.sign(petition).json()["id"]
    assert rivers.sign(petition, {**factories.ADA, "email": "ADA@example.org"}).json()["id"] == first
    ours = Signature.objects.get()
    theirs = acme_server.sign(petition).json()["id"]
    other_petition = rivers.sign(factories.make_petition("another")).json()["id"]
    assert len({first, theirs, other_petition, str(ours.pk), str(ours.supporter_id)}) == 5


def test_the_first_partner_keeps_the_signature(rivers, acme_server, petition):
    rivers.sign(petition)
    acme_server.sign(petition)
    assert Signature.objects.get().partner.name == "Riverkeepers"


def test_the_mail_speaks_the_language_of_the_call(rivers, petition):
    rivers.sign(petition, accept_language="es-MX,es;q=0.9")
    assert Signature.objects.get().language == "es"
    rivers.sign(petition, factories.BRUNO)
    assert Signature.objects.get(state="DC").language == "en"


def test_every_refused_field_is_pointed_at_and_nothing_is_kept(rivers, petition):
    typed = {"given_name": "", "family_name": "http://spam.example", "email": "ada@", "state": "Atlantis", "zip": "9"}
    problem = is_problem(rivers.sign(petition, typed), 422)
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/given_name", "required"),
        ("/family_name", "not_a_name"),
        ("/email", "bad_mailbox"),
        ("/state", "unknown_state"),
        ("/postal_code", "required"),
        ("/zip", "unknown_field"),
    }
    assert all(error["detail"] for error in problem["errors"])
    assert problem["instance"] == f"/api/v1/petitions/{petition.slug}/signatures"
    assert not Supporter.objects.exists()


def test_a_problem_repeats_nothing_that_was_typed(rivers, petition):
    typed = {**factories.ADA, "given_name": "Mallory<script>", "email": "mallory at example", "comment": "www.spam.com"}
    text = rivers.sign(petition, typed).content.decode()
    assert "Mallory" not in text
    assert "mallory" not in text
    assert "spam" not in text


def test_the_problem_speaks_the_callers_language(rivers, petition):
    english = is_problem(rivers.sign(petition, {}), 422)
    spanish = is_problem(rivers.sign(petition, {}, accept_language="es"), 422)
    assert [error["code"] for error in spanish["errors"]] == [error["code"] for error in english["errors"]]


def test_a_closed_petition_is_a_conflict(rivers, petition):
    petition.closed_at = timezone.now()
    petition.save()
    is_problem(rivers.sign(petition), 409)
    assert not Signature.objects.exists()


def test_a_draft_and_an_unknown_petition_are_not_there(rivers):
    is_problem(rivers.sign(factories.make_petition("draft", is_open=False)), 404)
    is_problem(rivers.post("/api/v1/petitions/no-such/signatures", dict(factories.ADA)), 404)


def test_a_call_sets_no_cookie_and_begins_no_session(rivers, petition):
    response = rivers.sign(petition)
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_no_page_of_another_origin_may_make_the_call(rivers, petition):
    response = rivers.sign(petition, origin="https://riverkeepers.example")
    assert "Access-Control-Allow-Origin" not in response.headers


def test_the_address_may_end_with_a_slash(rivers, petition):
    assert rivers.post(f"/api/v1/petitions/{petition.slug}/signatures/", dict(factories.ADA)).status_code == 202


def test_a_sign_up_without_a_database_is_asked_to_come_back(rivers, petition, monkeypatch):
    rivers.sign(petition)
    with monkeypatch.context() as patched:
        patched.setattr(connection, "ensure_connection", _gone)
        response = rivers.sign(petition)
    is_problem(response, 503)
    assert response.headers["Retry-After"] == "5"
    assert "secret" not in response.content.decode()
    assert rivers.sign(petition).status_code == 202


def _gone(*_args, **_kwargs):
    raise OperationalError("the server closed the connection; password=secret")


@pytest.mark.django_db(transaction=True)
def test_a_petition_deleted_a_moment_ago_is_asked_for_again_and_then_gone(rivers, petition):
    rivers.sign(petition)
    Delivery.objects.all().delete()
    Signature.objects.all().delete()
    petition.delete()
    is_problem(rivers.sign(petition), 503)
    kept.forget_everything()
    is_problem(rivers.sign(petition), 404)
    assert not Delivery.objects.exists()


def test_a_partner_may_not_use_the_page_of_another_method(rivers, petition):
    path = f"/api/v1/petitions/{petition.slug}/signatures"
    for method in ("get", "put", "patch", "delete", "head"):
        response = getattr(rivers.client, method)(path)
        assert response.status_code == 405
        assert response.headers["Allow"] == "POST, OPTIONS"
    options = rivers.client.options(path)
    assert (options.status_code, options.headers["Allow"]) == (204, "POST, OPTIONS")


def test_a_suspended_partner_signs_nobody_up(rivers, petition):
    Partner.objects.update(suspended_at=timezone.now())
    is_problem(rivers.sign(petition), 401)
    assert not Signature.objects.exists()
