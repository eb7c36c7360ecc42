"""Under /es/ nobody meets English: every page of a citizen's, from the petition to the erasure, and what goes wrong.

The reader (conftest.py) looks at each page that it opens: its language, and that nothing on it is English.
"""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone

from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Seat, Term
from campaign.letters.models import Letter
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition
from campaign.supporters.models import AccessPurpose, Supporter
from tests import factories
from tests.i18n.conftest import PAGE, SLUG, Reader, give_addresses, sign, sign_and_confirm
from tests.i18n.reading import english_in, heard_on

pytestmark = pytest.mark.django_db


def test_the_public_pages(reader: Reader, convention: Petition):
    assert "Peticiones abiertas" in reader.see("/es/")
    assert "El Senado de los Estados Unidos" in reader.see(PAGE)
    assert "Ahora revise su correo" in reader.see(PAGE + "check-your-mail/")
    assert "Qué guardamos sobre usted" in reader.see("/es/privacy/")
    reader.see("/es/erased/")
    reader.see("/es/not-me/done/")


def test_without_open_petitions(reader: Reader, convention: Petition):
    Petition.objects.update(closed_at=timezone.now())
    assert "no hay ninguna petición abierta" in reader.see("/es/")
    assert "Se cerró el" in reader.see(PAGE)
    assert "Ya nadie puede firmarla" in reader.send(PAGE, dict(factories.ADA), status=409)


def test_one_and_many_have_signed(reader: Reader, convention: Petition):
    assert "0 personas han firmado" in reader.see(PAGE)
    Petition.objects.update(confirmed_total=1)
    assert "1 persona ha firmado. La meta es" in Reader().see("/es/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_name": "", "family_name": "www.example.org", "email": "", "state": "", "postal_code": ""},
        {
            "given_name": "\u202eAda",
            "family_name": "x" * 90,
            "email": "ada",
            "state": "Atlantis",
            "postal_code": "٩٧٢٠١",
        },
        {"state": "AE", "postal_code": "501", "comment": "Lea https://example.org/"},
        {"state": "PW", "postal_code": "12"},
        {"state": "WA"},
        {"postal_code": "00000", "comment": "x" * 1001},
    ],
)
def test_what_has_to_be_mended_on_the_form(reader: Reader, convention: Petition, wrong: dict[str, str]):
    page = reader.send(PAGE, factories.ADA | wrong, status=422)
    assert "Primero corrija esto. No se envió nada." in page


def test_signing_leads_to_the_mailbox(reader: Reader, convention: Petition):
    assert reader.send(PAGE, dict(factories.ADA)) == PAGE + "check-your-mail/"


def test_confirming(reader: Reader, convention: Petition):
    link = reader.link(sign(convention), AccessPurpose.CONFIRM)
    assert "Confirmar mi firma" in reader.see(link)
    reader.send(link, {"given_name": "", "family_name": "Lopez", "state": "WA", "postal_code": "97201"}, status=422)
    page = reader.see(reader.send(link))
    assert "Usted es la persona número 1 ." in page
    assert "Ron Wyden" in page
    assert "Usted ya confirmó esta firma" in reader.see(link)


def test_confirming_too_late(reader: Reader, convention: Petition):
    signature = sign(convention)
    confirm, mine = (reader.link(signature, purpose) for purpose in (AccessPurpose.CONFIRM, AccessPurpose.MY_PAGE))
    Petition.objects.update(closed_at=timezone.now())
    reader.see(confirm)
    reader.send(confirm, status=409)
    reader.see(f"{mine}petitions/{SLUG}/")
    reader.see(mine)


def test_it_was_not_me(reader: Reader, convention: Petition):
    link = reader.link(sign(convention), AccessPurpose.NOT_ME)
    reader.see(link)
    reader.see(reader.send(link))
    reader.see(link, status=404)


def test_it_was_not_me_this_time(reader: Reader, convention: Petition):
    sign_and_confirm(convention)
    other = sign(factories.make_petition("another", title="No firmen esto"))
    assert "Usted confirmó otras firmas" in reader.see(reader.link(other, AccessPurpose.NOT_ME))


def test_where_nobody_speaks_for_the_signer(reader: Reader, convention: Petition):
    mine = reader.link(sign_and_confirm(convention, factories.BRUNO), AccessPurpose.MY_PAGE)
    assert "no tienen senadores" in reader.see(f"{mine}petitions/{SLUG}/")
    assert "no hay a quién escribir" in reader.see(f"{mine}petitions/{SLUG}/letter/")


def test_a_seat_that_is_vacant(reader: Reader, signed: str, seats: list[Seat]):
    Term.objects.open().filter(seat=seats[0]).update(closed_on="2026-08-01")
    for page in ("", "letter/"):
        assert "Este escaño está vacante" in reader.see(signed + page)


@pytest.mark.parametrize("office", ["by hand", "by mail", "demo"])
def test_writing_to_the_senators(reader: Reader, signed: str, typed: dict[str, str], seats: list[Seat], office: str):
    if office != "by hand":
        give_addresses(sandbox=office == "demo")
    desk = signed + "letter/"
    assert "Usted representa a Oregon" in reader.get(desk).content.decode()
    assert "Empezar con:" in reader.see(desk)
    assert "todavía no se envió nada" in reader.send(desk, typed | {"do": "preview"}, status=200)
    everything = {f"leave-out-{seat.pk}": "yes" for seat in seats}
    reader.send(desk, typed | everything | {"do": "preview"}, status=200)
    assert "Dejó fuera todas las cartas" in reader.send(desk, typed | everything | {"do": "send"}, status=422)
    broken = {f"subject-{seats[0].pk}": "", f"body-{seats[0].pk}": "Poco.", f"body-{seats[1].pk}": "{{ }}" + "x" * 60}
    reader.send(desk, typed | broken, status=422)
    assert "Usted todavía no ha escrito." in reader.see(signed + "letters/")
    assert "Qué pasó con sus cartas" in reader.see(reader.send(desk, typed | {"do": "send"}))
    reader.see(desk)
    reader.see(signed)


def test_what_became_of_a_letter(reader: Reader, mine: str, signed: str, typed: dict[str, str]):
    give_addresses()
    reader.send(signed + "letter/", typed | {"do": "send"})
    for status in (Status.DEFERRED, Status.REFUSED, Status.SUPPRESSED, Status.UNCERTAIN, Status.DEAD, Status.ACCEPTED):
        delivery = Delivery.objects.filter(recipe="letter").first()
        assert delivery is not None
        assert delivery.move(status)
        reader.see(signed + "letters/")
    assert "El servidor de correo la aceptó" in reader.see(mine)


def test_what_became_of_a_letter_in_the_demo(reader: Reader, signed: str, typed: dict[str, str]):
    give_addresses(sandbox=True)
    reader.send(signed + "letter/", typed | {"do": "send"})
    delivery = Delivery.objects.filter(recipe="letter").first()
    assert delivery is not None
    assert delivery.move(Status.ACCEPTED)
    assert "ninguna oficina del Senado la recibió" in reader.see(signed + "letters/")


def test_what_ada_says_about_a_letter_sent_by_hand(reader: Reader, signed: str, typed: dict[str, str]):
    reader.send(signed + "letter/", typed | {"do": "send"})
    letter = Letter.objects.first()
    assert letter is not None
    for said in ("not_now", "broken", "sent"):
        reader.see(reader.send(f"{signed}letters/{letter.pk}/", {"said": said}))
    reader.send(f"{signed}letters/{letter.pk}/", {"said": "delivered"}, status=422)


def test_my_page_and_everything_it_leads_to(reader: Reader, mine: str, signed: str, typed: dict[str, str]):
    reader.send(signed + "letter/", typed | {"do": "send"})
    assert "Ada Lopez: su página" in reader.see(mine)
    reader.see(signed + "withdraw/")
    assert "Usted retiró su firma" in reader.see(reader.send(signed + "withdraw/"))
    reader.see(mine)
    reader.see(reader.send(signed + "confirm/"))
    reader.see(mine + "erase/")
    reader.see(reader.send(mine + "erase/"))
    reader.see(mine, status=404)


def test_a_signature_that_waits(reader: Reader, convention: Petition):
    mine = reader.link(sign(convention, updates_consent=True), AccessPurpose.MY_PAGE)
    reader.see(mine)
    assert "Su firma está en espera" in reader.see(f"{mine}petitions/{SLUG}/")


def test_choosing_mail(reader: Reader, mine: str):
    page = f"/es/u/{unsubscribing.word_of(Supporter.objects.get().pk)}/"
    for scope in ("updates", "all", "none"):
        reader.see(reader.send(page, {"scope": scope}))
        reader.see(reader.send(mine + "mail/", {"scope": scope}))
    reader.send(page, {"scope": "some"}, status=422)
    assert "novedades" in reader.post(page, {"List-Unsubscribe": "One-Click"}).content.decode()


@pytest.mark.parametrize("page", ["nothing/", "confirm/forged/", "not-me/forged/", "my/forged/", "unsubscribe/forged/"])
def test_what_is_not_there(reader: Reader, db: None, page: str):
    reader.see("/es/" + page, status=404)


def test_what_is_no_form(reader: Reader, convention: Petition):
    answer = reader.post(PAGE, "{}", content_type="application/json")
    assert answer.status_code == 415
    assert "Envíe esto como formulario" in answer.content.decode()


def test_what_breaks_on_our_side(reader: Reader, convention: Petition, monkeypatch: pytest.MonkeyPatch):
    def break_down(request: HttpRequest) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("campaign.public.views.petitions.client_network", break_down)
    reader.raise_request_exception = False
    assert "Algo falló de nuestro lado" in reader.send(PAGE, dict(factories.ADA), status=500)


def test_what_is_turned_away_at_the_door(reader: Reader, db: None):
    answer = reader.get("/es/petitions/%00/")
    page = answer.content.decode()
    assert (answer.status_code, '<html lang="es">' in page) == (400, True)
    assert english_in(heard_on(page)) == []


def test_without_a_database(reader: Reader, convention: Petition, monkeypatch: pytest.MonkeyPatch):
    def be_down(*args: object) -> None:
        raise OperationalError("the server is gone")

    reader.see(PAGE)
    monkeypatch.setattr("campaign.petitions.signing._write", be_down)
    monkeypatch.setattr("campaign.petitions.signing._gathering._write", be_down)
    answer = reader.sign(page=PAGE)
    assert answer.status_code == 503
    assert english_in(heard_on(answer.content.decode())) == []
