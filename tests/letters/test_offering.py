"""Letter templates are offered, changed, retired and offered again."""

import pytest

from campaign.letters import offering
from campaign.letters.models import LetterTemplate
from campaign.letters.offering import Offer, ToneTaken
from campaign.lib.refusals import Refused
from campaign.petitions.models import Petition

PLAIN = Offer("en", "Plain", "Please withhold consent", "Dear {{salutation|Senator}},\n\nplease do.")


def test_what_is_offered_can_be_begun_from(petition: Petition):
    template = offering.offer(petition.pk, PLAIN)
    assert list(petition.letter_templates.offered()) == [template]


@pytest.mark.parametrize("body", ["{{ nobody }}", "{{salutation", "{% now %}", "{{salutation.delete}}"])
def test_only_placeholders_of_the_list_are_taken(petition: Petition, body: str):
    offer = Offer("en", "Plain", "Please", body)
    if body == "{% now %}":  # no placeholder, so nothing runs: it stays what it is, text
        assert offering.offer(petition.pk, offer).body == body
        return
    with pytest.raises(Refused) as refused:
        offering.offer(petition.pk, offer)
    assert [refusal.field for refusal in refused.value.refusals] == ["body"]
    assert not LetterTemplate.objects.exists()


def test_a_tone_is_offered_once_per_language(petition: Petition):
    offering.offer(petition.pk, PLAIN)
    with pytest.raises(ToneTaken):
        offering.offer(petition.pk, PLAIN)
    other = offering.offer(petition.pk, Offer("es", "Plain", "Por favor", "Hola"))
    with pytest.raises(ToneTaken):
        offering.revise(other.pk, PLAIN)
    with pytest.raises(Refused):
        offering.revise(other.pk, Offer("es", "Plain", "{{x}}", "Hola"))


def test_a_retired_template_comes_back_unless_its_tone_is_taken(petition: Petition):
    first = offering.offer(petition.pk, PLAIN)
    assert offering.retire(first.pk)
    assert not offering.retire(first.pk)
    assert not petition.letter_templates.offered().exists()
    second = offering.offer(petition.pk, PLAIN)
    with pytest.raises(ToneTaken):
        offering.offer_again(first.pk)
    offering.retire(second.pk)
    assert offering.offer_again(first.pk)
    assert not offering.offer_again(first.pk)
    assert petition.letter_templates.offered().get() == first
