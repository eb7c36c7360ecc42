"""Confirming, withdrawing, disowning: what the mailbox's owner decides."""

import pytest
from django.utils import timezone

from campaign.delivery.models import Delivery, MailboxCap, Suppression
from campaign.lib import emails
from campaign.petitions import confirming
from campaign.petitions.confirming import Corrected, PetitionClosed, TypedAnew
from campaign.petitions.models import Signature
from campaign.supporters.models import Consent, Supporter
from tests.factories import ADA, mailbox, sign, sign_and_confirm, signer


def test_confirming_makes_the_signature_stand_and_posts_one_receipt(petition):
    signature = sign(petition)
    first = confirming.confirm(signature.pk)
    second = confirming.confirm(signature.pk)
    assert first.confirmed_at == second.confirmed_at
    assert Supporter.objects.get().confirmed_at
    assert Delivery.objects.filter(recipe="signed").count() == 1


def test_a_consent_is_kept_only_when_the_owner_confirms(petition):
    signature = sign(petition, updates_consent=True)
    assert not Consent.objects.exists()
    confirming.confirm(signature.pk)
    consent = Consent.objects.get()
    assert (consent.purpose, consent.wording) == ("updates", "updates-2026-11")


def test_without_a_tick_there_is_no_consent(petition):
    sign_and_confirm(petition)
    assert not Consent.objects.exists()


def test_the_owner_mends_what_a_stranger_typed(petition):
    signature = sign(petition, given_name="Nobody", state="NY", postal_code="10001")
    confirmed = confirming.confirm(signature.pk, Corrected("Ada", "Lopez", "OR", "97201"))
    assert (confirmed.supporter.name, confirmed.state, confirmed.supporter.state) == ("Ada Lopez", "OR", "OR")


def test_a_confirmed_supporter_is_not_corrected_through_another_petitions_link(petition):
    from tests.factories import make_petition

    sign_and_confirm(petition)
    other = sign(make_petition("another"))
    confirming.confirm(other.pk, Corrected("Mallory", "M", "NY", "10001"))
    assert Supporter.objects.get().given_name == "Ada"


def test_a_closed_petition_takes_no_confirmation(petition):
    signature = sign(petition)
    petition.closed_at = timezone.now()
    petition.save()
    with pytest.raises(PetitionClosed):
        confirming.confirm(signature.pk)
    assert not Signature.objects.confirmed().exists()


def test_withdrawing_twice_withdraws_once_and_confirming_again_brings_it_back(petition):
    signature = sign_and_confirm(petition)
    assert confirming.withdraw(signature.pk)
    assert not confirming.withdraw(signature.pk)
    assert not Signature.objects.confirmed().exists()
    assert confirming.confirm(signature.pk).confirmed_at == signature.confirmed_at
    assert Signature.objects.confirmed().exists()


def test_pressing_the_button_opens_the_cap_again(petition):
    signature = sign(petition)
    cap = emails.cap_id(ADA["email"])
    MailboxCap.objects.create(pk=cap, unanswered=2)
    confirming.confirm(signature.pk)
    assert MailboxCap.objects.get(pk=cap).unanswered == 0


def test_the_first_signers_are_numbered_in_order(petition):
    numbers = [confirming.place_of(sign_and_confirm(petition, signer(number))) for number in range(3)]
    assert numbers == [1, 2, 3]


def test_disowning_erases_what_a_stranger_typed_and_stops_all_mail(petition):
    signature = sign(petition)
    assert confirming.disown(mailbox(ADA), signature.pk)
    assert not confirming.disown(mailbox(ADA), signature.pk)
    assert not Supporter.objects.exists()
    assert not Signature.objects.exists()
    assert Suppression.objects.stopping(mailbox(ADA)).count() == 1


def test_disowning_one_sign_up_leaves_the_signatures_that_its_owner_confirmed(petition):
    from tests.factories import make_petition

    kept = sign_and_confirm(petition)
    strange = sign(make_petition("another"))
    assert confirming.disown(mailbox(ADA), strange.pk)
    assert not confirming.disown(mailbox(ADA), strange.pk)
    assert list(Signature.objects.all()) == [kept]
    assert Supporter.objects.get().given_name == "Ada"
    assert Suppression.objects.stopping(mailbox(ADA)).exists()


def test_the_button_confirms_what_its_page_showed_and_nothing_that_was_typed_since(petition):
    seen = confirming.sight_of(sign(petition))
    signature = sign(petition, comment="Words that the owner never saw.")
    with pytest.raises(TypedAnew):
        confirming.confirm(signature.pk, seen=seen)
    assert not Signature.objects.confirmed().exists()
    assert confirming.confirm(signature.pk, seen=confirming.sight_of(signature)).confirmed_at


def test_the_owner_may_strike_out_a_comment(petition):
    signature = sign(petition, comment="Not my words.")
    assert confirming.confirm(signature.pk, Corrected("Ada", "Lopez", "OR", "97201", "")).comment is None
