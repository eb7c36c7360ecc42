"""Whoever is erased, or never got round to confirming, may sign anew and gets a link that works."""

from datetime import timedelta

from django.utils import timezone

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Status
from campaign.petitions import forgetting
from campaign.petitions.models import Signature
from campaign.supporters import erasing
from tests.delivery.conftest import arrived
from tests.factories import sign, sign_and_confirm


def test_who_was_erased_and_signs_again_the_same_day_gets_a_new_confirmation_and_a_new_receipt(petition, sink):
    sign(petition)
    sending.send_due()
    gone = sign_and_confirm(petition)
    sending.send_due()
    erasing.erase(gone.supporter_id)
    sign(petition)
    sending.send_due()
    sign_and_confirm(petition)
    sending.send_due()
    subjects = [mail.subject.split()[0] for mail in arrived(sink)]
    assert subjects == ["Confirm", "Your", "Confirm", "Your"]


def test_mail_that_waits_for_somebody_who_was_erased_never_leaves(petition, sink):
    signature = sign(petition)
    erasing.erase(signature.supporter_id)
    assert Delivery.objects.get().status == Status.SUPPRESSED
    sign(petition)
    sending.send_due()
    assert len(arrived(sink)) == 1


def test_who_signs_again_on_the_seventh_day_has_seven_days_from_then(petition):
    signature = sign(petition)
    Signature.objects.update(created_at=timezone.now() - timedelta(days=6, hours=23))
    sign(petition)
    Signature.objects.update(created_at=Signature.objects.get().created_at - timedelta(days=6))
    forgetting.forget()
    assert Signature.objects.get() == signature
    Signature.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    forgetting.forget()
    assert not Signature.objects.exists()


def test_signing_again_does_not_move_a_confirmed_signature(petition):
    before = sign_and_confirm(petition).created_at
    sign(petition)
    assert Signature.objects.get().created_at == before
