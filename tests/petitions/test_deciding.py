"""An organizer holds, releases, invalidates and reinstates; the tallies follow."""

import uuid

import pytest

from campaign.organizers.models import Organizer
from campaign.petitions import confirming, counting, deciding
from campaign.petitions.models import Petition, Signature
from tests import factories


def counted(petition: Petition) -> int:
    counting.count()
    petition.refresh_from_db()
    return petition.confirmed_total


def status_of(signature: Signature) -> str:
    signature.refresh_from_db()
    return signature.status


def test_a_held_signature_does_not_count_until_it_is_released(petition: Petition, olive: Organizer):
    ada = factories.sign_and_confirm(petition)
    assert counted(petition) == 1
    assert deciding.hold(ada.pk, by=olive)
    assert status_of(ada) == "quarantined"
    assert ada.quarantine_reason == "organizer"
    assert counted(petition) == 0
    assert deciding.release(ada.pk, by=olive)
    assert status_of(ada) == "confirmed"
    assert counted(petition) == 1


def test_the_signer_of_a_held_signature_sees_nothing_different(petition: Petition, olive: Organizer):
    ada = factories.sign_and_confirm(petition)
    deciding.hold(ada.pk, by=olive)
    ada.refresh_from_db()
    assert ada.status_for_signer == "confirmed"


def test_an_invalidated_signature_comes_back_as_it_was(petition: Petition, olive: Organizer):
    ada = factories.sign(petition)
    deciding.hold(ada.pk, by=olive)
    assert deciding.invalidate(ada.pk, by=olive)
    assert status_of(ada) == "invalidated"
    assert deciding.reinstate(ada.pk, by=olive)
    assert status_of(ada) == "quarantined"
    deciding.release(ada.pk, by=olive)
    assert status_of(ada) == "pending"


@pytest.mark.parametrize("deed", [deciding.hold, deciding.invalidate])
def test_the_second_time_nothing_changes(petition: Petition, olive: Organizer, deed):
    ada = factories.sign_and_confirm(petition)
    assert deed(ada.pk, by=olive)
    ada.refresh_from_db()
    before = (ada.quarantined_at, ada.invalidated_at)
    assert not deed(ada.pk, by=olive)
    ada.refresh_from_db()
    assert (ada.quarantined_at, ada.invalidated_at) == before


@pytest.mark.parametrize("deed", [deciding.release, deciding.reinstate])
def test_there_is_nothing_to_take_back_from_a_signature_that_stands(petition: Petition, olive: Organizer, deed):
    ada = factories.sign_and_confirm(petition)
    assert not deed(ada.pk, by=olive)
    assert status_of(ada) == "confirmed"


@pytest.mark.parametrize("deed", [deciding.hold, deciding.invalidate])
def test_what_a_person_withdrew_is_theirs(petition: Petition, olive: Organizer, deed):
    ada = factories.sign_and_confirm(petition)
    confirming.withdraw(ada.pk)
    assert not deed(ada.pk, by=olive)
    assert status_of(ada) == "withdrawn"


@pytest.mark.parametrize("deed", [deciding.hold, deciding.release, deciding.invalidate, deciding.reinstate])
def test_a_signature_that_is_gone_changes_nothing(olive: Organizer, deed):
    assert not deed(uuid.uuid4(), by=olive)
