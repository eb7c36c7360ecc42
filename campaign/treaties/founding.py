"""Founding the treaties that ship with the house. What organizers enter afterwards is theirs."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from campaign.treaties.models import StageChange, Treaty, TreatyText

SHIPPED = Path(__file__).parent / "shipped"


def shipped() -> list[Path]:
    """The folders of the treaties that ship with the house; a folder's name is the treaty's address."""
    return sorted(folder for folder in SHIPPED.iterdir() if folder.is_dir())


@transaction.atomic
def found_treaty(folder: Path) -> bool:
    """Create the treaty of a folder with its texts and what is known of its way. True where there was none.

    The second time, and where a treaty has that address, nothing is touched: False. Raises OSError or
    tomllib.TOMLDecodeError for a folder that cannot be read, ValidationError for a text or a stage that cannot be.
    """
    if Treaty.objects.filter(slug=folder.name).exists():
        return False
    facts = _read(folder / "treaty.toml")
    treaty, made = Treaty.objects.get_or_create(slug=folder.name)
    if made:
        _write(treaty, [TreatyText(language=language, **words) for language, words in texts_of(folder).items()])
        _write(treaty, [StageChange(**stage) for stage in facts["stages"]])
    return made


def texts_of(folder: Path) -> dict[str, dict[str, Any]]:
    """What the folder says, by language: one file a language, with the fields of TreatyText."""
    return {path.stem: _read(path) for path in sorted(folder.glob("??.toml"))}


def _write(treaty: Treaty, rows: list[TreatyText] | list[StageChange]) -> None:
    for row in rows:
        row.treaty = treaty
        row.full_clean(exclude=["treaty"])
        row.save()


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
