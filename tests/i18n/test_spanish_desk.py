"""Olive's browser asks for Spanish, and the desk speaks it, also when something has to be mended."""

import pytest
from django.test import Client

from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Office
from campaign.letters.models import LetterTemplate
from campaign.organizers.models import Organizer
from campaign.petitions import asking, counting, deciding
from campaign.petitions.models import Export, Petition
from tests import factories
from tests.i18n.conftest import SLUG, sign, sign_and_confirm
from tests.i18n.reading import english_in, heard_on

pytestmark = pytest.mark.django_db
DESK = "/dashboard/"
MINE = f"{DESK}petitions/{SLUG}/"
SPANISH = {"accept-language": "es-US,es;q=0.9,en;q=0.5"}


@pytest.fixture
def desk(olive: Organizer, convention: Petition) -> Client:
    """Olive's browser, on a morning with something to decide."""
    convention.letter_templates.filter(language="en").delete()  # the desk shows what was written in any language
    sign_and_confirm(convention, comment="Por mis hijos.", source="boletin")
    deciding.hold(sign_and_confirm(convention, factories.BRUNO).pk, by=olive)
    deciding.invalidate(sign_and_confirm(convention, factories.signer(1)).pk, by=olive)
    sign(convention, factories.signer(2))
    for status, delivery in zip((Status.UNCERTAIN, Status.DEAD), Delivery.objects.all()[:2], strict=True):
        assert delivery.move(status)
    counting.count()
    browser = Client(headers=SPANISH)
    browser.force_login(olive)
    return browser


def read(answer: object, status: int = 200) -> str:
    """The page, all of it in Spanish."""
    assert answer.status_code == status  # type: ignore[attr-defined]
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert '<html lang="es">' in page
    heard = heard_on(page)
    assert english_in(heard) == []
    return heard


def test_logging_in(olive: Organizer):
    browser = Client(headers=SPANISH)
    assert "Iniciar sesión" in read(browser.get("/accounts/login/"))
    read(browser.post("/accounts/login/", {"login": "olive@example.org", "password": "wrong"}))


def test_today_and_what_waits(desk: Client):
    page = read(desk.get(DESK))
    assert "1 firma está retenida" in page
    assert "No se sabe si llegó 1 envío" in page
    read(desk.get(f"{DESK}deliveries/"))
    read(desk.get(f"{DESK}deliveries/?status=dead"))


@pytest.mark.parametrize(
    "page",
    ["", "edit/es/", "open/", "close/", "letter-templates/", "letter-templates/new/", "signatures/", "export/"],
)
def test_a_petitions_pages(desk: Client, page: str):
    read(desk.get(MINE + page))


def test_numbers_agree_with_their_words(desk: Client):
    page = read(desk.get(MINE))
    assert "confirmadas 1 de 10,000" in page
    assert "pendientes 1" in page


def test_a_draft_that_has_to_be_mended(desk: Client):
    read(desk.get(f"{DESK}petitions/new/"))
    read(desk.post(f"{DESK}petitions/new/", {"slug": "No va", "goal": "0", "title": ""}), 422)
    read(desk.post(f"{MINE}letter-templates/new/", {"tone": "", "body": "{{nombre}}", "language": "es"}), 422)


def test_what_was_done_is_said(desk: Client):
    waiting = Petition.objects.get().signatures.get(quarantined_at__isnull=False)
    said = read(desk.post(f"{DESK}signatures/{waiting.pk}/release/", follow=True))
    assert "Liberada: cuenta en cuanto su firmante la confirme." in said
    assert "La petición está cerrada." in read(desk.post(f"{MINE}close/", follow=True))
    assert "La petición está abierta" in read(desk.post(f"{MINE}open/", follow=True))


def test_letter_templates(desk: Client):
    template = LetterTemplate.objects.filter(language="es").first()
    assert template is not None
    read(desk.get(f"{DESK}letter-templates/{template.pk}/"))
    read(desk.get(f"{DESK}letter-templates/{template.pk}/retire/"))
    assert "ya no se ofrece a nadie" in read(desk.post(f"{DESK}letter-templates/{template.pk}/retire/", follow=True))


def test_offices(desk: Client):
    read(desk.get(f"{DESK}offices/"))
    office = Office.objects.filter(legislator__terms__seat__state="OR").first()
    assert office is not None
    read(desk.get(f"{DESK}offices/{office.pk}/"))
    read(desk.post(f"{DESK}offices/{office.pk}/", {"email": "nobody"}), 422)
    read(desk.post(f"{DESK}offices/{office.pk}/", {"email": "office@senate.example"}, follow=True))


def test_a_file_that_is_being_written(desk: Client, olive: Organizer):
    asking.ask_for_export(Petition.objects.get(), {}, olive)
    assert "Su archivo se está escribiendo" in read(desk.get(f"{DESK}exports/{Export.objects.get().pk}/"))


@pytest.mark.parametrize("page", ["2fa/", "2fa/totp/activate/", "password/change/", "logout/", "inactive/"])
def test_the_account(desk: Client, page: str):
    desk.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    read(desk.get(f"/accounts/{page}", follow=True))


def test_a_viewer_is_told_what_she_may_do(vera: Organizer, convention: Petition):
    browser = Client(headers=SPANISH)
    browser.force_login(vera)
    read(browser.get(DESK))
    assert "No disponible para esta cuenta" in read(browser.get(f"{MINE}signatures/"), 403)
