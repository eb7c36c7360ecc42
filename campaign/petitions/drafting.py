"""Drafting petitions, opening and closing them."""

import uuid
from dataclasses import asdict, dataclass

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from campaign.petitions.models import Petition, PetitionText
from campaign.treaties.models import Treaty

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wording:
    """A petition's words in one language."""

    language: str
    title: str
    target: str
    summary: str
    argument: str = ""
    other_side: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Draft:
    """A petition as an organizer wrote it: where it lives, how many shall sign, and what it says in English.

    A petition need not be about a treaty.
    """

    slug: str
    goal: int
    wording: Wording
    treaty: Treaty | None = None


class AddressTaken(Exception):
    """Another petition has this slug."""


@transaction.atomic
def begin(draft: Draft) -> Petition:
    """A new petition, not open yet. The second time raises AddressTaken, as for any slug that is in use."""
    try:
        with transaction.atomic():
            petition = Petition.objects.create(slug=draft.slug, goal=draft.goal, treaty=draft.treaty)
    except IntegrityError as error:
        raise AddressTaken from error
    word(petition.pk, draft.wording)
    return petition


@transaction.atomic
def revise(petition_id: uuid.UUID, draft: Draft) -> Petition:
    """Keep what was changed. A petition that was ever open keeps its slug, whatever the draft says: links lead to it.

    The second time changes nothing. Raises AddressTaken.
    """
    try:
        with transaction.atomic():
            Petition.objects.filter(pk=petition_id, opened_at=None).update(slug=draft.slug)
    except IntegrityError as error:
        raise AddressTaken from error
    Petition.objects.filter(pk=petition_id).update(goal=draft.goal, treaty=draft.treaty, updated_at=Now())
    word(petition_id, draft.wording)
    return Petition.objects.get(pk=petition_id)


def word(petition_id: uuid.UUID, wording: Wording) -> None:
    """Put the petition into a language, or its words there anew. Twice is once."""
    words = asdict(wording)
    language = words.pop("language")
    PetitionText.objects.update_or_create(petition_id=petition_id, language=language, defaults=words)


def unword(petition_id: uuid.UUID, language: str) -> bool:
    """Take a language away; readers get English. English itself stays, and the second time nothing is left: False."""
    if language == "en":
        return False
    return bool(PetitionText.objects.filter(petition_id=petition_id, language=language).delete()[0])


def open_to_all(petition_id: uuid.UUID) -> bool:
    """From now on everybody can read and sign it. The second time, and for a closed one, nothing changes: False."""
    rows = Petition.objects.filter(pk=petition_id, opened_at=None)
    return _moved("opened", petition_id, rows.update(opened_at=Now()))


def close(petition_id: uuid.UUID) -> bool:
    """From now on nobody can sign; all signatures stay, and ninety days later their people are forgotten.

    The second time keeps the first moment: False.
    """
    rows = Petition.objects.filter(pk=petition_id, opened_at__isnull=False, closed_at=None)
    return _moved("closed", petition_id, rows.update(closed_at=Now()))


def open_again(petition_id: uuid.UUID) -> bool:
    """A closed petition can be signed again, unless its people were forgotten: whoever signed could sign twice then.

    The second time, and for one that is not closed: False.
    """
    rows = Petition.objects.filter(pk=petition_id, closed_at__isnull=False, forgotten_at=None)
    return _moved("opened again", petition_id, rows.update(closed_at=None))


def _moved(what: str, petition_id: uuid.UUID, rows: int) -> bool:
    if rows:
        log.info(f"petition {what}", petition=str(petition_id))
    return bool(rows)
