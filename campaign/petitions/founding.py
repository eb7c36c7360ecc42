"""Founding the petitions that ship with the house. What an organizer makes of one afterwards is theirs."""

import tomllib
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from campaign.petitions.models import Petition, PetitionText
from campaign.treaties.models import Treaty

SHIPPED = Path(__file__).parent / "shipped"
# A shipped petition keeps this id when an organizer changes its address, so that it is not founded again beside itself.
_SHIPPED_WITH_US = uuid.UUID("6d1f6f7e-0c55-4f5b-9a39-6a0c4e2a79f3")


def shipped() -> list[Path]:
    """The folders of the petitions that ship with the house; a folder's name is the petition's address."""
    return sorted(folder for folder in SHIPPED.iterdir() if folder.is_dir())


def founded_as(slug: str) -> Petition | None:
    """The shipped petition that was founded under this address, wherever it stands now."""
    return Petition.objects.filter(pk=_id_of(slug)).first()


@transaction.atomic
def found_petition(folder: Path) -> bool:
    """Create the petition of a folder with its texts, open at once and linked to its treaty. True where there was none.

    The second time nothing is touched, unless the petition is of the days before the house knew treaties: then it is
    linked, and that is all. Where an organizer has a petition at that address: False. Raises OSError or
    tomllib.TOMLDecodeError for a folder that cannot be read, ValidationError for a language or a title that cannot be.
    """
    facts = _read(folder / "petition.toml")
    shipped_id = _id_of(folder.name)
    there = dict(Petition.objects.filter(Q(pk=shipped_id) | Q(slug=folder.name)).values_list("pk", "treaty"))
    if there:
        return there.get(shipped_id, "not ours") is None and _link(shipped_id, facts)
    petition, made = Petition.objects.get_or_create(
        pk=shipped_id,
        defaults={"slug": folder.name, "goal": facts["goal"], "treaty": _treaty_of(facts), "opened_at": Now()},
    )
    if made:
        for language, content in texts_of(folder).items():
            text = PetitionText(petition=petition, language=language, **content)
            text.full_clean(exclude=["petition"])
            text.save()
    return made


def texts_of(folder: Path) -> dict[str, dict[str, Any]]:
    """What the folder says, by language: one file a language, with the fields of PetitionText."""
    return {path.stem: _read(path) for path in sorted(folder.glob("??.toml"))}


def _treaty_of(facts: dict[str, Any]) -> Treaty | None:
    """The treaty that a petition names. It need not be about one."""
    return Treaty.objects.filter(slug=facts.get("treaty", "")).first()


def _link(petition_id: uuid.UUID, facts: dict[str, Any]) -> bool:
    """Link a petition of the days before the house knew treaties. Once linked, or without the treaty: False."""
    found = _treaty_of(facts)
    return bool(found and Petition.objects.filter(pk=petition_id, treaty=None).update(treaty=found))


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _id_of(slug: str) -> uuid.UUID:
    return uuid.uuid5(_SHIPPED_WITH_US, slug)
