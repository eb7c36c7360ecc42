"""Every deed may happen twice, and fifty times at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from campaign.delivery.models import Delivery
from campaign.lib import kept
from campaign.partners.models import IdempotencyRecord
from campaign.petitions.models import Signature
from campaign.supporters.models import Supporter
from tests import factories
from tests.api.conftest import Caller, is_problem


def test_a_replay_is_the_first_answer_to_the_byte(rivers, petition):
    first = rivers.sign(petition, idempotency_key='"one"')
    second = rivers.sign(petition, idempotency_key="one")
    assert (first.status_code, first.content) == (second.status_code, second.content) == (202, first.content)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_call_with_and_one_without_an_idempotency_key_answer_alike(rivers, petition):
    assert rivers.sign(petition).content == rivers.sign(petition, idempotency_key="one").content


def test_a_replay_is_the_first_answer_even_after_the_petition_closed(rivers, petition):
    first = rivers.sign(petition, idempotency_key="one")
    type(petition).objects.update(closed_at=timezone.now())
    kept.forget_everything()
    assert rivers.sign(petition).status_code == 409
    assert rivers.sign(petition, idempotency_key="one").content == first.content


def test_the_same_idempotency_key_with_another_body_is_refused(rivers, petition):
    rivers.sign(petition, idempotency_key="one")
    problem = is_problem(rivers.sign(petition, factories.BRUNO, idempotency_key="one"), 422)
    assert problem["errors"][0]["code"] == "idempotency_key_reused"
    assert Signature.objects.count() == 1


def test_what_was_refused_may_be_mended_under_the_same_idempotency_key(rivers, petition):
    is_problem(rivers.sign(petition, {**factories.ADA, "email": "ada@"}, idempotency_key="one"), 422)
    assert rivers.sign(petition, idempotency_key="one").status_code == 202


def test_an_idempotency_key_is_the_partners_own_and_the_petitions_own(rivers, acme_server, petition):
    rivers.sign(petition, idempotency_key="one")
    assert "Idempotency-Replayed" not in acme_server.sign(petition, idempotency_key="one").headers
    other = factories.make_petition("another")
    assert "Idempotency-Replayed" not in rivers.sign(other, idempotency_key="one").headers
    assert IdempotencyRecord.objects.count() == 3


def test_a_slash_at_the_end_makes_no_other_call(rivers, petition):
    path = f"/api/v1/petitions/{petition.slug}/signatures"
    rivers.post(path, dict(factories.ADA), idempotency_key="one")
    again = rivers.post(f"{path}/", dict(factories.ADA), idempotency_key="one")
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("header", ["", "a b", '"', "x" * 256])
def test_a_malformed_idempotency_key_is_refused(rivers, petition, header):
    is_problem(rivers.sign(petition, idempotency_key=header), 400)
    assert not Signature.objects.exists()


def test_nothing_of_a_person_is_kept_with_the_answer(rivers, petition):
    rivers.sign(petition, idempotency_key="one")
    record = IdempotencyRecord.objects.get()
    assert set(record.body) == {"id", "petition", "status"}
    assert "ada" not in json.dumps(record.body).lower()


def at_once(times: int, key: str, petition, **headers):
    """So many identical calls in the same moment."""
    gate = threading.Barrier(times)

    def call(_number: int):
        caller = Caller(key)
        gate.wait(20)
        try:
            return caller.sign(petition, **headers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(call, range(times)))


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_sign_ups_at_once_are_one_signature_and_one_mail(riverkeepers, petition):
    answers = at_once(50, riverkeepers, petition)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert (Supporter.objects.count(), Signature.objects.count(), Delivery.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_fifty_calls_with_one_idempotency_key_have_one_effect(riverkeepers, petition):
    answers = at_once(50, riverkeepers, petition, idempotency_key="one")
    took = [answer for answer in answers if answer.status_code == 202]
    assert {answer.status_code for answer in answers} <= {202, 409}
    firsts = [answer for answer in took if "Idempotency-Replayed" not in answer.headers]
    assert len(firsts) == 1
    assert len({answer.content for answer in took}) == 1
    assert (IdempotencyRecord.objects.count(), Signature.objects.count(), Delivery.objects.count()) == (1, 1, 1)
    for answer in answers:
        if answer.status_code == 409:
            is_problem(answer, 409)
