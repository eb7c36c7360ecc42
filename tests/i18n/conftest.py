"""The first petition in both languages, and Ada, who reads Spanish."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpResponse

from campaign.legislators.models import Office, Seat
from campaign.letters.founding import found_letter_templates
from campaign.petitions import founding
from campaign.petitions.models import Petition, Signature
from campaign.petitions.signing import Origin
from campaign.supporters.models import AccessPurpose
from tests import factories
from tests.i18n.reading import english_in, heard_on
from tests.public.conftest import Citizen

SLUG = "un-cybercrime-convention"
PAGE = f"/es/petitions/{SLUG}/"
LETTER = "Le pido que niegue su consentimiento a este tratado, y estas son mis razones."


class Reader(Citizen):
    """A browser under /es/. Whatever page it opens is in Spanish, or the story ends there."""

    def see(self, address: str, status: int = 200) -> str:
        """Open a page."""
        return self._read(self.get(address), address, status)

    def send(self, address: str, typed: Mapping[str, str] | None = None, status: int = 303) -> str:
        """Post a form; answers the page, or where it leads."""
        answer = self.post(address, typed or {})
        if status == 303:
            assert (answer.status_code, answer["Location"][:4]) == (303, "/es/"), address
            return answer["Location"]
        return self._read(answer, address, status)

    def link(self, signature: Signature, purpose: AccessPurpose) -> str:
        """The address that was mailed to somebody who signed in Spanish."""
        return "/es" + super().link(signature, purpose)

    def _read(self, answer: HttpResponse, address: str, status: int) -> str:
        page = answer.content.decode()
        assert answer.status_code == status, address
        assert '<html lang="es">' in page, address
        assert answer["Content-Language"] == "es", address
        heard = heard_on(page)
        assert english_in(heard) == [], address
        return heard


@pytest.fixture
def reader() -> Reader:
    """Ada's browser."""
    return Reader()


@pytest.fixture
def citizen() -> Citizen:
    """Anybody's browser."""
    return Citizen()


@pytest.fixture
def convention(db: None) -> Petition:
    """The first petition and its letters, in both languages."""
    founding.found_petition(founding.shipped()[0])
    found_letter_templates()
    return Petition.objects.get(slug=SLUG)


def sign(petition: Petition, typed: Mapping[str, Any] = factories.ADA, **changes: Any) -> Signature:
    """Somebody signs on the Spanish page."""
    return factories.sign(petition, typed, origin=Origin(language="es"), **changes)


def sign_and_confirm(petition: Petition, typed: Mapping[str, Any] = factories.ADA, **changes: Any) -> Signature:
    """Somebody signs on the Spanish page and presses the button."""
    return factories.sign_and_confirm(petition, typed, origin=Origin(language="es"), **changes)


@pytest.fixture
def mine(reader: Reader, convention: Petition) -> str:
    """The address of Ada's own page."""
    return reader.link(sign_and_confirm(convention), AccessPurpose.MY_PAGE)


@pytest.fixture
def signed(mine: str) -> str:
    """The address of Ada's signature."""
    return f"{mine}petitions/{SLUG}/"


@pytest.fixture
def seats() -> list[Seat]:
    """Oregon's in the Senate."""
    return list(Seat.objects.senate().filter(state="OR").order_by("senate_class"))


@pytest.fixture
def typed(seats: list[Seat]) -> dict[str, str]:
    """A letter to each of Ada's senators."""
    subjects = {f"subject-{seat.pk}": "Niegue su consentimiento" for seat in seats}
    return subjects | {f"body-{seat.pk}": LETTER for seat in seats}


def give_addresses(*, sandbox: bool = False) -> None:
    """Oregon's offices get mail; in the demo at sandbox addresses."""
    if sandbox:
        Office.objects.give_sandbox_addresses("sandbox.example")
        return
    for office in Office.objects.filter(legislator__terms__seat__state="OR", legislator__terms__closed_on=None):
        office.enter_email(f"office{office.pk}@senate.example", "olive@example.org")
