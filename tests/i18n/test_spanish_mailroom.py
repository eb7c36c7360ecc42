"""The mailroom in Spanish: quiet, busy, braked, restored, and with mail that needs a look."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.delivery import braking, deciding, recognizing
from campaign.delivery.deciding import Decision
from campaign.delivery.models import Delivery, Epoch, Kind, Queue, Report, Reported, Status
from campaign.delivery.transport import TryLater
from campaign.organizers.models import Organizer
from tests.delivery.posts import receipt_needs_a_look, receipt_waits
from tests.i18n.test_spanish_desk import DESK, SPANISH, read

pytestmark = pytest.mark.django_db
MAILROOM, LOOK = f"{DESK}mail/", f"{DESK}deliveries/"
SAID_BEFORE = {
    Decision.ARRIVED: "Cuenta como aceptado, y no se vuelve a enviar nunca.",
    Decision.SEND_AGAIN: "Si sí llegó, el mismo correo llega dos veces.",
    Decision.TRY_AGAIN: "Se intenta por separado",
    Decision.LET_GO: "Nunca salió, y nunca saldrá: nadie lo recibe.",
}


@pytest.fixture
def desk(olive: Organizer) -> Client:
    """Olive's browser."""
    browser = Client(headers=SPANISH)
    browser.force_login(olive)
    return browser


def sure(decision: Decision) -> str:
    return reverse("dashboard:decide_mail", args=[decision.value])


def test_a_quiet_mailroom(desk: Client):
    page = read(desk.get(MAILROOM))
    for words in ("Confirmaciones y avisos", "Cartas a las oficinas", "Boletines", "en marcha", "Nadie: el servidor"):
        assert words in page
    assert "Época: 1, igual en la base de datos" in page
    assert "Ningún envío necesita revisión." in read(desk.get(LOOK))


def test_a_busy_one(desk: Client, settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("campaign.delivery.surveying.MOST_COUNTED", 2)
    for _ in range(3):
        receipt_waits()
    assert "más de 2" in read(desk.get(MAILROOM))
    for rate, said in ((1, "va 1 correo por segundo como máximo."), (14, "van 14 correos por segundo como máximo.")):
        settings.MAIL_RATE = rate
        assert said in read(desk.get(MAILROOM))


def test_pausing_and_going_on(desk: Client):
    page = read(desk.post(f"{MAILROOM}queues/mailings/pause/", follow=True))
    assert "En pausa: Boletines. Lo que espera se queda aquí hasta que se reanude." in page
    assert ", por usted" in page
    assert "En pausa: Boletines. No sale nada de ahí" in read(desk.get(DESK))
    assert "Ya estaba en pausa." in read(desk.post(f"{MAILROOM}queues/mailings/pause/", follow=True))
    assert "Se reanudó: Boletines." in read(desk.post(f"{MAILROOM}queues/mailings/resume/", follow=True))
    assert "No estaba en pausa." in read(desk.post(f"{MAILROOM}queues/mailings/resume/", follow=True))
    braking.hold(Queue.LETTERS, "operator")
    assert ", por quien opera el sistema" in read(desk.get(MAILROOM))
    braking.hold(Queue.CONFIRM, "organizer 0")
    read(desk.get(MAILROOM))


def test_servers_that_are_left_alone(desk: Client):
    braking.heard([("gmail.example", TryLater("421 4.7.28 we are not amused"))] * 5)
    assert "espera el correo que va ahí" in read(desk.get(MAILROOM))
    for _ in range(5):
        braking.heard([("", TryLater("the connection was refused", is_connection=True))])
    page = read(desk.get(MAILROOM))
    assert "no sale ningún correo" in page
    assert "detenida" in page
    assert "En este momento no sale ningún correo." in read(desk.get(DESK))


def test_a_restored_database(desk: Client, settings: Any):
    Epoch.objects.create(value="1")
    settings.MAIL_EPOCH = "2"
    assert "La base de datos tiene la época 1, y quien opera el sistema tiene 2." in read(desk.get(MAILROOM))
    assert "puede ser una restaurada" in read(desk.get(DESK))
    settings.MAIL_EPOCH = "1"
    recognizing.begin()
    Epoch.objects.update(database="7301/16384/00000001")
    assert "Esta base de datos se restauró junto a otra" in read(desk.get(MAILROOM))


def test_what_was_reported(desk: Client):
    delivery = receipt_waits()
    for what in set(Reported) - {Reported.NOTHING}:
        Report.objects.create(source="mailgun", event_id=what, what=what, reason="5.1.1", delivery=delivery)
    Report.objects.create(source="dsn", event_id="strange", what=Reported.BOUNCED)
    page = read(desk.get(MAILROOM))
    for words in ("entregado", "rebotado", "aplazado", "queja", "baja", "ninguno que conozcamos: no cambió nada"):
        assert words in page


@pytest.mark.parametrize("decision", list(Decision))
def test_deciding_about_one_and_about_all_of_a_reason(
    desk: Client, decision: Decision, monkeypatch: pytest.MonkeyPatch
):
    before = deciding.STEPS[decision].before
    one, *others = [receipt_needs_a_look(before, "the lease ran out") for _ in range(5)]
    Delivery.objects.update(handed_off_at=timezone.now())
    read(desk.get(MAILROOM))
    assert SAID_BEFORE[decision] in read(desk.get(sure(decision), {"delivery": str(one.pk)}))
    said = read(desk.post(sure(decision), {"delivery": str(one.pk)}, follow=True))
    assert "Nada cambió" not in said
    assert "otra persona decidió antes" in read(desk.post(sure(decision), {"delivery": str(one.pk)}, follow=True))
    assert "Ya no hay nada que decidir" in read(desk.get(sure(decision), {"delivery": str(one.pk)}))
    group = {"status": before.value, "queue": "confirm", "reason": "the lease ran out"}
    assert ": todos estos …" in read(desk.get(f"{LOOK}?{urlencode(group)}"))
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 3)
    assert "más de 3; ahora los 3 más antiguos" in read(desk.get(sure(decision), group))
    assert "3 envíos: " in read(desk.post(sure(decision), group, follow=True))
    assert "1 envío: " in read(desk.post(sure(decision), group, follow=True))
    assert len(others) == 4


def test_a_letter_to_an_office_that_may_have_arrived(desk: Client):
    letter = receipt_needs_a_look(Status.UNCERTAIN, kind=Kind.LETTER)
    page = read(desk.get(sure(Decision.SEND_AGAIN), {"delivery": str(letter.pk)}))
    assert "Una oficina recibiría dos veces la misma carta" in page


def test_vera_only_looks(vera: Organizer):
    browser = Client(headers=SPANISH)
    browser.force_login(vera)
    receipt_needs_a_look(Status.DEAD, "crashed")
    read(browser.get(MAILROOM))
    read(browser.get(LOOK))
    read(browser.post(f"{MAILROOM}queues/mailings/pause/"), 403)
