"""A petition is drafted, opened, closed and opened again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.petitions import drafting, forgetting
from campaign.petitions.drafting import AddressTaken, Draft, Wording
from campaign.petitions.models import Petition
from tests import factories

WORDS = Wording("en", "Senators: withhold consent", "The United States Senate", "One paragraph.", argument="Why.")


def test_a_draft_is_not_open_and_says_what_was_written(db):
    petition = drafting.begin(Draft("withhold", 500, WORDS))
    assert petition.status == "draft"
    assert petition.text_in("en").argument == "Why."
    assert not Petition.objects.public().exists()


def test_two_petitions_can_t_live_at_one_address(petition: Petition):
    with pytest.raises(AddressTaken):
        drafting.begin(Draft(petition.slug, 500, WORDS))
    other = drafting.begin(Draft("other", 500, WORDS))
    with pytest.raises(AddressTaken):
        drafting.revise(other.pk, Draft(petition.slug, 500, WORDS))
    assert Petition.objects.count() == 2


def test_a_draft_moves_and_an_opened_petition_stays_where_links_lead(db):
    petition = drafting.begin(Draft("first", 500, WORDS))
    assert drafting.revise(petition.pk, Draft("second", 600, WORDS)).slug == "second"
    drafting.open_to_all(petition.pk)
    again = drafting.revise(petition.pk, Draft("third", 700, WORDS))
    assert (again.slug, again.goal) == ("second", 700)


def test_a_language_comes_and_goes_and_english_stays(petition: Petition):
    spanish = Wording("es", "Senadores", "El Senado", "Un párrafo.")
    drafting.word(petition.pk, spanish)
    drafting.word(petition.pk, spanish)
    assert Petition.objects.get().text_in("es").title == "Senadores"
    assert drafting.unword(petition.pk, "es")
    assert not drafting.unword(petition.pk, "es")
    assert not drafting.unword(petition.pk, "en")
    assert petition.texts.get().language == "en"


def test_each_step_is_taken_once(db):
    petition = factories.make_petition(is_open=False)
    assert not drafting.close(petition.pk)
    assert not drafting.open_again(petition.pk)
    assert drafting.open_to_all(petition.pk)
    opened_at = Petition.objects.get().opened_at
    assert not drafting.open_to_all(petition.pk)
    assert drafting.close(petition.pk)
    assert not drafting.close(petition.pk)
    assert not drafting.open_to_all(petition.pk)
    assert drafting.open_again(petition.pk)
    petition.refresh_from_db()
    assert petition.is_open
    assert petition.opened_at == opened_at


def test_a_petition_whose_people_were_forgotten_stays_closed(petition: Petition):
    long_ago = timezone.now() - timedelta(days=100)
    Petition.objects.update(closed_at=long_ago, forgotten_at=timezone.now())
    assert not drafting.open_again(petition.pk)
    assert Petition.objects.get().status == "closed"


def test_a_petition_opened_again_at_the_last_moment_keeps_its_people(petition: Petition):
    factories.sign_and_confirm(petition)
    Petition.objects.update(closed_at=timezone.now() - timedelta(days=100))
    petition.refresh_from_db()
    assert drafting.open_again(petition.pk)
    forgetting._forget_signers(petition)
    assert petition.signatures.count() == 1
    assert Petition.objects.get().is_open
