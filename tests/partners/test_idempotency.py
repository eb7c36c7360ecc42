import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaign.partners import idempotency
from campaign.partners.idempotency import Answered, Asked, token_of
from campaign.partners.models import ApiKey, IdempotencyRecord
from tests import factories


@pytest.fixture
def key(db: None) -> ApiKey:
    return factories.make_partner()[1]


class Effect:
    """Counts how often it was had."""

    def __init__(self, status: int = 202) -> None:
        self.status = status
        self.times = 0

    def __call__(self) -> Answered:
        self.times += 1
        return Answered(self.status, {"time": self.times})


def asked(key: ApiKey, *, route: str = "POST /here", token: str = "abc", body: bytes = b"{}") -> Asked:
    return Asked(key.pk, route, token, idempotency.fingerprint_of(body))


def test_the_second_time_gets_the_kept_answer_without_another_effect(key):
    effect = Effect()
    first = idempotency.once(asked(key), effect)
    second = idempotency.once(asked(key), effect)
    assert (first.status, first.body, first.is_replay) == (202, {"time": 1}, False)
    assert (second.status, second.body, second.is_replay) == (202, {"time": 1}, True)
    assert effect.times == 1


def test_the_same_key_with_another_body_is_refused(key):
    effect = Effect()
    idempotency.once(asked(key), effect)
    with pytest.raises(idempotency.OtherBody):
        idempotency.once(asked(key, body=b"[]"), effect)
    assert effect.times == 1


@pytest.mark.parametrize("other", [{"route": "POST /there"}, {"token": "abd"}])
def test_another_route_or_token_is_another_call(key, other):
    effect = Effect()
    idempotency.once(asked(key), effect)
    idempotency.once(asked(key, **other), effect)
    assert effect.times == 2


def test_another_partner_may_use_the_same_token(key):
    effect = Effect()
    idempotency.once(asked(key), effect)
    idempotency.once(asked(factories.make_partner("Acme Civic", "acme")[1]), effect)
    assert effect.times == 2


def test_what_was_not_a_success_is_not_kept(key):
    effect = Effect(status=409)
    idempotency.once(asked(key), effect)
    idempotency.once(asked(key), effect)
    assert effect.times == 2
    assert not IdempotencyRecord.objects.exists()


def test_an_effect_that_fails_keeps_nothing(key):
    def fail() -> Answered:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        idempotency.once(asked(key), fail)
    assert not IdempotencyRecord.objects.exists()
    assert idempotency.once(asked(key), Effect()).body == {"time": 1}


def test_after_24_hours_the_key_is_free_again(key):
    effect = Effect()
    idempotency.once(asked(key), effect)
    kept = IdempotencyRecord.objects.get()
    assert abs(kept.expires_at - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)
    IdempotencyRecord.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not idempotency.once(asked(key, body=b"other"), effect).is_replay
    assert idempotency.once(asked(key, body=b"other"), effect).is_replay
    assert effect.times == 2


@pytest.mark.django_db(transaction=True)
def test_while_the_first_call_runs_the_second_is_turned_away():
    key = factories.make_partner()[1]
    begun, may_end = threading.Event(), threading.Event()
    answers: list[Answered] = []

    def slow() -> Answered:
        begun.set()
        assert may_end.wait(10)
        return Answered(202, {"time": 1})

    def first() -> None:
        try:
            answers.append(idempotency.once(asked(key), slow))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    with pytest.raises(idempotency.StillRunning):
        idempotency.once(asked(key), Effect())
    assert idempotency.once(asked(key, token="another"), Effect()).body == {"time": 1}
    may_end.set()
    thread.join(10)
    assert idempotency.once(asked(key), Effect(500)).is_replay
    assert not answers[0].is_replay


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        ('"a b"', "a b"),
        (r'"a\"b\\c"', 'a"b\\c'),
        (" 8e03978e-40d5-43dd-bc93-6894a57f9324 ", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("x" * 255, "x" * 255),
        ('"' + "x" * 255 + '"', "x" * 255),
    ],
)
def test_a_token_may_be_quoted_or_bare(header, token):
    assert token_of(header) == token


@pytest.mark.parametrize(
    "header", ["", '""', '"', '"abc', 'abc"d "', "a b", "é", '"é"', "x" * 256, r'"a\b"', "a\x7fb", '"a\tb"', "\x00"]
)
def test_a_malformed_token_is_refused(header):
    with pytest.raises(idempotency.Malformed):
        token_of(header)
