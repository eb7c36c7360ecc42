"""What an approval is an approval of: every word that leaves, as it stood on the page that was read."""

from typing import Any

import pytest
from django.utils import timezone

from campaign.delivery.models import Delivery, Kind
from campaign.delivery.recipes import Mail
from campaign.lib.refusals import Refused
from campaign.mailings import approving, drafting, recipes, rendering, starting
from campaign.mailings.drafting import ChangedMeanwhile, Draft, Whom, Words
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition, PetitionText


def reload(mailing: Mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)


def codes(raised: Any) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in raised.value.refusals]


def test_what_a_petition_is_called_is_approved_with_the_mailing(three, approved, petition: Petition, olive: Organizer):
    """It stands in every mail, and one organizer alone may word a petition anew."""
    mailing = approved(Words("{{petition}}", "Read it: {{petition}}"))
    called = petition.text_in().title
    PetitionText.objects.update(title="Something that nobody approved")
    assert "nobody approved" not in repr(rendering.preview(reload(mailing)))
    approving.schedule(mailing.pk, timezone.now(), olive)
    assert starting.start_due() == 1
    while starting.queue_some():
        pass
    deliveries = list(Delivery.objects.filter(kind=Kind.MAILING))
    mails = recipes.mails(deliveries)
    assert len(deliveries) == 3
    for each in deliveries:
        mail = mails[each.pk]
        assert isinstance(mail, Mail)
        assert mail.subject == called
        assert called in mail.html
        assert "nobody approved" not in mail.text + mail.html


def test_a_petition_that_is_called_otherwise_since_it_was_read_is_read_again(three, drafted, olive, omar):
    mailing = drafted()
    approving.ask(mailing.pk, olive)
    seen = reload(mailing).digest
    PetitionText.objects.update(title="Another ask")
    with pytest.raises(Refused) as raised:
        approving.approve(mailing.pk, omar, seen)
    assert codes(raised) == [("approval", "changed")]


def test_taken_back_it_speaks_of_the_petition_as_it_is_called_then(three, approved, olive: Organizer):
    mailing = approved(Words("{{petition}}", "Words"))
    PetitionText.objects.update(title="Another ask")
    approving.take_back(mailing.pk, olive)
    assert rendering.preview(reload(mailing)).subject == "Another ask"


def test_what_was_read_at_once_is_what_is_approved(three, drafted, olive: Organizer, omar: Organizer):
    """Somebody edits, and asks again, while the page that is approved is being made: its words are the older ones."""
    mailing = drafted()
    approving.ask(mailing.pk, olive)
    page = Mailing.objects.prefetch_related("versions").get(pk=mailing.pk)
    drafting.edit(mailing.pk, Draft("News", Whom(), Words("Other", "Words that nobody read")), olive)
    approving.ask(mailing.pk, olive)
    with pytest.raises(Refused) as raised:
        approving.approve(mailing.pk, omar, page.digest)
    assert codes(raised) == [("approval", "changed")]


def test_of_two_who_edit_the_same_words_the_second_looks_first(drafted, olive: Organizer, omar: Organizer):
    mailing = drafted()
    seen = mailing.digest
    assert drafting.edit(mailing.pk, Draft("News", Whom(), Words("Olive's", "Words")), olive, seen)
    with pytest.raises(ChangedMeanwhile):
        drafting.edit(mailing.pk, Draft("News", Whom(), Words("Omar's", "Words")), omar, seen)
    assert reload(mailing).versions.get().subject == "Olive's"
