"""The three mails to somebody who signed in Spanish hold nothing English, and lead to Spanish pages."""

import re

import pytest

from campaign.delivery import recipes
from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail
from campaign.petitions.models import Petition
from tests import factories
from tests.i18n.conftest import SLUG, sign, sign_and_confirm
from tests.i18n.reading import english_in, heard_on
from tests.mail.reading import SITE, addresses_in

pytestmark = pytest.mark.django_db


def mail_of(recipe: str) -> Mail:
    mail = recipes.follow(Delivery.objects.get(recipe=recipe))
    assert isinstance(mail, Mail)
    return mail


def check(mail: Mail, *pages: str) -> None:
    assert english_in(mail.subject) == []
    assert english_in(mail.text) == []
    assert english_in(heard_on(mail.html)) == []
    assert '<html lang="es">' in mail.html
    for content in (mail.text, mail.html):
        found = {re.sub(r"[^/]+/$", "", each) for each in addresses_in(content) if each != SITE}
        assert found == {f"{SITE}/es/{page}/" for page in ("petitions", *pages)}


def test_please_confirm(convention: Petition):
    sign(convention)
    mail = mail_of("confirm_signature")
    assert mail.subject.startswith("Confirme su firma: “Senadores: nieguen su consentimiento")
    check(mail, "confirm", "not-me", "u")
    assert f"{SITE}/es/petitions/{SLUG}/" in mail.text


@pytest.mark.parametrize(("person", "offers"), [(factories.ADA, True), (factories.BRUNO, False)])
def test_you_have_signed(convention: Petition, person: dict[str, str], offers: bool):
    sign_and_confirm(convention, person)
    mail = mail_of("signed")
    assert mail.subject.startswith("Su firma está confirmada: “")
    assert ("escribir a sus senadores" in mail.text) is offers
    check(mail, "my", "u")


def test_you_had_signed_already(convention: Petition):
    sign_and_confirm(convention)
    sign(convention)
    mail = mail_of("already_signed")
    assert mail.subject.startswith("Usted ya firmó: “")
    check(mail, "my", "u")
