"""Offering letter templates to constituents, and retiring them."""

import uuid
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from campaign.letters import placeholders
from campaign.letters.models import LetterTemplate
from campaign.lib.refusals import Refusal, Refused


@dataclass(frozen=True)
class Offer:
    """A letter template as an organizer wrote it."""

    language: str
    tone: str
    subject: str
    body: str
    position: int = 0


class ToneTaken(Exception):
    """The petition offers another template in this tone and language already."""


def faults(offer: Offer) -> list[Refusal]:
    """A refusal for everything in double braces that is no placeholder, in the subject and in the body."""
    return placeholders.faults("subject", offer.subject) + placeholders.faults("body", offer.body)


def offer(petition_id: uuid.UUID, offered: Offer) -> LetterTemplate:
    """A new template. The second time raises ToneTaken; a placeholder we don't know raises Refused."""
    _check(offered)
    try:
        with transaction.atomic():
            return LetterTemplate.objects.create(petition_id=petition_id, **asdict(offered))
    except IntegrityError as error:
        raise ToneTaken from error


def revise(template_id: int, offered: Offer) -> None:
    """Keep what was changed; letters that were written keep their own text. Twice is once. Raises as `offer` does."""
    _check(offered)
    try:
        with transaction.atomic():
            LetterTemplate.objects.filter(pk=template_id).update(**asdict(offered), updated_at=Now())
    except IntegrityError as error:
        raise ToneTaken from error


def retire(template_id: int) -> bool:
    """Nobody is offered it any more; letters written from it stay. The second time keeps the first moment: False."""
    return bool(LetterTemplate.objects.filter(pk=template_id, retired_at=None).update(retired_at=Now()))


def offer_again(template_id: int) -> bool:
    """Offer a retired template again; the second time: False. Raises ToneTaken when another has its tone by now."""
    try:
        with transaction.atomic():
            rows = LetterTemplate.objects.filter(pk=template_id, retired_at__isnull=False)
            return bool(rows.update(retired_at=None))
    except IntegrityError as error:
        raise ToneTaken from error


def _check(offered: Offer) -> None:
    if found := faults(offered):
        raise Refused(tuple(found))
