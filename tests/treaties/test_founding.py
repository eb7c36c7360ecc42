"""The first treaty comes with the house, once, and belongs to the organizers from then on."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from campaign.treaties import founding, staging
from campaign.treaties.models import Position, Stage, StageChange, Treaty, TreatyText

SLUG = "un-cybercrime-convention"
FOLDER = founding.SHIPPED / SLUG


def rows() -> list[list[dict]]:
    return [list(model.objects.values()) for model in (Treaty, TreatyText, StageChange)]


def test_the_first_treaty_is_founded_with_its_texts_and_where_it_stands(db):
    assert founding.shipped() == [FOLDER]
    assert founding.found_treaty(FOLDER) is True
    treaty = Treaty.objects.with_story().get(slug=SLUG)
    assert (treaty.stage, treaty.document) == (Stage.NOT_SIGNED, "")
    assert treaty.current_change.source_url.startswith("https://")
    assert {text.language for text in treaty.texts.all()} == {"en", "es"}
    assert treaty.text_in("en").short_title == "UN Cybercrime Convention"
    assert not Position.objects.exists(), "nobody's position is known by shipping"


def test_founding_twice_changes_nothing_and_costs_one_query(db, django_assert_max_num_queries):
    founding.found_treaty(FOLDER)
    before = rows()
    with django_assert_max_num_queries(3):  # one between a savepoint and its release
        assert founding.found_treaty(FOLDER) is False
    assert rows() == before


def test_what_an_organizer_changed_stays(db, olive):
    founding.found_treaty(FOLDER)
    staging.retract(StageChange.objects.get(), olive)
    TreatyText.objects.filter(language="es").delete()
    TreatyText.objects.update(short_title="Ours")
    before = rows()
    assert founding.found_treaty(FOLDER) is False
    assert rows() == before


@pytest.mark.parametrize(
    ("file", "was", "becomes", "error"),
    [
        ("en.toml", 'short_title = "', 'short_title = "' + "x" * 120, ValidationError),
        ("treaty.toml", 'stage = "not_signed"', 'stage = "sunk"', ValidationError),
        ("treaty.toml", "https://", "javascript:", ValidationError),
        ("es.toml", "title = ", "title = = ", tomllib.TOMLDecodeError),
    ],
)
def test_a_folder_that_cannot_be_founds_nothing(db, tmp_path: Path, file, was, becomes, error):
    folder = tmp_path / "broken"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text()
    assert was in text
    (folder / file).write_text(text.replace(was, becomes, 1))
    with pytest.raises(error):
        founding.found_treaty(folder)
    assert rows() == [[], [], []]


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_languages_state_the_same_facts_and_link_their_sources(language):
    content = founding.texts_of(FOLDER)[language]
    TreatyText(language=language, **content).clean_fields(exclude=["treaty"])
    for fact in ("79/243", "24", "2024", "25", "26", "2025", "72"):
        assert fact in content["summary"], fact
    links = re.findall(r"\]\(([^)\s]+)\)", content["summary"])
    assert links
    assert all(link.startswith("https://") for link in links)
    assert "\n" not in content["summary"]
