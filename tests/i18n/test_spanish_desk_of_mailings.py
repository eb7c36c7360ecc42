"""The desk's pages about mailings in Spanish, from the first draft to the end, also where something is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.delivery import pausing
from campaign.delivery.models import Queue, Series
from campaign.mailings import comparing, finishing
from campaign.mailings.drafting import Words
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard import mailings
from tests.i18n.conftest import sign_and_confirm
from tests.i18n.test_spanish_desk import DESK, SPANISH, read

pytestmark = pytest.mark.django_db
LIST, NEW = f"{DESK}mailings/", f"{DESK}mailings/new/"
TITLE = "Lo que dijo el comité"
A = Words("Novedades para {{given_name}}", "Hola, {{given_name}}:\n\nel **comité** se reunió. {{petition_url}}")
B = Words("El comité se reunió", "Hola, {{given_name}}:\n\nse reunió.")
SAID: dict[str, Any] = {"title": TITLE, "a": A, "language": "es"}


def at(name: str, mailing: Mailing, *more: str) -> str:
    return reverse(f"dashboard:{name}", args=[mailing.pk, *more])


def browser_of(organizer: Organizer) -> Client:
    browser = Client(headers=SPANISH)
    browser.force_login(organizer)
    return browser


@pytest.fixture
def desk(olive: Organizer, convention: Petition) -> Client:
    """Olive's browser; Ada and Bruno asked for updates."""
    for person in (factories.ADA, factories.BRUNO):
        sign_and_confirm(convention, person, updates_consent=True)
    return browser_of(olive)


@pytest.fixture
def olga(db: None) -> Organizer:
    """Olga organizes, too."""
    return factories.make_organizer("olga@example.org")


@pytest.fixture
def draft(desk: Client, convention: Petition, olive: Organizer) -> Mailing:
    """Olive's."""
    return mailings.make_mailing(convention, olive, **SAID)


@pytest.fixture
def approved(desk: Client, convention: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    """Olive's, approved by Olga."""
    return mailings.make_approved(convention, olive, olga, **SAID)


@pytest.fixture
def running(desk: Client, convention: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    """600 of 1,000 mails have left."""
    return mailings.make_running(convention, olive, olga, **SAID)


@pytest.fixture
def compared(desk: Client, convention: Petition, olive: Organizer, olga: Organizer) -> Mailing:
    """Its test has left."""
    return mailings.make_running(convention, olive, olga, **SAID, b=B)


def typed(about: Petition, **changes: Any) -> dict[str, Any]:
    words = {"title": TITLE, "language": "es", "subject_a": A.subject, "body_a": A.body}
    return mailings.typed_into_the_form(about, **words | changes)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_the_list_and_the_form(desk: Client, convention: Petition):
    assert "Todavía no hay ningún boletín." in read(desk.get(LIST))
    page = read(desk.get(f"{NEW}?petition={convention.slug}"))
    for words in (
        "A quién va",
        "solo quienes escribieron una carta",
        "Campos de combinación",
        "el nombre de quien firmó",
    ):
        assert words in page
    assert "El borrador se guardó. Todavía no se envía nada." in read(desk.post(NEW, typed(convention), follow=True))
    assert "borrador" in read(desk.get(LIST))


def test_without_an_open_petition(olive: Organizer, db: None):
    assert "no hay a quién escribir" in read(browser_of(olive).get(NEW))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "", "subject_a": "", "body_a": "", "sample_percent": "0", "body_b": "{{no-existe}}"},
        {"subject_a": "x" * 400, "body_a": "{{first_name}}", "states": ["ZZ"], "confirmed_since": "ayer"},
        {"subject_a": "{{petition_url}}", "body_a": "{{senators}}", "language": "tlh", "partner": "999"},
        {"body_a": "![foto](https://example.org/a.png) [aquí](example.org)"},
        {"body_a": "[aquí](https://example.org/{{state}}) {{given_name"},
        {"body_a": "un\u200bsecreto", "sample_percent": "80", "subject_b": "Otro"},
        {"subject_b": A.subject},
        {"subject_b": "Otro", "sample_percent": ""},
        {"petition": "00000000-0000-4000-8000-000000000000"},
        {"seen": "f" * 64},
    ],
)
def test_what_has_to_be_mended(desk: Client, convention: Petition, draft: Mailing, wrong: dict[str, Any]):
    addresses = {NEW} if "petition" in wrong else {at("edit_mailing", draft)}
    for address in addresses | ({NEW} if "seen" not in wrong else set()):
        read(desk.post(address, typed(convention, **wrong)), 422)
    assert Mailing.objects.count() == 1


def test_the_preview_is_the_mail_as_it_is_read(desk: Client, convention: Petition):
    page = read(desk.post(NEW, typed(convention, subject_b="Hola, {{state}}", preview="1")))
    for words in (
        "Novedades para Ada",
        "Hola, Oregon",
        "Versión B",
        "Usted recibe esto porque firmó",
        "persona inventada",
    ):
        assert words in page


def test_an_english_mailing_keeps_its_frame_in_english_on_a_spanish_desk(desk: Client, convention: Petition):
    answer = desk.post(NEW, typed(convention, language="en", subject_a="News", body_a="Senate news.", preview="1"))
    read(answer)  # and what is English there says so
    page = answer.content.decode()
    assert '<div class="reading" lang="en">' in page
    assert "You get this because you signed" in page
    assert "Usted recibe esto" not in page


def test_changing_what_was_asked_for_or_approved(desk: Client, convention: Petition, draft: Mailing, olga: Organizer):
    desk.post(at("ask_for_approval", draft))
    assert "Este boletín espera aprobación." in read(desk.get(at("edit_mailing", draft)))
    browser_of(olga).post(at("approve_mailing", draft), {"seen": draft.digest})
    assert "olga@example.org aprobó este boletín." in read(desk.get(at("edit_mailing", draft)))
    changed = typed(convention, seen=draft.digest, subject_a="Otro asunto", states=["OR"], confirmed_since="2026-03-04")
    said = read(desk.post(at("edit_mailing", draft), changed, follow=True))
    assert "La aprobación dejó de valer: pida una nueva." in said
    assert "viven en: Oregon; confirmaron el 4 de marzo de 2026 o después" in said
    again = changed | {"seen": Mailing.objects.get().digest}
    assert "Nada cambió." in read(desk.post(at("edit_mailing", draft), again, follow=True))


@pytest.mark.parametrize("wrote", ["", "wrote", "did_not"])
def test_whom_it_goes_to(desk: Client, convention: Petition, olive: Organizer, wrote: str):
    partner = factories.make_partner()[0]
    mailing = mailings.make_mailing(convention, olive, **SAID, wrote=wrote, partner=partner)
    page = read(desk.get(at("mailing", mailing)))
    assert "firmaron en el sitio de" in page
    assert "Ahora no hay ningún destinatario." in page
    assert "Nadie recibiría esto." in page
    assert "Ahora no hay ningún destinatario." in read(desk.get(at("mailing_sample", mailing)))


# --- before it leaves ------------------------------------------------------------------------------------------------


def test_ten_mails_and_a_test(desk: Client, draft: Mailing, convention: Petition, olive: Organizer):
    page = read(desk.get(at("mailing_sample", draft)))
    assert "Ahora hay 2 destinatarios." in page
    assert "Novedades para" in page
    assert "La prueba va en camino a olive@example.org." in read(desk.post(at("test_mailing", draft), follow=True))
    for _ in range(19):
        desk.post(at("test_mailing", draft))
    assert "Hoy ya se envió 20 pruebas." in read(desk.post(at("test_mailing", draft), follow=True))
    both = mailings.make_mailing(convention, olive, **SAID, b=B)
    read(desk.get(at("mailing_sample", both)))
    assert "Se comparan dos versiones: el 10 %" in read(desk.get(at("mailing", both)))


def test_words_that_cannot_be_sent(desk: Client, convention: Petition, olive: Organizer, settings: Any):
    settings.POSTAL_ADDRESS = ""
    broken = Words("Hola", "{{nombre}}")
    mailing = mailings.make_mailing(convention, olive, **SAID | {"a": broken})
    page = read(desk.get(at("mailing", mailing)))
    assert "Falta la dirección postal de la organización." in page
    assert "no conocemos este campo" in page
    for name in ("ask_for_approval", "test_mailing"):
        assert "no conocemos este campo" in read(desk.post(at(name, mailing), follow=True))
    read(desk.get(at("mailing_sample", mailing)))


def test_asking_and_approving(desk: Client, draft: Mailing, olga: Organizer):
    other = browser_of(olga)
    assert "Ahora nadie pide que se apruebe." in read(other.get(at("approve_mailing", draft)))
    said = read(desk.post(at("ask_for_approval", draft), follow=True))
    assert "Ya lo puede aprobar otra persona del equipo organizador" in said
    assert "Usted pidió la aprobación" in read(desk.get(at("approve_mailing", draft)))
    assert "Un boletín espera aprobación: Lo que dijo" in read(other.get(DESK))
    assert "Va a 2 personas : idioma: Español." in read(other.get(at("approve_mailing", draft)))
    assert "Esto cambió desde que usted abrió la página." in read(
        other.post(at("approve_mailing", draft), {"seen": "x"}), 422
    )
    read(desk.post(at("approve_mailing", draft), {"seen": draft.digest}), 422)
    approve = {"seen": draft.digest}
    assert "Está aprobado." in read(other.post(at("approve_mailing", draft), approve, follow=True))
    assert "aprobado" in read(desk.get(LIST))
    assert "Vuelve a ser un borrador." in read(desk.post(at("take_back_mailing", draft), follow=True))


def test_when_it_leaves(desk: Client, draft: Mailing, approved: Mailing):
    assert "Primero tiene que aprobarse." in read(
        desk.post(at("schedule_mailing", draft), {"when": "now"}, follow=True)
    )
    when = at("schedule_mailing", approved)
    assert "Por ahora va a 2 personas ." in read(desk.get(when))
    read(desk.post(when, {}), 422)
    for wrong in ({"day": "2020-01-01", "time": "10:00"}, {"day": "2030-01-01"}, {"day": "mañana", "time": "ya"}):
        read(desk.post(when, wrong | {"when": "at"}), 422)
    assert "Escribió una hora." in read(desk.post(when, {"when": "soon", "day": "2030-01-01", "time": "10:00"}), 422)
    assert "Sale en diez minutos." in read(desk.post(when, {"when": "soon"}, follow=True))
    year = timezone.now().year + 1
    day = datetime(year, 1, 5, 2, 30, tzinfo=UTC)
    weekday = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
    said = read(desk.post(when, {"when": "at", "day": f"{day:%Y-%m-%d}", "time": "02:30"}, follow=True))
    named = f"{weekday[day.weekday()]} 5 de enero de {year}, 02:30"
    assert f"Sale el {named} UTC." in said
    assert f"Sale el {named} UTC , según dijo olive@example.org." in said
    assert f"En Nueva York: {weekday[day.weekday() - 1]} 21:30" in said
    assert "Está programado para el 5 de enero" in read(desk.get(when))
    read(desk.get(LIST))
    assert "Ya no sale por sí solo." in read(desk.post(at("unschedule_mailing", approved), follow=True))
    assert "Empieza en segundos." in read(desk.post(when, {"when": "now"}, follow=True))


# --- while it runs ---------------------------------------------------------------------------------------------------


def test_how_far_it_is(desk: Client, running: Mailing, convention: Petition):
    page = read(desk.get(at("mailing", running)))
    assert "En curso: se procesaron 600 de 1,000 correos. Tiempo restante aproximado: 3 minutos." in page
    for words in ("en cola 400", "aceptados 590", "rebotados 7", "1.19 % de los aceptados", "120 por minuto"):
        assert words in page
    assert "en curso" in read(desk.get(LIST))
    fragment = desk.get(at("mailing_progress", running)).content.decode()
    assert "En curso: se procesaron" in fragment
    read(desk.get(at("edit_mailing", running), follow=True))
    pausing.pause(Queue.MAILINGS, "operator")
    assert "Todos los boletines están en pausa" in read(desk.get(at("mailing", running)))


@pytest.mark.parametrize("tally", [{"uncertain": 1, "refused": 1, "suppressed": 1}, {"uncertain": 2, "suppressed": 3}])
def test_one_and_many_that_did_not_arrive(desk: Client, running: Mailing, tally: dict[str, int]):
    Series.objects.update(tally=tally | {"all": 1000, "queued": 900})
    assert "no se sabe si lleg" in read(desk.get(at("mailing", running)))
    Mailing.objects.update(queued_at=None)
    assert "Los destinatarios se están poniendo en la cola" in read(desk.get(at("mailing", running)))
    Series.objects.update(tally={}, tallied_at=None)
    assert "Todavía no se ha contado nada." in read(desk.get(at("mailing", running)))


def test_stopping_it_and_going_on(desk: Client, running: Mailing):
    page = read(desk.post(at("pause_mailing", running), follow=True))
    assert "En pausa: se procesaron 600 de 1,000 correos" in page
    assert "Nada cambió." in read(desk.post(at("pause_mailing", running), follow=True))
    assert "Continúa." in read(desk.post(at("resume_mailing", running), follow=True))
    assert "Ya no está en pausa." in read(desk.get(at("resume_mailing", running)))


@pytest.mark.parametrize(("why", "said"), [("bounces", "demasiados rebotes"), ("complaints", "demasiadas quejas")])
def test_a_spike(desk: Client, running: Mailing, why: str, said: str):
    Series.objects.hold(running.pk, why)
    assert said in read(desk.get(at("mailing", running)))
    page = read(desk.get(at("resume_mailing", running)))
    assert "¿Continuar con “Lo que dijo el comité”?" in page
    assert "Salen 400 correos que esperan." in page
    assert "Un boletín se detuvo automáticamente" in read(desk.get(DESK))


def test_ending_it(desk: Client, running: Mailing, draft: Mailing):
    assert "400 correos que todavía esperan no saldrán nunca." in read(desk.get(at("cancel_mailing", running)))
    page = read(desk.post(at("cancel_mailing", running), follow=True))
    assert "Cancelado: habían salido 590 de 1,000 correos." in page
    assert "Ya terminó." in read(desk.get(at("cancel_mailing", running)))
    assert "2 personas no reciben nada." in read(desk.get(at("cancel_mailing", draft)))
    assert "No se envió nada." in read(desk.post(at("cancel_mailing", draft), follow=True))
    assert "cancelado" in read(desk.get(LIST))


def test_when_all_of_it_has_gone(desk: Client, running: Mailing):
    Series.objects.update(tally={"all": 1000, "accepted": 1000})
    Mailing.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    assert finishing.finish() == 1
    assert "Terminado: 1,000 correos procesados." in read(desk.get(at("mailing", running)))
    assert "terminado" in read(desk.get(LIST))


def test_the_choice_between_two(desk: Client, compared: Mailing):
    comparing.compare()
    page = read(desk.get(at("mailing", compared)))
    assert "Cartas hasta ahora: 0 después de A, 0 después de B." in page
    assert "Una versión gana cuando" in page
    assert "espera la elección entre A y B" in read(desk.get(LIST))
    read(desk.get(DESK))
    Series.objects.update(tally={"all": 1000, "accepted": 1000})
    assert "La prueba ya salió" in read(desk.get(at("mailing", compared)))
    choose = at("choose_mailing", compared, "B")
    Mailing.objects.update(queued_at=None)
    assert "La prueba todavía no está en la cola." in read(desk.get(choose))
    Mailing.objects.update(queued_at=timezone.now())
    assert "¿Enviar B al resto?" in read(desk.get(choose))
    page = read(desk.post(choose, follow=True))
    assert "Se eligió B." in page
    assert "olive@example.org eligió B el" in page
    assert "Ya se había elegido B." in read(desk.get(choose))
    Mailing.objects.update(chosen_by=None)
    assert "La regla eligió B el" in read(desk.get(at("mailing", compared)))


def test_vera_sees_the_numbers(vera: Organizer, draft: Mailing, running: Mailing, compared: Mailing):
    browser = browser_of(vera)
    read(browser.get(LIST))
    for mailing in (draft, running, compared):
        read(browser.get(at("mailing", mailing)))
