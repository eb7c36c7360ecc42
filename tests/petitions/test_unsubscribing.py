"""Words that stop mail, and the headers of mailings; which reason outweighs which."""

import random
import re
import time
import uuid

import pytest
from django.conf import settings

from campaign.delivery.models import Delivery, Kind, Scope, Suppression, SuppressionReason
from campaign.delivery.recipes import Mail, follow
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition
from campaign.petitions.recipes import confirm_signature
from campaign.supporters.models import Consent
from tests import factories

pytestmark = pytest.mark.django_db
ADA = uuid.uuid4()
BOUNCED, UNSUBSCRIBED, COMPLAINED, NOT_ME = (
    SuppressionReason.BOUNCED,
    SuppressionReason.UNSUBSCRIBED,
    SuppressionReason.COMPLAINED,
    SuppressionReason.NOT_ME,
)


# --- words -----------------------------------------------------------------------------------------------------------


def test_a_word_holds_a_mailbox_and_a_list(petition: Petition):
    holder = unsubscribing.holder_of(unsubscribing.word_of(ADA, petition.pk))
    assert holder == unsubscribing.Holder(ADA, petition)
    assert unsubscribing.holder_of(unsubscribing.word_of(ADA)) == unsubscribing.Holder(ADA)


def test_a_word_fits_into_a_local_part_whatever_becomes_of_its_case(petition: Petition):
    word = unsubscribing.word_of(ADA, petition.pk)
    assert re.fullmatch(r"[a-z2-7]{48}", word)
    assert len(f"unsubscribe+{word}") < 64
    mixed = "".join(random.choice((letter, letter.upper())) for letter in word)
    assert unsubscribing.holder_of(mixed) == unsubscribing.Holder(ADA, petition)


def test_no_letter_of_a_word_can_be_another(petition: Petition):
    word = unsubscribing.word_of(ADA, petition.pk)
    for at in range(len(word)):
        for other in "ab7=-~":
            changed = word[:at] + other + word[at + 1 :]
            assert changed == word or unsubscribing.holder_of(changed) is None


@pytest.mark.parametrize("word", ["", "a", "~", "a" * 48, "=" * 48, "é" * 48, "\x00" * 48, "a" * 10_000, "ſ" * 48])
def test_what_is_no_word_speaks_for_nobody(word: str):
    assert unsubscribing.holder_of(word) is None
    assert not unsubscribing.stop_by_mail(word)


def test_a_word_of_a_petition_that_is_gone_stands_for_all_updates(petition: Petition):
    word = unsubscribing.word_of(ADA, petition.pk)
    petition.delete()
    assert unsubscribing.stop_by_mail(word)
    assert Suppression.objects.get().scope == Scope.UPDATES


def test_a_word_works_after_the_key_has_changed(petition: Petition, settings):
    word = unsubscribing.word_of(ADA, petition.pk)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of the house"
    assert unsubscribing.holder_of(word) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert unsubscribing.holder_of(word) is None


def test_who_writes_to_the_address_in_the_header_gets_no_more_of_the_list(petition: Petition):
    headers = unsubscribing.list_headers(petition, uuid.uuid4(), "en")(ADA).headers
    [word] = re.findall(r"mailto:unsubscribe\+(\w+)@", headers["List-Unsubscribe"])
    assert unsubscribing.stop_by_mail(word.upper())
    assert unsubscribing.stop_by_mail(word)
    row = Suppression.objects.get()
    assert (row.mailbox, row.scope, row.mailing_list, row.reason) == (ADA, Scope.LIST, petition.pk, UNSUBSCRIBED)


# --- headers ---------------------------------------------------------------------------------------------------------


def test_a_mailing_says_how_it_is_stopped(petition: Petition):
    mailing = uuid.uuid4()
    ways_out = unsubscribing.list_headers(petition, mailing, "es")(ADA)
    word = unsubscribing.word_of(ADA, petition.pk)
    assert ways_out.url == f"{settings.SITE_URL}/es/u/{word}/"
    assert ways_out.headers == {
        "List-ID": f"<withhold-consent.updates.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{settings.SITE_URL}/u/{word}>, "
        f"<mailto:unsubscribe+{word}@{settings.MAIL_DOMAIN}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{mailing.hex}:withhold-consent:updates:twothirds",
    }


@pytest.mark.parametrize("name", ["Fé & Co: of the <People> for a Convention", "É:", ":", "Two thirds"])
def test_feedback_id_has_four_fields_whatever_the_organization_is_called(petition: Petition, settings, name: str):
    settings.ORGANIZATION_NAME = name
    fields = unsubscribing.list_headers(petition, uuid.uuid4(), "en")(ADA).headers["Feedback-ID"].split(":")
    assert len(fields) == 4
    assert re.fullmatch(r"[a-z0-9]{5,15}", fields[3])


def test_headers_cost_nothing_beside_a_mail(petition: Petition, django_assert_num_queries):
    ways_out = unsubscribing.list_headers(petition, uuid.uuid4(), "en")
    mailboxes = [uuid.uuid4() for _ in range(5000)]
    with django_assert_num_queries(0):
        begun = time.perf_counter()
        for mailbox in mailboxes:
            ways_out(mailbox)
    assert time.perf_counter() - begun < 1.0


def test_what_people_do_themselves_is_answered_without_headers_of_lists(petition: Petition):
    """Confirmations and receipts are no mailings: a mail program offers no button that would stop something else."""
    signature = factories.sign_and_confirm(petition)
    factories.sign(petition)
    unconfirmed = factories.sign(petition, factories.BRUNO)
    confirmation = confirm_signature(Delivery(about={"signature": str(unconfirmed.pk)}))
    mails = [follow(each) for each in Delivery.objects.filter(mailbox=signature.supporter_id, kind=Kind.RECEIPT)]
    assert len(mails) == 2
    for mail in [confirmation, *mails]:
        assert isinstance(mail, Mail)
        assert mail.headers == {}
        assert "/u/" in mail.text


# --- what outweighs what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "stays"),
    [
        ((BOUNCED, UNSUBSCRIBED), UNSUBSCRIBED),
        ((UNSUBSCRIBED, BOUNCED), UNSUBSCRIBED),
        ((BOUNCED, COMPLAINED), COMPLAINED),
        ((COMPLAINED, BOUNCED), COMPLAINED),
        ((COMPLAINED, UNSUBSCRIBED), COMPLAINED),
        ((UNSUBSCRIBED, NOT_ME), NOT_ME),
        ((NOT_ME, BOUNCED), NOT_ME),
        ((NOT_ME, COMPLAINED), NOT_ME),
    ],
)
def test_what_is_lifted_more_easily_gives_way(reasons: tuple[SuppressionReason, ...], stays: SuppressionReason):
    for reason in reasons:
        Suppression.objects.add(ADA, Scope.ALL, reason, event=f"event of {reason}")
    row = Suppression.objects.get()
    assert (row.reason, row.event) == (stays, f"event of {stays}")


def test_only_a_bounce_is_lifted_by_confirming(petition: Petition):
    signature = factories.sign_and_confirm(petition)
    for reason, stays in ((BOUNCED, False), (UNSUBSCRIBED, True), (COMPLAINED, True), (NOT_ME, True)):
        Suppression.objects.all().delete()
        Suppression.objects.add(signature.supporter_id, Scope.ALL, reason)
        factories.sign_and_confirm(petition)
        assert Suppression.objects.exists() is stays, reason


def test_standing_by_an_old_signature_is_no_new_consent(petition: Petition):
    signature = factories.sign_and_confirm(petition, updates_consent=True)
    unsubscribing.unsubscribe(signature.supporter_id, Scope.UPDATES)
    type(signature).objects.update(withdrawn_at="2026-01-01T00:00Z")
    factories.sign_and_confirm(petition)
    assert not Consent.objects.standing().exists()
    assert unsubscribing.stopped(signature.supporter_id) == Scope.UPDATES


# --- asking for updates again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", ["updates", "all"])
def test_who_stopped_everything_and_asks_for_one_list_later_gets_that_one_only(petition: Petition, stop: str):
    """The box says "about this petition"; what was stopped with all others stays stopped, however it was lifted."""
    other, third = factories.make_petition("other"), factories.make_petition("third")
    ada = factories.sign_and_confirm(petition, updates_consent=True).supporter_id
    factories.sign_and_confirm(other, updates_consent=True)
    unsubscribing.choose(ada, stop)
    unsubscribing.choose(ada, "none")
    factories.sign_and_confirm(third, updates_consent=True)
    lists = {each.petition.slug: each.is_stopped for each in unsubscribing.state_of(ada).lists}
    assert lists == {petition.slug: True, "other": True, "third": False}


def test_who_asks_for_a_second_list_keeps_the_first(petition: Petition):
    other = factories.make_petition("other")
    ada = factories.sign_and_confirm(petition, updates_consent=True).supporter_id
    factories.sign(other, updates_consent=True)
    factories.sign_and_confirm(factories.make_petition("third"), updates_consent=True)
    factories.sign_and_confirm(other, updates_consent=True)
    assert [each.is_stopped for each in unsubscribing.state_of(ada).lists] == [False, False, False]
    assert not Suppression.objects.exists()
