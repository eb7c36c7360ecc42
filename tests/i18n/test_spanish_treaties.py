"""A treaty, who speaks for somebody, and a letter that waits: in Spanish all the way, with whatever is missing."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from campaign.delivery import recipes
from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail
from campaign.legislators.models import DataImport, Legislator, Office, Seat, Subject, Term
from campaign.letters import reminding
from campaign.letters.models import Letter
from campaign.lib import kept
from campaign.petitions.models import Petition
from campaign.treaties import founding
from campaign.treaties.models import Stage, Stance, Treaty
from tests.i18n.conftest import PAGE, Reader
from tests.i18n.reading import english_in, heard_on
from tests.mail.reading import SITE
from tests.public.senate import MERKLEY, WYDEN, reach, stand

pytestmark = pytest.mark.django_db
TREATY = "/es/treaties/un-cybercrime-convention/"
SPEAKERS = "/es/legislators/"
STEP = SPEAKERS + "address/"


@pytest.fixture
def treaty(convention: Petition) -> Treaty:
    """The treaty that ships with the house, and the petition about it."""
    founding.found_treaty(founding.shipped()[0])
    treaty = Treaty.objects.get()
    Petition.objects.update(treaty=treaty)
    return treaty


def good_as_of(day: date) -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(as_of=day, checked_at=None)
    kept.forget_everything()


def term_ended(seat: Seat) -> None:
    Term.objects.open().filter(seat=seat).update(ends_on=timezone.now().date())
    kept.forget_everything()


def newcomer_in(seat: Seat) -> None:
    """Somebody else was sworn in."""
    today = timezone.now().date()
    Term.objects.open().filter(seat=seat).update(closed_on=today)
    name = {"given_name": "Nueva", "family_name": "Senadora", "official_name": "Nueva Senadora"}
    newcomer = Legislator.objects.create(bioguide_id="N000001", party="Independent", **name)
    Office.objects.create(legislator=newcomer)
    Term.objects.create(seat=seat, legislator=newcomer, starts_on=today, ends_on=today + timedelta(days=2000))


# --- a treaty


def test_a_treaty_of_which_little_is_known(reader: Reader, treaty: Treaty):
    page = reader.see(TREATY)
    assert "No firmado (está aquí) al 29 de octubre de 2025" in page
    assert "34 de 100 pueden detenerlo." in page
    assert "Hasta ahora no sabemos de nadie que se oponga." in page
    assert "El tratado: No firmado , al 29 de octubre de 2025" in reader.see(PAGE)
    reader.see("/es/")


def test_one_and_many_oppose_it(reader: Reader, treaty: Treaty):
    stand(treaty, Stance.OPPOSES, WYDEN)
    page = reader.see(TREATY)
    assert "Hasta ahora sabemos que 1 se opone. Hacen falta 33 más para detenerlo." in page
    assert "4 de marzo de 2026" in page
    senators = Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None).exclude(
        bioguide_id=WYDEN
    )
    stand(treaty, Stance.OPPOSES, *(each.bioguide_id for each in senators[:33]))
    kept.forget_everything()
    assert "Hasta ahora sabemos que 34 se oponen. Eso basta, si votan como dijeron." in reader.see(TREATY)


@pytest.mark.parametrize("stage", Stage.values)
def test_every_stage_has_its_name(reader: Reader, treaty: Treaty, stage: str):
    reach(treaty, Stage(stage), "2026-05-06")
    assert "6 de mayo de 2026" in reader.see(TREATY)


def test_every_position_and_a_seat_without_a_holder(reader: Reader, treaty: Treaty, seats: list[Seat]):
    senators = Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None).order_by("pk")
    for stance, senator in zip(Stance, senators, strict=False):
        stand(treaty, stance, senator.bioguide_id)
    Term.objects.open().filter(seat=seats[0]).update(closed_on="2026-08-01")
    term_ended(seats[1])
    page = reader.see(TREATY)
    assert "Escaño vacante" in page
    assert "Mandato terminado; no sabemos quién sigue" in page


@pytest.mark.parametrize(
    "query",
    [
        {"state": "OR", "postal_code": "97201"},
        {"postal_code": "20001"},
        {"postal_code": "09001"},
        {"postal_code": "57717"},
        {"state": "OR", "postal_code": "98101"},
        {"state": "OR", "postal_code": "00000"},
        {"present": "80"},
    ],
)
def test_finding_ones_senators_and_counting_on_the_treatys_page(reader: Reader, treaty: Treaty, query: dict[str, str]):
    reader.see(f"{TREATY}?{urlencode(query)}")


def test_what_has_to_be_mended_on_the_treatys_page(reader: Reader, treaty: Treaty):
    reader.see(TREATY + "?present=7", status=422)
    reader.see(TREATY + "?postal_code=12", status=422)


def test_with_old_data_the_treatys_page_is_not_sure(reader: Reader, treaty: Treaty):
    good_as_of(timezone.now().date() - timedelta(days=60))
    assert "demasiado viejos para tener certeza" in reader.see(TREATY)
    DataImport.objects.filter(what=Subject.LEGISLATORS).delete()
    kept.forget_everything()
    assert "Todavía no nos han dicho quiénes están en el Senado." in reader.see(TREATY)


# --- who speaks for me


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Dos senadores hablan por su estado"),
        ("?state=OR", "Con su código postal (ZIP)"),
        ("?state=OR&postal_code=97201", "Senador(a), Oregon"),
        ("?postal_code=20001", "Delegado(a), sin voto"),
        ("?state=PR", "Comisionado(a) residente, sin voto"),
        ("?state=WY", "Representante, Wyoming"),
        ("?state=PW", "no tienen escaños en el Congreso"),
        ("?postal_code=09001", "residencia electoral"),
        ("?postal_code=57717", "¿Cuál de ellos es el suyo?"),
        ("?postal_code=33311", "Florida, distrito 23"),
        ("?state=FL&postal_code=33311&district=FL-23", "Este no es mi distrito"),
        ("?state=OR&postal_code=00000", "No conocemos este código postal (ZIP)."),
    ],
)
def test_who_speaks_for_somebody(reader: Reader, db: None, query: str, said: str):
    assert said in reader.see(SPEAKERS + query)


def test_what_cannot_be_read(reader: Reader, db: None):
    reader.see(SPEAKERS + "?state=Atlantis&postal_code=12", status=422)


def test_who_speaks_is_not_sure(reader: Reader, seats: list[Seat]):
    good_as_of(timezone.now().date() - timedelta(days=60))
    assert "Puede que otra persona ocupe ahora un escaño" in reader.see(SPEAKERS + "?state=OR")
    term_ended(seats[0])
    assert "No sabemos quién ocupa este escaño: el mandato de Jeff Merkley" in reader.see(SPEAKERS + "?state=OR")
    Term.objects.open().filter(seat=seats[1]).update(closed_on="2026-08-01")
    kept.forget_everything()
    assert "Este escaño está vacante" in reader.see(SPEAKERS + "?state=OR")


@pytest.mark.parametrize("backend", ["census", "polygons"])
def test_where_one_lives(reader: Reader, db: None, settings: Any, backend: str):
    settings.ADDRESS_BACKEND = backend
    assert "Encontrar mi distrito" in reader.see(STEP)
    assert "Complete este dato." in reader.send(STEP, {"address": ""}, status=422)


# --- letters


@pytest.mark.parametrize("why", ["vacant", "ended", "old", "succeeded"])
def test_a_letter_that_waits_says_why(
    reader: Reader, treaty: Treaty, signed: str, typed: dict[str, str], seats: list[Seat], why: str
):
    naming = {f"body-{seat.pk}": typed[f"body-{seat.pk}"] + " Jeff Merkley, Ron Wyden." for seat in seats}
    reader.send(signed + "letter/", typed | naming | {"do": "send"})
    if why == "vacant":
        Term.objects.open().filter(seat=seats[0]).update(closed_on="2026-08-01")
    elif why == "ended":
        term_ended(seats[0])
    elif why == "old":
        good_as_of(timezone.now().date() - timedelta(days=60))
    else:
        newcomer_in(seats[0])
    kept.forget_everything()
    assert "Espera" in reader.see(signed + "letters/")
    for page in ("", "letter/"):
        reader.see(signed + page)


@pytest.mark.parametrize(("is_succeeded", "said"), [(False, "Ya puede salir."), (True, "ya no ocupa el escaño")])
def test_the_mail_about_a_letter_that_waited(
    reader: Reader, signed: str, typed: dict[str, str], seats: list[Seat], is_succeeded: bool, said: str
):
    naming = {f"body-{seats[0].pk}": typed[f"body-{seats[0].pk}"] + " Senator Merkley."}
    reader.send(signed + "letter/", typed | naming | {"do": "send"})
    reminding.remind(Letter.objects.get(seat=seats[0]))
    if is_succeeded:
        newcomer_in(seats[0])
    mail = recipes.follow(Delivery.objects.get(recipe=reminding.RECIPE))
    assert isinstance(mail, Mail)
    assert mail.subject == "Su carta al Senado (Oregon, clase 2) espera por usted"
    assert said in mail.text
    for words in (mail.text, heard_on(mail.html)):
        assert english_in(words) == []
    assert f"{SITE}/es/my/" in mail.text
    assert f"{SITE}/es/u/" in mail.text


def test_a_senators_card_says_how_they_stand(reader: Reader, treaty: Treaty, signed: str):
    stand(treaty, Stance.LEANS_AGAINST, MERKLEY)
    page = reader.see(signed)
    assert "Se inclina en contra , 4 de marzo de 2026" in page
    assert "Todavía no sabemos cuál es su posición." in page
