"""The first petition comes with the house, once, and belongs to the organizers from then on."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaign.petitions import founding
from campaign.petitions.models import Petition, PetitionText
from campaign.treaties import founding as treaties
from campaign.treaties.models import Treaty
from tests import factories

SLUG = "un-cybercrime-convention"
FOLDER = founding.SHIPPED / SLUG
TREATY = treaties.SHIPPED / SLUG
LANGUAGES = ("en", "es")
PARTS = ("summary", "argument", "other_side", "standing")
SOURCES = ("docs.un.org/", "treaties.un.org/", "senate.gov/")


def test_the_first_petition_is_founded_open_with_a_text_in_each_language(db):
    assert founding.found_petition(FOLDER) is True
    petition = Petition.objects.open().get(slug=SLUG)
    assert petition.goal == 10_000
    assert {text.language for text in petition.texts.all()} == set(LANGUAGES)
    assert petition.text_in("en").title == "Senators: withhold consent to the UN Cybercrime Convention"


def test_founding_twice_changes_nothing(db):
    founding.found_petition(FOLDER)
    before = list(Petition.objects.values()), list(PetitionText.objects.values())
    assert founding.found_petition(FOLDER) is False
    assert (list(Petition.objects.values()), list(PetitionText.objects.values())) == before


def test_founding_again_costs_one_query(db, django_assert_max_num_queries):
    treaties.found_treaty(TREATY)
    founding.found_petition(FOLDER)
    with django_assert_max_num_queries(3):  # one between a savepoint and its release
        founding.found_petition(FOLDER)


def test_the_first_petition_is_about_its_treaty(db):
    treaties.found_treaty(TREATY)
    founding.found_petition(FOLDER)
    assert Petition.objects.get().treaty == Treaty.objects.get(slug=SLUG)


def test_a_petition_from_before_treaties_is_linked_and_nothing_else_is_touched(db):
    founding.found_petition(FOLDER)
    Petition.objects.update(goal=50_000)
    treaties.found_treaty(TREATY)
    assert founding.found_petition(FOLDER) is True
    petition = Petition.objects.get()
    assert (petition.treaty, petition.goal) == (Treaty.objects.get(), 50_000)
    assert founding.found_petition(FOLDER) is False


def test_what_an_organizer_changed_stays(db):
    founding.found_petition(FOLDER)
    Petition.objects.update(goal=50_000, closed_at=timezone.now())
    PetitionText.objects.filter(language="en").update(title="Hold the line")
    PetitionText.objects.filter(language="es").delete()
    assert founding.found_petition(FOLDER) is False
    petition = Petition.objects.get()
    assert (petition.goal, petition.is_open, petition.text_in("es").title) == (50_000, False, "Hold the line")


def test_a_petition_that_moved_to_another_address_is_not_founded_again(db):
    founding.found_petition(FOLDER)
    Petition.objects.update(slug="hold-the-line")
    assert founding.found_petition(FOLDER) is False
    assert founding.founded_as(SLUG) == Petition.objects.get()


def test_a_petition_that_an_organizer_made_at_the_address_is_left_alone(db):
    treaties.found_treaty(TREATY)
    factories.make_petition(SLUG, title="Ours")
    assert founding.found_petition(FOLDER) is False
    assert founding.founded_as(SLUG) is None
    assert Petition.objects.get().treaty is None
    assert PetitionText.objects.get().title == "Ours"


def test_a_folder_with_a_title_that_is_too_long_founds_nothing(db, tmp_path: Path):
    folder = tmp_path / "too-long"
    shutil.copytree(FOLDER, folder)
    (folder / "en.toml").write_text((folder / "en.toml").read_text().replace('title = "', 'title = "' + "x" * 160))
    with pytest.raises(ValidationError):
        founding.found_petition(folder)
    assert not Petition.objects.exists()


def test_a_folder_that_cannot_be_read_founds_nothing(db, tmp_path: Path):
    folder = tmp_path / "broken"
    shutil.copytree(FOLDER, folder)
    (folder / "es.toml").write_text("title = ")
    with pytest.raises(tomllib.TOMLDecodeError):
        founding.found_petition(folder)
    assert not Petition.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_text_has_every_part_within_its_limit(language):
    content = founding.texts_of(FOLDER)[language]
    text = PetitionText(language=language, **content)
    text.clean_fields(exclude=["petition"])
    for part in ("title", "target", *PARTS):
        assert 0 < len(content[part]) <= PetitionText._meta.get_field(part).max_length, part
    assert "\n" not in text.summary


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_text_links_its_sources_safely_and_says_of_when_it_is(language):
    content = founding.texts_of(FOLDER)[language]
    whole = "\n".join(content[part] for part in PARTS)
    links = re.findall(r"\]\(([^)\s]+)\)", whole)
    assert all(link.startswith("https://") for link in links)
    for source in SOURCES:
        assert any(source in link for link in links), source
    assert "23 November 2026" in content["standing"] or "23 de noviembre de 2026" in content["standing"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_state_the_same_facts_in_a_calm_voice(language):
    content = founding.texts_of(FOLDER)[language]
    whole = "\n".join(content[part] for part in PARTS)
    for article in (2, 6, 7, 24, 29, 30, 35, 37, 40, 64, 65):
        assert re.search(rf"\b{article}\b", whole), article
    for fact in ("79/243", "2024", "67", "34", "72", "31", "40", "90"):
        assert fact in whole
    assert "!" not in whole
    assert "<" not in whole


def test_a_petition_need_not_be_about_a_treaty(db, tmp_path):
    folder = tmp_path / "another-matter"
    folder.mkdir()
    (folder / "petition.toml").write_text("goal = 5")
    (folder / "en.toml").write_text((FOLDER / "en.toml").read_text())
    assert founding.found_petition(folder) is True
    assert Petition.objects.get(slug="another-matter").treaty is None
    assert founding.found_petition(folder) is False
