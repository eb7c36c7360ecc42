"""Founding the letter templates that ship with the house, under the petitions that do."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from campaign.letters import placeholders
from campaign.letters.models import LetterTemplate
from campaign.petitions import founding
from campaign.petitions.models import Petition

SHIPPED = Path(__file__).parent / "shipped"


def found_letter_templates() -> int:
    """Create the letter templates of the shipped petitions; how many were made.

    A petition that has a template already, be it a retired one, is not touched: what organizers made of them stays, and
    the second time makes none. Raises ValidationError for a subject that is too long or an unknown placeholder.
    """
    return sum(_found(folder) for folder in sorted(SHIPPED.iterdir()) if folder.is_dir())


def templates_of(folder: Path) -> list[dict[str, Any]]:
    """What the folder offers: language, tone, subject, body and position of each."""
    found = []
    for path in sorted(folder.glob("??.toml")):
        with path.open("rb") as file:
            letters = tomllib.load(file)["letter"]
        found += [{"language": path.stem, "position": place, **letter} for place, letter in enumerate(letters)]
    return found


@transaction.atomic
def _found(folder: Path) -> int:
    petition = founding.founded_as(folder.name)
    if petition is None or petition.letter_templates.exists():
        return 0
    # Of two that found at the same moment the second waits here, and then sees what the first made.
    Petition.objects.select_for_update().get(pk=petition.pk)
    if petition.letter_templates.exists():
        return 0
    made = [LetterTemplate(petition=petition, **content) for content in templates_of(folder)]
    for template in made:
        _check(template)
        template.save()
    return len(made)


def _check(template: LetterTemplate) -> None:
    template.full_clean(exclude=["petition"])
    for field, text in (("subject", template.subject), ("body", template.body)):
        if placeholders.faults(field, text):
            raise ValidationError({field: f"unknown placeholder in {template}"})
