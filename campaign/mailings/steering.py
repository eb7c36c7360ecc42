"""Pausing a mailing that runs, and letting it go on."""

import uuid

import structlog

from campaign.delivery import posting
from campaign.delivery.models import Queue, Series
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer

log = structlog.get_logger(__name__)
PAUSED_BY_ORGANIZER = "paused"


def pause(mailing_id: uuid.UUID, by: Organizer) -> bool:
    """Nothing more of it leaves until somebody lets it go on. The second time, and where nothing runs: False."""
    is_running = Mailing.objects.under_way().filter(pk=mailing_id).exists()
    return _moved("paused", mailing_id, by, is_running and Series.objects.hold(mailing_id, PAUSED_BY_ORGANIZER))


def resume(mailing_id: uuid.UUID, by: Organizer) -> bool:
    """It goes on, whether people or a spike stopped it. The second time, and where nothing is held: False."""
    is_running = Mailing.objects.under_way().filter(pk=mailing_id).exists()
    is_moved = _moved("resumed", mailing_id, by, is_running and Series.objects.resume(mailing_id))
    if is_moved:
        posting.nudge(Queue.MAILINGS)
    return is_moved


def _moved(what: str, mailing_id: uuid.UUID, by: Organizer, is_moved: bool) -> bool:
    if is_moved:
        log.info(f"mailing {what}", mailing=str(mailing_id), organizer=by.pk)
    return is_moved
