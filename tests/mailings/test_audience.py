"""Whom a mailing goes to, and whom it never does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from campaign.delivery.models import Scope, Suppression, SuppressionReason
from campaign.legislators.models import Seat
from campaign.letters.models import Letter
from campaign.mailings import audience
from campaign.mailings.drafting import Words
from campaign.petitions import confirming, unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.petitions.signing import Origin
from campaign.supporters import erasing
from campaign.supporters.models import AccessToken
from tests import factories


def write_letter(signature: Signature, **fields: object) -> Letter:
    """Somebody wrote to a senator."""
    seat = Seat.objects.senate().of_state("OR").first()
    return Letter.objects.create(
        petition=signature.petition,
        supporter=signature.supporter,
        seat=seat,
        subject="Please",
        body="Please withhold consent.",
        sha256="0" * 64,
        wording="letters",
        **fields,
    )


def names(mailing) -> list[str]:
    return sorted(each.supporter_name.split()[0] for each in audience.sample(mailing, 10))


def test_everybody_who_asked_for_updates_is_in(three, drafted):
    assert audience.size(drafted()) == 3
    assert names(drafted()) == ["Ada", "Bruno", "Chiyo"]


def test_who_did_not_ask_for_updates_or_did_not_confirm_is_out(petition: Petition, subscribed, drafted):
    factories.sign_and_confirm(petition, factories.ADA)
    factories.sign(petition, factories.BRUNO, updates_consent=True)
    assert audience.size(drafted()) == 0


def test_updates_asked_for_under_another_petition_do_not_count(petition: Petition, subscribed, drafted):
    other = factories.make_petition("another")
    subscribed(to=other)
    factories.sign_and_confirm(petition, factories.ADA)
    assert audience.size(drafted()) == 0


@pytest.mark.parametrize("moment", ["withdrawn_at", "invalidated_at", "quarantined_at"])
def test_a_signature_that_does_not_stand_is_out(three, drafted, moment: str):
    Signature.objects.filter(pk=three[0].pk).update(**{moment: timezone.now()})
    assert names(drafted()) == ["Bruno", "Chiyo"]


def test_who_stopped_this_list_all_updates_or_everything_is_out(petition: Petition, subscribed, drafted):
    for number, scope in enumerate((Scope.LIST, Scope.UPDATES, Scope.ALL)):
        person = subscribed(factories.signer(number)).supporter_id
        unsubscribing.unsubscribe(person, scope, petition.pk if scope == Scope.LIST else None)
    assert audience.size(drafted()) == 0


def test_another_lists_stop_and_an_expired_one_keep_nobody_out(three, drafted):
    other = factories.make_petition("another")
    unsubscribing.unsubscribe(three[0].supporter_id, Scope.LIST, other.pk)
    Suppression.objects.add(three[1].supporter_id, Scope.ALL, SuppressionReason.BOUNCED)
    Suppression.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert audience.size(drafted()) == 3


def test_bounced_and_complained_are_out(three, drafted):
    Suppression.objects.add(three[0].supporter_id, Scope.ALL, SuppressionReason.BOUNCED)
    Suppression.objects.add(three[1].supporter_id, Scope.ALL, SuppressionReason.COMPLAINED)
    assert names(drafted()) == ["Chiyo"]


def test_an_audience_is_chosen_by_state(three, drafted):
    assert names(drafted(states=("OR", "DC"))) == ["Ada", "Bruno"]


def test_an_audience_is_chosen_by_the_day_of_confirming(three, drafted):
    Signature.objects.filter(pk=three[0].pk).update(confirmed_at=datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC))
    Signature.objects.filter(pk=three[1].pk).update(confirmed_at=datetime(2026, 3, 2, tzinfo=UTC))
    assert names(drafted(confirmed_since=datetime(2026, 3, 2, tzinfo=UTC).date())) == ["Bruno", "Chiyo"]


def test_an_audience_is_chosen_by_who_wrote_a_letter(three, drafted):
    write_letter(three[0])
    assert names(drafted(wrote="wrote")) == ["Ada"]
    assert names(drafted(wrote="did_not")) == ["Bruno", "Chiyo"]


def test_a_letter_under_another_petition_does_not_count(three, drafted, subscribed):
    write_letter(subscribed(to=factories.make_petition("another")))
    assert names(drafted(wrote="wrote")) == []


def test_an_audience_is_chosen_by_the_partner_who_brought_them(three, drafted, subscribed):
    partner = factories.make_partner()[0]
    subscribed(factories.signer(1), given_name="Pia", origin=Origin(partner_id=partner.pk))
    assert names(drafted(partner=partner)) == ["Pia"]


def test_an_audience_speaks_the_language_that_was_signed_in(three, drafted, subscribed):
    subscribed(factories.signer(1), given_name="Inés", origin=Origin(language="es"))
    assert names(drafted(language="es")) == ["Inés"]
    assert audience.size(drafted()) == 3


def test_a_sample_is_rendered_for_real_people_and_makes_no_links_of_theirs(three, drafted):
    mailing = drafted(Words("News, {{given_name}}", "You live in {{state}}: {{my_page}}"))
    found = {each.supporter_name: each for each in audience.sample(mailing, 10)}
    ada = found["Ada Lopez"]
    assert (ada.version, ada.email, ada.state) == ("A", "ada@example.org", "OR")
    assert ada.written.subject == "News, Ada"
    assert "You live in Oregon: http://testserver/my/…/" in ada.written.text
    assert not AccessToken.objects.filter(purpose="my_page").exists()


def test_a_sample_is_of_ten_whoever_they_are(petition: Petition, subscribed, drafted):
    for number in range(14):
        subscribed(factories.signer(number))
    drawn = [frozenset(each.email for each in audience.sample(drafted(), 10)) for _ in range(8)]
    assert {len(each) for each in drawn} == {10}
    assert len(set(drawn)) > 1


def test_the_sample_of_a_test_shows_both_versions(petition: Petition, subscribed, drafted):
    for number in range(30):
        subscribed(factories.signer(number))
    mailing = drafted(Words("A", "A"), Words("B", "B"), sample_percent=50)
    found = audience.sample(mailing, 30)
    assert {each.version for each in found} == {"A", "B"}
    assert all(each.written.subject == each.version for each in found)


def test_the_erased_are_out_and_who_signs_again_is_in(three, drafted, petition: Petition):
    erasing.erase(three[0].supporter_id)
    assert audience.size(drafted()) == 2
    confirming.withdraw(three[1].pk)
    assert audience.size(drafted()) == 1
    confirming.confirm(three[1].pk)
    assert audience.size(drafted()) == 2
