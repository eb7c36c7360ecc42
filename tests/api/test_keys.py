"""Who may call: keys, their scopes, and how soon a suspension holds."""

import time
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from campaign.lib import kept
from campaign.partners import keys
from campaign.partners.models import ApiKey, Partner, Scope
from campaign.petitions.models import Signature
from tests import factories
from tests.api.conftest import Caller, is_problem


def test_without_a_key_nobody_signs(anybody, petition):
    response = anybody.sign(petition)
    problem = is_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="partners"'
    assert "Authorization: Bearer" in problem["detail"]
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer tt_live_abcdefgh_" + "x" * 40,
        "Basic cml2ZXJzOmtleXM=",
        "Bearer " + "x" * 5000,
        "Bearer tt_live_é",
    ],
)
def test_what_is_no_key_opens_nothing(anybody, petition, header):
    response = anybody.sign(petition, authorization=header)
    is_problem(response, 401)
    assert "WWW-Authenticate" in response.headers
    assert "nonsense" not in response.content.decode()


def test_a_key_with_one_letter_changed_opens_nothing(riverkeepers, petition):
    changed = riverkeepers[:-1] + ("a" if riverkeepers[-1] != "a" else "b")
    is_problem(Caller(changed).sign(petition), 401)


def test_a_key_in_the_address_is_not_looked_at(anybody, riverkeepers, petition):
    path = f"/api/v1/petitions/{petition.slug}/signatures?key={riverkeepers}"
    is_problem(anybody.post(path, dict(factories.ADA)), 401)


@pytest.mark.parametrize("change", ["revoked", "expired"])
def test_a_key_that_is_over_opens_nothing(rivers, petition, change):
    moment = timezone.now() - timedelta(seconds=1)
    ApiKey.objects.update(**{f"{change}_at" if change == "revoked" else "expires_at": moment})
    is_problem(rivers.sign(petition), 401)


def test_a_key_without_the_scope_is_told_which(rivers, petition):
    ApiKey.objects.update(scopes=[Scope.PETITIONS_READ])
    assert "signatures:write" in is_problem(rivers.sign(petition), 403)["detail"]
    assert not Signature.objects.exists()


def test_a_sandbox_key_is_a_key(petition):
    partner, _key, _text = factories.make_partner()
    _sandbox, text = keys.issue(partner, is_sandbox=True)
    assert Caller(text).sign(petition).status_code == 202


def test_a_suspension_holds_within_a_second(rivers, petition):
    assert rivers.sign(petition).status_code == 202
    Partner.objects.update(suspended_at=timezone.now())
    deadline = time.monotonic() + 1.0
    while rivers.sign(petition).status_code == 202:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    is_problem(rivers.sign(petition), 401)


def test_a_closed_petition_takes_nobody_after_a_second(rivers, petition):
    assert rivers.sign(petition).status_code == 202
    type(petition).objects.update(closed_at=timezone.now())
    time.sleep(1.0)
    is_problem(rivers.sign(petition), 409)


def test_the_use_of_a_key_is_noted_now_and_then(rivers, petition):
    rivers.sign(petition)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    ApiKey.objects.update(last_used_at=None)
    rivers.sign(petition)
    assert ApiKey.objects.get().last_used_at is None  # at most once a minute from one process


@pytest.fixture
def statements(monkeypatch):
    """Every statement that any cursor of psycopg runs."""
    seen: list[str] = []
    run = psycopg.Cursor.execute

    def execute(self, query, *args, **kwargs):
        seen.append(str(query))
        return run(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", execute)
    return seen


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_costs_one_statement_once_key_and_petition_are_known(rivers, petition, statements):
    rivers.sign(petition)
    del statements[:]
    assert rivers.sign(petition, factories.BRUNO).status_code == 202
    assert len(statements) == 1
    assert "INSERT INTO petitions_signature" in statements[0]
    kept.forget_everything()
    del statements[:]
    rivers.sign(petition)
    assert len(statements) == 4, "the key, the petition, whether there are newer ZIPs, the sign-up"


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_with_an_idempotency_key_costs_four_statements(rivers, petition, statements):
    rivers.sign(petition)
    del statements[:]
    rivers.sign(petition, factories.BRUNO, idempotency_key="once")
    assert len(statements) == 4, statements


def test_a_key_that_nobody_knows_costs_one_statement(anybody, petition, statements):
    anybody.sign(petition, authorization="Bearer tt_live_abcdefgh_" + "x" * 40)
    assert len(statements) == 1
