"""The recipes hand their templates all that they ask for: nothing is blank in what really leaves."""

import pytest

from campaign.delivery import recipes
from campaign.delivery.models import Delivery, Scope, Suppression, SuppressionReason
from campaign.delivery.recipes import Mail
from campaign.legislators.models import Office
from campaign.letters import writing
from campaign.letters.founding import found_letter_templates
from campaign.letters.writing import Manuscript
from campaign.lib import emails
from campaign.petitions import founding, linking
from campaign.petitions.models import Petition
from campaign.petitions.signing import Origin
from tests import factories
from tests.factories import ADA, BRUNO
from tests.mail.reading import SITE, addresses_in, words_of_html, words_of_text


@pytest.fixture
def convention(db: None) -> Petition:
    """The first petition and its letters."""
    founding.found_petition(founding.shipped()[0])
    found_letter_templates()
    return Petition.objects.get()


def mail_of(recipe: str) -> Mail:
    """The mail of the one delivery with this recipe."""
    mail = recipes.follow(Delivery.objects.get(recipe=recipe))
    assert isinstance(mail, Mail)
    return mail


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("es", "/es")])
def test_ada_is_asked_to_confirm_in_her_language(convention, language, prefix):
    factories.sign(convention, ADA, origin=Origin(language=language), comment="Because of my shop")
    mail = mail_of("confirm_signature")
    assert convention.text_in(language).title in mail.subject
    assert f"{SITE}{prefix}/confirm/" in mail.text
    assert f"{SITE}{prefix}/not-me/" in mail.text
    assert words_of_html(mail.html) == words_of_text(mail.text)
    for typed in ("Ada", "Lopez", "97201", "my shop"):
        assert typed not in mail.subject + mail.text + mail.html


def test_ada_gets_a_receipt_with_her_own_page(convention):
    factories.sign_and_confirm(convention, ADA)
    mail = mail_of("signed")
    assert "Thank you, Ada." in mail.text
    assert "write to your senators" in mail.text
    assert f"{SITE}/my/" in mail.text
    assert f"{SITE}/u/" in mail.text


def test_bruno_of_dc_is_not_told_to_write_to_senators_he_does_not_have(convention):
    factories.sign_and_confirm(convention, BRUNO)
    assert "your senators" not in mail_of("signed").text


def test_ada_signs_again_and_only_she_is_told(convention):
    factories.sign_and_confirm(convention, ADA)
    factories.sign(convention, ADA)
    assert f"{SITE}/my/" in mail_of("already_signed").text


def test_an_office_gets_adas_letter_as_she_wrote_it(convention):
    signature = factories.sign_and_confirm(convention, ADA)
    seat = writing.seats_of(signature.supporter)[0]
    Office.objects.get(legislator=seat.holder).enter_email("office@senate.example", by="olive@example.org")
    seat = writing.seats_of(signature.supporter)[0]
    draft = writing.draft(writing.templates_for(convention, "en")[0], seat, signature.supporter)
    writing.send(signature.pk, Manuscript(seat, draft.subject, draft.body))
    mail = mail_of("letter")
    assert mail.text.startswith(draft.body)
    below = mail.text.removeprefix(draft.body)
    assert "Ada Lopez" in below
    assert "Oregon, ZIP 97201" in below
    assert f"{SITE}/petitions/un-cybercrime-convention/" in below
    assert "DEMO" not in below


def test_the_link_to_the_own_page_comes_without_a_name(convention):
    signature = factories.sign_and_confirm(convention, ADA)
    linking.mail_my_page(signature.supporter_id)
    mail = mail_of("my_page")
    assert f"{SITE}/my/" in mail.text
    assert words_of_html(mail.html) == words_of_text(mail.text)
    assert set(addresses_in(mail.html)) == set(addresses_in(mail.text)) - {SITE}
    for typed in ("Ada", "Lopez", "97201"):
        assert typed not in mail.subject + mail.text + mail.html
    assert "!" not in mail.subject + mail.text


def test_where_mail_came_back_the_owner_is_asked_whether_it_arrives(convention):
    signature = factories.sign_and_confirm(convention, ADA)
    Suppression.objects.add(signature.supporter_id, Scope.ALL, SuppressionReason.BOUNCED)
    factories.sign(convention, ADA)
    mail = mail_of("already_signed")
    assert mail.subject.startswith("Does mail reach you?")
    assert (mail.is_past_bounces, mail.cap) == (True, emails.cap_id("ada@example.org"))
    assert f"{SITE}/confirm/" in mail.text
    assert "Ada" not in mail.text
