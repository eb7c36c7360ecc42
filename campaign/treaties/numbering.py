"""Numbering: which treaty document a treaty became when the Senate received it. An organizer decides, never a sync."""

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.legislators.terms import congress_on
from campaign.lib.refusals import Refusal, Refused
from campaign.organizers.models import Organizer
from campaign.treaties.models import Treaty
from campaign.treaties.querysets import TreatyQuerySet

log = structlog.get_logger(__name__)
# The first Congress whose treaties have numbers of this kind; older ones were renumbered from then on.
FIRST_CONGRESS = 81
LARGEST_NUMBER = 999


def number(treaty: Treaty, congress: int, document: int, by: Organizer) -> bool:
    """From now on the treaty is Treaty Document congress-document, and syncs follow it. The same again: False.

    Another number takes the place of the one before; the stages stay. Raises Refused: `congress_received`, `number`.
    """
    refusals = []
    if not FIRST_CONGRESS <= congress <= congress_on(timezone.now().date()):
        refusals.append(Refusal("congress_received", "no_congress", _("There is no such Congress yet, or no more.")))
    if not 1 <= document <= LARGEST_NUMBER:
        refusals.append(Refusal("number", "no_number", _("A treaty document has a number from 1 on.")))
    if refusals:
        raise Refused(tuple(refusals))
    others = Treaty.objects.filter(pk=treaty.pk).exclude(congress_received=congress, number=document)
    return _moved(treaty, by, others, congress_received=congress, number=document)


def unnumber(treaty: Treaty, by: Organizer) -> bool:
    """It was the wrong number: syncs look for the treaty again. The second time: False."""
    return _moved(
        treaty, by, Treaty.objects.filter(pk=treaty.pk).exclude(number=None), congress_received=None, number=None
    )


def _moved(treaty: Treaty, by: Organizer, rows: TreatyQuerySet, **numbers: int | None) -> bool:
    try:
        with transaction.atomic():
            moved = bool(rows.update(**numbers))
    except IntegrityError as error:
        raise Refused((Refusal("number", "taken", _("Another treaty has this number.")),)) from error
    if moved:
        log.info("treaty numbered", treaty=treaty.slug, organizer=by.pk, **numbers)
    return moved
