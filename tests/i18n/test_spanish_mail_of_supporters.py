"""Updates, and the page of one's mail, in Spanish: a mailing's frame speaks the language of the mailing."""

import re
from typing import Any

import pytest
from django.utils import timezone

from campaign.delivery import recipes
from campaign.delivery.models import Delivery, Kind, Scope, Series, Status, Suppression, SuppressionReason
from campaign.delivery.recipes import Mail
from campaign.mailings import approving, finishing, starting, testing
from campaign.mailings.drafting import Words
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions import linking, unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from campaign.supporters.models import AccessPurpose, Supporter
from tests import factories
from tests.dashboard import mailings
from tests.i18n.conftest import LETTER, SLUG, Reader, sign, sign_and_confirm
from tests.i18n.reading import english_in, heard_on
from tests.mail.reading import SITE, addresses_in

pytestmark = pytest.mark.django_db
WORDS = Words(
    "{{given_name}}, el comité se reunió",
    "Hola, {{given_name}}:\n\nEn su estado, {{state}}, hablan por usted {{senators|sus senadores}}. {{letter_url}}",
)


def mail_of(recipe: str) -> Mail:
    delivery = Delivery.objects.get(recipe=recipe)
    answers = recipes.follow_all(recipe, [delivery])
    mail = answers[delivery.pk] if answers else recipes.follow(delivery)
    assert isinstance(mail, Mail)
    return mail


def check(mail: Mail, *pages: str) -> None:
    """All of it Spanish, and the pages that it leads to."""
    for words in (mail.subject, mail.text, heard_on(mail.html)):
        assert english_in(words) == []
    assert '<html lang="es"' in mail.html
    for content in (mail.text, mail.html):
        found = {re.sub(r"[^/]+/$", "", each.split("/letter/")[0]) for each in addresses_in(content) if each != SITE}
        assert all(each.startswith(f"{SITE}/es/") for each in found)
        assert {each.split("/")[4] for each in found} == set(pages)


@pytest.fixture
def ada(convention: Petition) -> Signature:
    """Ada signed in Spanish and asked for updates."""
    return sign_and_confirm(convention, updates_consent=True)


@pytest.fixture
def olga(db: None) -> Organizer:
    """Olga organizes, too."""
    return factories.make_organizer("olga@example.org")


@pytest.fixture
def mailing(ada: Signature, olive: Organizer, olga: Organizer) -> Mailing:
    """Olive wrote it, Olga approved it."""
    said: dict[str, Any] = {"title": "Lo que dijo el comité", "a": WORDS, "language": "es"}
    return mailings.make_approved(ada.petition, olive, olga, **said)


def start(mailing: Mailing, by: Organizer) -> None:
    approving.schedule(mailing.pk, mailing.edited_at, by)
    assert starting.start_due() == 1
    while starting.queue_some():
        pass


# --- mails -----------------------------------------------------------------------------------------------------------


def test_an_update_is_spanish_from_greeting_to_footer(mailing: Mailing, olive: Organizer):
    start(mailing, olive)
    mail = mail_of("mailing")
    assert mail.subject == "Ada, el comité se reunió"
    for words in (
        "hablan por usted Jeff Merkley y Ron Wyden.",
        "Usted recibe esto porque firmó esta petición y pidió novedades:",
        "Elegir qué recibe, o dejar de recibir estas novedades:",
    ):
        assert words in " ".join(mail.text.split())
    assert "Usted recibe esto porque firmó Senadores" in heard_on(mail.html)
    check(mail, "my", "petitions", "u")


def test_an_english_update_has_an_english_frame_wherever_it_is_read(convention: Petition, olive: Organizer):
    factories.sign_and_confirm(convention, updates_consent=True)
    olga = factories.make_organizer("olga@example.org")
    start(mailings.make_approved(convention, olive, olga), olive)
    mail = mail_of("mailing")
    assert '<html lang="en"' in mail.html
    assert "You get this because you signed this petition and asked for updates:" in " ".join(mail.text.split())
    assert "/es/" not in mail.text


def test_only_who_signed_in_its_language_gets_it(mailing: Mailing, olive: Organizer):
    factories.sign_and_confirm(mailing.petition, factories.BRUNO, updates_consent=True)
    start(mailing, olive)
    assert Delivery.objects.filter(kind=Kind.MAILING).count() == 1


def test_a_test_reads_like_the_mailing(mailing: Mailing, olive: Organizer):
    testing.send_test(mailing.pk, "A", olive)
    mail = mail_of(testing.RECIPE)
    assert mail.subject == "[Test] Ada, el comité se reunió"
    check(mail, "my", "petitions", "u")


@pytest.mark.parametrize(("why", "said"), [("bounces", "Nos devolvieron"), ("complaints", "como spam")])
def test_a_spike_is_told_in_the_language_of_the_house(
    mailing: Mailing, olive: Organizer, settings: Any, why: str, said: str
):
    start(mailing, olive)
    Series.objects.hold(mailing.pk, why)
    finishing.finish()
    settings.LANGUAGE_CODE = "es"
    delivery = Delivery.objects.filter(recipe=finishing.PAUSED).first()
    assert delivery is not None
    mail = recipes.follow(delivery)
    assert isinstance(mail, Mail)
    assert mail.subject == "En pausa: “Lo que dijo el comité”"
    assert said in mail.text
    for words in (mail.text, heard_on(mail.html)):
        assert english_in(words) == []


@pytest.mark.parametrize(("why", "said"), [("bounces", "Nos devolvieron"), ("complaints", "como spam")])
def test_a_spike_that_comes_too_late_is_told_in_the_language_of_the_house(
    mailing: Mailing, olive: Organizer, settings: Any, why: str, said: str
):
    start(mailing, olive)
    Series.objects.hold(mailing.pk, why)
    finishing.finish()
    Mailing.objects.filter(pk=mailing.pk).update(finished_at=timezone.now())
    settings.LANGUAGE_CODE = "es"
    delivery = Delivery.objects.filter(recipe=finishing.PAUSED).first()
    assert delivery is not None
    mail = recipes.follow(delivery)
    assert isinstance(mail, Mail)
    assert mail.subject == "Tarde para la pausa: “Lo que dijo el comité”"
    assert said in mail.text
    for words in (mail.text, heard_on(mail.html)):
        assert english_in(words) == []


def test_the_link_to_ones_own_page(ada: Signature):
    linking.mail_my_page(ada.supporter_id)
    mail = mail_of(linking.RECIPE)
    assert mail.subject.startswith("El enlace a su página en ")
    check(mail, "my", "u")


def test_where_mail_came_back(ada: Signature):
    Suppression.objects.add(ada.supporter_id, Scope.ALL, SuppressionReason.BOUNCED)
    sign(ada.petition)
    mail = mail_of("already_signed")
    assert mail.subject.startswith("¿Le llega nuestro correo? “Senadores:")
    check(mail, "petitions", "confirm", "u")


# --- pages -----------------------------------------------------------------------------------------------------------


def page_of(signature: Signature, *, of_a_list: bool = True) -> str:
    """The address in an update about the petition, or in another mail."""
    return f"/es/u/{unsubscribing.word_of(signature.supporter_id, signature.petition_id if of_a_list else None)}/"


def test_confirming_where_mail_came_back(reader: Reader, ada: Signature):
    Suppression.objects.add(ada.supporter_id, Scope.ALL, SuppressionReason.BOUNCED)
    sign(ada.petition)
    link = reader.link(ada, AccessPurpose.CONFIRM)
    assert "¿Le llega nuestro correo?" in reader.see(link)
    reader.send(link)
    assert not Suppression.objects.exists()


def test_what_we_send_and_keep(reader: Reader, ada: Signature, mailing: Mailing, olive: Organizer):
    start(mailing, olive)
    Delivery.objects.update(status=Status.ACCEPTED)
    page = reader.see(page_of(ada))
    for words in (
        "Lo que usted hace le escribimos cuando firma o envía cartas",
        "Novedades sobre “Senadores: nieguen su consentimiento",
        "cuándo pidió novedades",
        "1 firma",
        "una nota de cada uno de",
    ):
        assert words in page
    sign(factories.make_petition("otra", title="Otra petición"), updates_consent=True)
    assert "2 firmas, 1 de ellas confirmada" in reader.see(page_of(ada))


@pytest.mark.parametrize("of_a_list", [True, False])
def test_every_choice_about_mail(reader: Reader, ada: Signature, of_a_list: bool):
    other = factories.make_petition("otra", title="Otra petición")
    sign_and_confirm(other, updates_consent=True)
    page = page_of(ada, of_a_list=of_a_list)
    said = "Novedades sobre 1 petición más" if of_a_list else "Novedades sobre 2 peticiones más"
    assert f"{said} las recibe" in reader.see(page)
    unsubscribing.choose(ada.supporter_id, "list", other.pk)
    assert said in reader.see(page)
    for scope in ("list", "again", "updates", "all", "none") if of_a_list else ("updates", "all", "none"):
        reader.see(reader.send(page, {"scope": scope}))
    reader.send(page, {"scope": "everything"}, status=422)
    answer = reader.post(page, {"List-Unsubscribe": "One-Click"})
    assert answer.content.decode() == "Ya no recibirá estas novedades.\n"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SuppressionReason.BOUNCED, "nos fue devuelto"),
        (SuppressionReason.COMPLAINED, "no lo quería"),
        (SuppressionReason.NOT_ME, "no fue quien firmó"),
        (SuppressionReason.UNSUBSCRIBED, "No recibe ningún correo nuestro."),
    ],
)
def test_why_no_mail_comes(reader: Reader, ada: Signature, reason: SuppressionReason, said: str):
    Suppression.objects.add(ada.supporter_id, Scope.ALL, reason)
    for address in (page_of(ada), reader.link(ada, AccessPurpose.MY_PAGE)):
        assert said in reader.see(address)


def test_lists_on_ones_own_page(reader: Reader, ada: Signature):
    mine = reader.link(ada, AccessPurpose.MY_PAGE)
    assert "Novedades sobre “Senadores: nieguen" in reader.see(mine)
    assert "Volver a recibir estas novedades" in reader.see(
        reader.send(f"{mine}mail/", {"scope": "list", "list": SLUG})
    )
    reader.see(reader.send(f"{mine}mail/", {"scope": "again", "list": SLUG}))


def test_asking_for_the_link_to_ones_own_page(reader: Reader, ada: Signature):
    page = page_of(ada)
    assert "un correo con el enlace va en camino" in reader.see(reader.send(page, {"link": "mail"}).split("#")[0])


def test_nobody_is_known_there_any_more(reader: Reader, ada: Signature):
    page = page_of(ada)
    erasing.erase(ada.supporter_id)
    assert not Supporter.objects.exists()
    assert "su buzón es solo un código en clave" in reader.see(page)


def test_letters_are_counted(reader: Reader, ada: Signature, typed: dict[str, str]):
    reader.send(f"{reader.link(ada, AccessPurpose.MY_PAGE)}petitions/{SLUG}/letter/", typed | {"do": "send"})
    assert "2 cartas a oficinas del Senado" in reader.see(page_of(ada))
    assert LETTER not in reader.see(page_of(ada))
