"""The public count: rolled up from rows, never skipped, repaired when it drifts."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from campaign.petitions import confirming, counting, forgetting
from campaign.petitions.models import Petition, Signature, Tally
from campaign.supporters import erasing
from campaign.supporters.models import Supporter
from tests.factories import ADA, mailbox, make_petition, sign, sign_and_confirm, signer


def total(petition: Petition) -> int:
    petition.refresh_from_db()
    tallied = sum(Tally.objects.filter(petition=petition).values_list("confirmed", flat=True))
    assert petition.confirmed_total == tallied
    return tallied


def test_only_what_was_confirmed_is_counted_and_only_once(petition):
    sign(petition, signer(1))
    sign_and_confirm(petition, signer(2), source="fb-1")
    assert counting.count() == 1
    assert counting.count() == 0
    assert total(petition) == 1
    tally = Tally.objects.get()
    assert (tally.state, tally.source, tally.day) == ("OR", "fb-1", timezone.now().date())


def test_a_withdrawn_signature_leaves_the_count_and_comes_back_with_its_day(petition):
    signature = sign_and_confirm(petition)
    counting.count()
    confirming.withdraw(signature.pk)
    counting.count()
    assert total(petition) == 0
    confirming.confirm(signature.pk)
    counting.count()
    assert total(petition) == 1
    assert Tally.objects.count() == 1


@pytest.mark.parametrize("mark", ["invalidated_at", "quarantined_at"])
def test_what_an_organizer_sets_aside_leaves_the_count(petition, mark):
    signature = sign_and_confirm(petition)
    counting.count()
    Signature.objects.filter(pk=signature.pk).update(**{mark: timezone.now()})
    counting.count()
    assert total(petition) == 0


def test_an_erased_person_leaves_the_count_at_once_and_may_sign_again(petition):
    sign_and_confirm(petition)
    counting.count()
    assert erasing.erase(mailbox(ADA))
    assert total(petition) == 0
    sign_and_confirm(petition)
    counting.count()
    assert total(petition) == 1


def test_the_recount_repairs_a_drifted_tally_and_says_by_how_much(petition):
    sign_and_confirm(petition)
    counting.count()
    Tally.objects.update(confirmed=40)
    assert counting.recount() == 39
    assert total(petition) == 1
    assert counting.recount() == 0


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_whose_transaction_was_open_longer_is_counted_when_it_commits():
    petition = make_petition()
    slow, fast = sign(petition, signer(1)), sign(petition, signer(2))
    is_held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            confirming.confirm(slow.pk)
            is_held.set()
            go_on.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(20)
    confirming.confirm(fast.pk)
    assert counting.count() == 1
    go_on.set()
    holder.join()
    assert counting.count() == 1
    assert total(petition) == 2


def test_who_never_confirmed_is_forgotten_after_seven_days_and_not_before(petition):
    old, new, stays = (sign(petition, signer(number)) for number in range(3))
    confirming.confirm(stays.pk)
    for row in (old, stays):
        Signature.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=7, minutes=1))
        Supporter.objects.filter(pk=row.supporter_id).update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    forgetting.forget()
    assert set(Signature.objects.values_list("pk", flat=True)) == {new.pk, stays.pk}
    assert set(Supporter.objects.values_list("pk", flat=True)) == {new.supporter_id, stays.supporter_id}


def test_ninety_days_after_closing_the_people_go_and_the_count_stays(petition):
    sign_and_confirm(petition)
    counting.count()
    Supporter.objects.update(created_at=timezone.now() - timedelta(days=200))
    Petition.objects.update(closed_at=timezone.now() - timedelta(days=91))
    forgetting.forget()
    assert (Signature.objects.count(), Supporter.objects.count()) == (0, 0)
    assert total(petition) == 1
    assert counting.recount() == 0
    assert total(petition) == 1
