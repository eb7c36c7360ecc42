"""Signing: what is kept, how often, and what nobody learns."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaign.delivery.models import Delivery, Kind, Status
from campaign.petitions import checking, signing
from campaign.petitions.models import Petition, Signature
from campaign.petitions.screening import Screened
from campaign.petitions.signing import Origin
from campaign.supporters.models import Supporter
from tests.factories import ADA, mailbox, sign, sign_and_confirm, signer


def at_once(times: int, do: Callable[[int], None]) -> list[Exception]:
    """Do it in so many threads, all let go at the same moment."""
    gate = threading.Barrier(times)
    errors: list[Exception] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            do(number)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_sign_up_keeps_the_person_the_signature_and_the_mail_in_one_statement(petition):
    sign_up = checking.check({**ADA, "comment": "It reaches too far.", "source": "fb-1"})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        signature_id = signing.sign(petition, sign_up, Origin(language="es"))
    assert len(queries) <= 1
    signature = Signature.objects.select_related("supporter").get(pk=signature_id)
    assert (signature.state, signature.source, signature.language) == ("OR", "fb-1", "es")
    assert signature.comment == "It reaches too far."
    assert signature.supporter.name == "Ada Lopez"
    delivery = Delivery.objects.get()
    assert delivery.about == {"signature": str(signature_id)}
    assert (delivery.mailbox, delivery.kind, delivery.status) == (mailbox(ADA), Kind.CONFIRMATION, Status.QUEUED)


def test_what_is_personal_is_sealed_in_the_database(petition):
    sign(petition, comment="It reaches too far.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.email, p.given_name, p.family_name, s.comment FROM supporters_supporter p, petitions_signature s"
        )
        stored = [bytes(value) for value in cursor.fetchone()]
        cursor.execute("SELECT key || about::text || mailbox::text FROM delivery_delivery")
        outbox = cursor.fetchone()[0]
    assert all(word not in b"".join(stored) for word in (b"ada@", b"Ada", b"Lopez", b"reaches"))
    assert not any(word in outbox for word in ("Ada", "Lopez", "@", "example"))


def test_signing_again_finds_the_same_signature_and_brings_one_mail(petition):
    assert sign(petition).pk == sign(petition, email="ADA@Example.org").pk
    assert (Supporter.objects.count(), Signature.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_until_it_is_confirmed_a_signature_takes_what_was_typed_last(petition):
    sign(petition, given_name="Adda", comment="First.")
    signature = sign(petition, comment="Second.")
    assert (signature.supporter.given_name, signature.comment) == ("Ada", "Second.")


def test_a_stranger_changes_nothing_about_a_confirmed_supporter(petition):
    sign_and_confirm(petition)
    signature = sign(petition, given_name="Mallory", state="NY", postal_code="10001", comment="Nonsense.")
    assert (signature.supporter.given_name, signature.supporter.state, signature.state) == ("Ada", "OR", "OR")
    assert signature.comment is None
    assert signature.confirmed_at


def test_whoever_signed_already_learns_it_by_mail_only(petition):
    sign_and_confirm(petition)
    sign(petition)
    assert Delivery.objects.filter(recipe="already_signed").count() == 1
    sign(petition)
    assert Delivery.objects.filter(recipe="already_signed").count() == 1


def test_after_withdrawing_signing_again_brings_a_new_confirmation(petition):
    from campaign.petitions import confirming

    signature = sign_and_confirm(petition)
    confirming.withdraw(signature.pk)
    sign(petition)
    assert Delivery.objects.filter(recipe="confirm_signature").count() == 2


def test_a_held_sign_up_is_kept_like_any_other(petition):
    signature = sign(petition, origin=Origin(screened=Screened(b"n" * 16, "many_from_one_network")))
    assert signature.quarantined_at
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_sign_ups_at_once_are_one_signature_and_one_mail():
    from tests.factories import make_petition

    petition = make_petition()
    sign_up = checking.check(ADA)
    assert at_once(50, lambda _: signing.sign(petition, sign_up, Origin())) == []  # type: ignore[arg-type, return-value]
    assert (Supporter.objects.count(), Signature.objects.count(), Delivery.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_are_all_kept_when_their_call_returns():
    from tests.factories import make_petition

    petition = make_petition()

    def one(number: int) -> None:
        signature_id = signing.sign(petition, checking.check(signer(number)), Origin())
        assert Signature.objects.filter(pk=signature_id).exists()

    assert at_once(50, one) == []
    assert Signature.objects.count() == Delivery.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_that_fails_does_not_take_its_neighbours_with_it():
    from tests.factories import make_petition

    petition = make_petition()
    nowhere = Petition(slug="never-saved", opened_at=timezone.now())

    def one(number: int) -> None:
        signing.sign(nowhere if number % 10 == 0 else petition, checking.check(signer(number)), Origin())

    errors = at_once(40, one)
    assert len(errors) == 4
    assert {type(error).__name__ for error in errors} == {"IntegrityError"}
    assert Signature.objects.count() == 36
