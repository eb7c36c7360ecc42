"""How often a partner may call, exactly, also when many calls come at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from campaign.lib import limits
from campaign.partners import keys
from campaign.partners.models import Partner
from tests import factories
from tests.api.conftest import Caller, is_problem


def test_every_answer_says_what_is_left(rivers, petition):
    first, second = rivers.sign(petition), rivers.sign(petition, {})
    assert first.headers["RateLimit-Policy"] == '"sign-ups";q=600;w=60'
    name, left, wait = first.headers["RateLimit"].split(";")
    assert (name, left) == ('"sign-ups"', "r=599")
    assert 1 <= int(wait.removeprefix("t=")) <= 60
    assert second.status_code == 422
    assert second.headers["RateLimit"].split(";")[1] == "r=598"


def test_over_the_limit_a_partner_is_told_when_to_come_back(rivers, petition):
    Partner.objects.update(sign_ups_a_minute=2)
    answers = [rivers.sign(petition, factories.signer(number)) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    is_problem(answers[2], 429)
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["RateLimit"].startswith('"sign-ups";r=0;t=')


def test_all_keys_of_a_partner_share_its_limit_and_another_partner_has_its_own(petition):
    partner, _key, text = factories.make_partner(sign_ups_a_minute=1)
    second_text = keys.issue(partner)[1]
    acme = factories.make_partner("Acme Civic", "acme")[2]
    assert Caller(text).sign(petition).status_code == 202
    assert Caller(second_text).sign(petition).status_code == 429
    assert Caller(acme).sign(petition).status_code == 202


def test_a_limit_turns_away_before_the_body_is_read(rivers, petition):
    Partner.objects.update(sign_ups_a_minute=0)
    is_problem(rivers.sign(petition, raw="{"), 429)


def test_lookups_of_one_network_are_limited(client, db):
    for _time in range(settings.LOOKUPS_A_MINUTE):
        limits.hit("look-ups", "127.0.0.1", settings.LOOKUPS_A_MINUTE, 60)
    response = client.get("/api/v1/legislators/lookup?state=OR")
    is_problem(response, 429)
    assert response.headers["RateLimit-Policy"] == '"look-ups";q=120;w=60'
    other = client.get("/api/v1/legislators/lookup?state=OR", REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 200


@pytest.fixture
def no_valkey(settings):
    """Nobody listens where Valkey should be."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits.counter.cache_clear()
    yield
    limits.counter.cache_clear()


@pytest.mark.usefixtures("no_valkey")
def test_without_valkey_signing_stays_open_and_each_process_counts(rivers, petition):
    Partner.objects.update(sign_ups_a_minute=1)
    assert rivers.sign(petition).status_code == 202
    assert rivers.sign(petition).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_when_many_call_at_once(petition):
    text = factories.make_partner(sign_ups_a_minute=20)[2]
    gate = threading.Barrier(32)

    def call(number: int) -> list[int]:
        caller = Caller(text)
        gate.wait(20)
        try:
            return [caller.sign(petition, factories.signer(number * 2 + i)).status_code for i in range(2)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        statuses = [status for answer in pool.map(call, range(32)) for status in answer]
    assert (statuses.count(202), statuses.count(429)) == (20, 44)
