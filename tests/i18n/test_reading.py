"""The reader of these stories does see what is English: what it passes is Spanish."""

import pytest

from campaign.petitions.models import Petition
from tests.i18n.conftest import PAGE
from tests.i18n.reading import english_in, heard_on
from tests.public.conftest import Citizen


@pytest.mark.parametrize(
    "text",
    [
        "Now check your mail",
        "Su firma. You have not confirmed it yet. After you press the button your name counts.",
        "12 confirmed signatures are kept.",
        "Thank you, Ada. You have signed:",
        "A new sentence that nobody marked for translation.",
    ],
)
def test_english_is_seen(text: str):
    assert english_in(text)


@pytest.mark.parametrize(
    "text", ["Ahora revise su correo", "District of Columbia", "http://testserver/es/not-me/for/you/", "Ron Wyden: no"]
)
def test_spanish_names_and_addresses_are_let_through(text: str):
    assert english_in(text) == []


def test_labels_and_hints_are_heard_and_what_is_marked_as_english_is_not():
    page = (
        '<html lang="es"><title>Uno</title><meta name="description" content="Dos"><a aria-label="Tres">Cuatro</a>'
        '<script>five()</script><p lang="en">Six <b>seven</b></p><form data-keep="Ocho"><br>Nueve</form></html>'
    )
    assert heard_on(page) == "Uno Dos Tres Cuatro Ocho Nueve"


@pytest.mark.django_db
def test_the_english_pages_would_not_pass(citizen: Citizen, convention: Petition):
    for address in ("/", PAGE, PAGE + "check-your-mail/", "/privacy/"):
        page = citizen.get(address.removeprefix("/es")).content.decode().replace('lang="en"', 'lang="es"')
        assert len(english_in(heard_on(page))) > 10, address
