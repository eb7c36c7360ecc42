"""The desk's pages about treaties and data in Spanish, also where something is refused, overtaken or old."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaign.legislators.models import DataImport, Legislator, Seat, Subject, Term
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from campaign.treaties import founding, positioning, staging
from campaign.treaties.models import Stage, Stance, Treaty
from campaign.treaties.positioning import Statement
from tests.i18n.test_spanish_desk import DESK, SPANISH, read
from tests.public.senate import MERKLEY, WYDEN

pytestmark = pytest.mark.django_db
SOURCE = "https://example.org/dicho"
SHEET = f"bioguide_id,position,date,source_url,note\n{WYDEN},opposes,2026-03-04,{SOURCE},\n"


@pytest.fixture
def treaty(convention: Petition) -> Treaty:
    """The treaty that ships with the house."""
    founding.found_treaty(founding.shipped()[0])
    return Treaty.objects.get()


@pytest.fixture
def page(treaty: Treaty) -> str:
    """The address of its page at the desk."""
    return f"{DESK}treaties/{treaty.slug}/"


@pytest.fixture
def desk(olive: Organizer) -> Client:
    """Olive's browser."""
    browser = Client(headers=SPANISH)
    browser.force_login(olive)
    return browser


@pytest.fixture
def spoken(treaty: Treaty, olive: Organizer) -> None:
    """One senator took a position and then another one."""
    senator = Legislator.objects.get(bioguide_id=WYDEN)
    for stance in (Stance.LEANS_AGAINST, Stance.OPPOSES):
        positioning.enter(treaty, Statement(senator, stance, date(2026, 3, 4), SOURCE, "En un discurso."), olive)


def good_as_of(days_ago: int) -> None:
    day = timezone.now().date() - timedelta(days=days_ago)
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(as_of=day, checked_at=None)


def test_without_a_treaty(desk: Client):
    assert "Todavía no hay ningún tratado." in read(desk.get(f"{DESK}treaties/"))


def test_a_treaty_and_the_hundred_seats(desk: Client, page: str, spoken: None):
    assert "No firmado" in read(desk.get(f"{DESK}treaties/"))
    said = read(desk.get(page))
    assert "se oponen 1 34 lo bloquean: faltan 33." in said
    assert "Fuente" in said
    assert "Origen" not in said
    for query in ("?position=opposes", "?position=nobody", "?committee=on", "?q=Oregon", "?q=Atlantis"):
        read(desk.get(page + query))


def test_seats_without_a_holder(desk: Client, page: str):
    first, second = Seat.objects.senate().filter(state="OR")
    Term.objects.open().filter(seat=first).update(closed_on="2026-08-01")
    Term.objects.open().filter(seat=second).update(ends_on=timezone.now().date())
    assert "1 está vacante" in read(desk.get(page))
    assert "1 escaño cuyo mandato terminó" in read(desk.get(f"{DESK}data/"))


def test_one_position(desk: Client, page: str, spoken: None):
    assert "Ahora: Se opone, 4 de marzo de 2026." in read(desk.get(f"{page}positions/{WYDEN}/"))
    other = f"{page}positions/{MERKLEY}/"
    assert "Todavía nadie registró una posición." in read(desk.get(other))
    read(desk.post(other, {"stance": "supports", "stated_on": "2199-01-01", "source_url": "nada"}), 422)
    typed = {"stance": "supports", "stated_on": "2026-03-04", "source_url": SOURCE}
    assert "La posición se guardó." in read(desk.post(other, typed, follow=True))
    assert "mientras tanto" in read(desk.post(other, typed | {"stance": "opposes"}), 422).lower()


def test_a_sheet_of_positions(desk: Client, page: str, treaty: Treaty):
    bring = f"{page}positions/import/"
    read(desk.get(bring))
    read(desk.post(bring, {}), 422)
    for broken in ("bioguide_id\n", "name,position\nAda,no\n", SHEET + "X1,maybe,4 March,,,,\n", SHEET + '"', "\x00"):
        answer = desk.post(bring, {"pasted": broken})
        read(answer, answer.status_code)
    said = read(desk.post(bring, {"pasted": SHEET}))
    assert "¿Cambiar la posición de 1 senadora o senador?" in said
    assert "Descargar lo que hay ahora : si se trae después, deshace esto." in said


def test_stages(desk: Client, page: str, treaty: Treaty, olive: Organizer):
    enter = f"{page}stages/"
    read(desk.get(enter))
    read(desk.post(enter, {"stage": "signed", "happened_on": "1700-01-01", "source_url": ""}), 422)
    seen = treaty.stage_changes.get().pk
    typed = {"stage": "signed", "happened_on": "2026-03-04", "source_url": SOURCE, "seen": seen}
    assert "¿Registrar “Firmado”?" in read(desk.post(enter, typed))
    assert "La etapa se registró." in read(desk.post(enter, typed | {"sure": "1"}, follow=True))
    change = staging.enter(treaty, staging.Change(Stage.TRANSMITTED, date(2026, 4, 5), SOURCE, ""), olive)
    retract = f"{page}stages/{change.pk}/retract/"
    assert "¿Anular “Enviado al Senado” del 5 de abril de 2026?" in read(desk.get(retract))
    assert "Se anuló." in read(desk.post(retract, follow=True))
    assert "Esta etapa se anuló" in read(desk.get(retract))


def test_the_number_of_a_treaty_document(desk: Client, page: str):
    read(desk.get(f"{page}number/"))
    read(desk.post(f"{page}number/", {"congress_received": "999", "number": "0"}), 422)
    assert "El número se guardó." in read(
        desk.post(f"{page}number/", {"congress_received": "119", "number": "1"}, follow=True)
    )


@pytest.mark.parametrize(
    ("days", "said"), [(0, "Las cartas salen."), (20, "Se pide cada semana"), (60, "Las cartas esperan.")]
)
def test_data_of_any_age(desk: Client, db: None, days: int, said: str):
    good_as_of(days)
    assert said in read(desk.get(f"{DESK}data/"))
    read(desk.get(DESK))


def test_without_data_and_with_refused_ones(desk: Client, db: None):
    now = timezone.now()
    DataImport.objects.filter(what=Subject.LEGISLATORS).delete()
    assert "Todavía nadie nos ha dicho quiénes integran el Congreso." in read(desk.get(f"{DESK}data/"))
    DataImport.objects.create(
        what=Subject.LEGISLATORS, refused_because="It lists 3.", as_of=now.date(), finished_at=now, source=SOURCE
    )
    assert "Archivos rechazados desde el último bueno" in read(desk.get(f"{DESK}data/"))
    assert "Se rechazó una importación" in read(desk.get(DESK))
