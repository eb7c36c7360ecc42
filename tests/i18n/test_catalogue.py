"""The Spanish catalogue is whole: nothing missing, nothing guessed, nothing broken, and compiled."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.i18n.catalogue import MESSAGES, PLACEHOLDER, ROOT, TAG, entries, name_of, spanish_of


def marks(text: str) -> list[str]:
    """Placeholders and tags, in any order: Spanish may put them elsewhere."""
    return sorted(PLACEHOLDER.findall(text) + TAG.findall(text))


def test_every_text_has_its_spanish_and_none_is_a_guess():
    missing = [name_of(entry) for entry in entries() if not all(spanish_of(entry)) or entry.fuzzy]
    assert missing == []
    assert not entries().metadata_is_fuzzy


def test_plural_texts_have_all_forms():
    forms = int(re.findall(r"nplurals=(\d)", entries().metadata["Plural-Forms"])[0])
    assert {len(spanish_of(entry)) for entry in entries() if entry.msgid_plural} == {forms}


def test_what_runs_is_exactly_what_was_written():
    compiled = polib.mofile(str(MESSAGES / "django.mo"))
    assert {name_of(entry): spanish_of(entry) for entry in compiled} == {
        name_of(entry): spanish_of(entry) for entry in entries()
    }
    assert compiled.metadata["Plural-Forms"] == entries().metadata["Plural-Forms"]


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry.msgid[:60]) for entry in entries() if marks(entry.msgid)]
)
def test_placeholders_and_tags_survive(entry: polib.POEntry):
    *others, last = spanish_of(entry)
    assert marks(last) == marks(entry.msgid_plural or entry.msgid)
    for form in others:
        assert marks(form) in (marks(entry.msgid), marks(entry.msgid_plural))


def test_white_space_at_the_ends_and_final_marks_agree():
    for entry in entries():
        english = entry.msgid
        for spanish in spanish_of(entry):
            assert (spanish[:1].isspace(), spanish[-1:].isspace()) == (english[:1].isspace(), english[-1:].isspace())
            assert not english.endswith((".", ":", "?", "…")) or spanish[-1] == english[-1], english


def test_the_voice_is_calm_and_says_usted():
    familiar = re.compile(
        r"\b(?:tú|tu|tus|ti|contigo|tuyo|tuya|vos|vosotros|vuestr\w+|haz|puedes|quieres|tienes)\b", re.I
    )
    for entry in entries():
        for spanish in spanish_of(entry):
            assert "!" not in spanish
            assert "¡" not in spanish
            assert not familiar.search(spanish), spanish


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (r"\bZIP code", r"\bcódigos? postal(es)? \(ZIP\)"),
        (r"\bpetitions?\b", r"\bpetici(ón|ones)\b"),
        (r"\bsenators?\b", r"\bsenador|\bSenado\b|\bvotan en este estado\b"),
        (r"\btreaty\b", r"\btratado\b"),
        (r"\bseats?\b", r"\bescaños?\b"),
        (r"\bmailings?\b", r"\bbolet(ín|ines)\b"),
        (r"\bmailroom\b", r"\bsala de correo\b"),
        (r"\bdeliver(y|ies)\b", r"\benvíos?\b"),
        (r"\bqueues?\b", r"\bcolas?\b"),
        (r"\bupdates?\b", r"\bnovedades\b"),
        (r"\bunsubscribed\b", r"\bbajas?\b"),
    ],
)
def test_one_word_stands_for_one_thing(english: str, spanish: str):
    for entry in entries():
        if re.search(english, PLACEHOLDER.sub("", entry.msgid)):
            for form in spanish_of(entry):
                assert re.search(spanish, form, re.IGNORECASE), entry.msgid


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext, as `make messages` does")
def test_nobody_added_a_text_without_make_messages(tmp_path: Path):
    for part in ("campaign", "embedded", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "es", "--no-location", "--verbosity", "0"]
    subprocess.run(command, cwd=tmp_path, check=True, env={"PATH": os.environ["PATH"]})
    found = polib.pofile(str(tmp_path / "locale/es/LC_MESSAGES/django.po"))
    assert {name_of(entry) for entry in found} == {name_of(entry) for entry in entries()}
