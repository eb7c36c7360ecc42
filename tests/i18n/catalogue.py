"""The Spanish catalogue, and what it knows about English sentences."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "locale" / "es" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%|(?<!\{)\{[a-z_]*\}(?!\})")
TAG = re.compile(r"</?[a-z]+[^>]*>")
_SHORTEST_SENTENCE = 3


def entries() -> polib.POFile:
    """What django.po says."""
    return polib.pofile(str(MESSAGES / "django.po"))


def spanish_of(entry: polib.POEntry) -> list[str]:
    """The translation, or all its plural forms."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def name_of(entry: polib.POEntry) -> tuple[str, str, str]:
    """What tells a text from all others."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


@cache
def english_sentences() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every English text of three words or more that has a Spanish one, with what finds it on a page."""
    return tuple(_patterns())


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for entry in entries():
        for english in filter(None, (entry.msgid, entry.msgid_plural)):
            parts = [re.escape(" ".join(part.split())) for part in PLACEHOLDER.split(TAG.sub("", english))]
            words = re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub(" ", TAG.sub(" ", english)))
            if len(words) >= _SHORTEST_SENTENCE and english not in spanish_of(entry):
                found = r"\s*.{1,200}?\s*".join(parts)
                yield english, re.compile(rf"(?<!\w){found}(?!\w)", re.DOTALL)
