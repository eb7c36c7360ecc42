"""From each page to the same page in the other language, for people and for search engines; and who speaks which."""

import json
import re

import pytest
from django.test import Client

from campaign.petitions.models import Petition
from campaign.supporters.models import AccessPurpose
from tests import factories
from tests.i18n.conftest import PAGE, SLUG, Reader, sign
from tests.public.conftest import Citizen

pytestmark = pytest.mark.django_db


def switch_on(page: str) -> tuple[str, str]:
    """Where the switch in the head of a page leads, and to which language."""
    found = re.findall(r'<a href="([^"]+)" lang="(\w\w)" hreflang="(\w\w)">', page)
    assert len(found) == 1
    assert found[0][1] == found[0][2]
    return found[0][0], found[0][1]


def title_of(page: str) -> str:
    return re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]


@pytest.mark.parametrize("page", ["/", f"/petitions/{SLUG}/", f"/petitions/{SLUG}/check-your-mail/", "/privacy/"])
def test_the_switch_leads_to_the_same_page_and_back(citizen: Citizen, convention: Petition, page: str):
    english = citizen.get(page).content.decode()
    assert switch_on(english) == (f"/es{page}", "es")
    spanish = citizen.get(f"/es{page}").content.decode()
    assert switch_on(spanish) == (page, "en")
    assert title_of(english) != title_of(spanish)


@pytest.mark.parametrize("end", ["", "letter/", "letters/", "withdraw/"])
def test_the_switch_keeps_what_a_mailed_link_opened(citizen: Citizen, signed: str, end: str):
    spanish = citizen.get(signed + end).content.decode()
    address, language = switch_on(spanish)
    assert (address, language) == (signed.removeprefix("/es") + end, "en")
    assert '<html lang="en">' in citizen.get(address).content.decode()


def test_the_switch_on_a_form_that_has_to_be_mended_leads_to_the_form(citizen: Citizen, convention: Petition):
    assert switch_on(citizen.post(PAGE, {}).content.decode()) == (PAGE.removeprefix("/es"), "en")


def test_a_link_from_a_spanish_mail_opens_in_both_languages(citizen: Citizen, convention: Petition):
    link = Reader().link(sign(convention), AccessPurpose.CONFIRM)
    for address, language in ((link, "es"), (link.removeprefix("/es"), "en")):
        assert f'<html lang="{language}">' in citizen.get(address).content.decode()


@pytest.mark.parametrize("page", ["/", f"/petitions/{SLUG}/", "/privacy/"])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_search_engines_find_all_languages(citizen: Citizen, convention: Petition, page: str, prefix: str):
    source = citizen.get(prefix + page).content.decode()
    found = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', source))
    assert (found["en"], found["es"]) == (f"http://testserver{page}", f"http://testserver/es{page}")
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', source)
    assert canonical in ([], [f"http://testserver{prefix}{page}"])


def test_the_address_says_the_language_and_not_the_browser(citizen: Citizen, convention: Petition):
    for address, language in ((PAGE, "es"), (PAGE.removeprefix("/es"), "en")):
        for spoken in ("es-MX,es;q=0.9", "en-US", "fr"):
            answer = citizen.get(address, headers={"Accept-Language": spoken})
            assert f'<html lang="{language}">' in answer.content.decode()
            assert answer["Content-Language"] == language


def test_a_petition_without_a_spanish_text_is_shown_as_it_is_with_a_spanish_form(citizen: Citizen, petition: Petition):
    page = citizen.get(f"/es/petitions/{petition.slug}/").content.decode()
    assert '<html lang="es">' in page
    assert '<div class="words" lang="en">' in page
    assert "Firme esta petición" in page


def test_partners_are_answered_in_the_language_they_ask_for(client: Client, riverkeepers: str, convention: Petition):
    address = f"/api/v1/petitions/{SLUG}/signatures"
    headers = {"Authorization": f"Bearer {riverkeepers}", "Accept-Language": "es-MX"}
    typed = factories.ADA | {"state": "WA"}
    answer = client.post(address, json.dumps(typed), content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Language"]) == (422, "es")
    assert answer.json()["errors"][0]["detail"].startswith("El código postal (ZIP) 97201 está en Oregon")
