"""Marks in texts that organizers write: `{{name}}` or `{{name|fallback}}`, from a fixed list, parsed once, no logic."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INSIDE = re.compile(r"\s*([a-z_]+)\s*(?:\|([^{}|]*))?")
_STRAY = re.compile(r"\{\{|\}\}")
_WORD = re.compile(r"\s*([\w-]{1,40})")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes, and what stands there when it is empty. `at` counts characters from the beginning."""

    name: str
    fallback: str
    at: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Braces that are no mark of the list: an unknown name, or one that is never closed (then `name` is empty)."""

    name: str
    at: int


Part = str | Slot | Fault


class Place(NamedTuple):
    """Where something stands in a text, counted from 1 as editors do."""

    line: int
    column: int


def parts(template: str, names: Container[str]) -> list[Part]:
    """The text in pieces: words, slots and faults, in their order."""
    return list(_parts(template, names))


def faults(pieces: Sequence[Part]) -> list[Fault]:
    """What is wrong with it."""
    return [piece for piece in pieces if isinstance(piece, Fault)]


def place(template: str, at: int) -> Place:
    """The line and the column of a character."""
    return Place(template.count("\n", 0, at) + 1, at - (template.rfind("\n", 0, at) + 1) + 1)


def _parts(template: str, names: Container[str]) -> Iterator[Part]:
    end = 0
    for mark in _MARK.finditer(template):
        yield from _words(template[end : mark.start()], end)
        inside = _INSIDE.fullmatch(mark[1])
        if inside and inside[1] in names:
            yield Slot(inside[1], (inside[2] or "").strip(), mark.start())
        else:
            word = _WORD.match(mark[1])
            yield Fault(word[1] if word else "", mark.start())
        end = mark.end()
    yield from _words(template[end:], end)


def _words(words: str, begins: int) -> Iterator[Part]:
    stray = _STRAY.search(words)
    yield Fault("", begins + stray.start()) if stray else words
