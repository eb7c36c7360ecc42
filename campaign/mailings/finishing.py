"""Finishing mailings that have gone, and telling the organizers of one that a spike stopped."""

import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation

from campaign.delivery import posting
from campaign.delivery.models import Delivery, Kind, Series
from campaign.delivery.recipes import Mail, Withheld, written
from campaign.lib import emails
from campaign.lib.locks import Job, alone
from campaign.mailings import starting
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer

log = structlog.get_logger(__name__)
PAUSED = "mailing_paused"
SPIKES = ("bounces", "complaints")
# Of a spike that shows when all of it has left its people are told as long: who is told is told once.
TOLD_FOR = timedelta(days=1)

# Two looks, each at an index of what moves only.
_MOVES = """
SELECT EXISTS (
  SELECT 1 FROM delivery_delivery WHERE series_id = %(id)s AND status IN ('queued', 'deferred')
) OR EXISTS (
  SELECT 1 FROM delivery_delivery
  WHERE series_id = %(id)s AND status IN ('claimed', 'handing_off') AND lease_until IS NOT NULL
)
"""


@transaction.atomic
def finish() -> int:
    """Mark what has gone as finished, how many, and tell of what a spike holds. Twice, and two at once, is once."""
    if not alone(Job.FINISHING_MAILINGS):
        return 0
    for mailing in _spiking():
        _tell_of_spike(mailing)
    running = Mailing.objects.under_way()
    return sum(_finish(mailing.pk) for mailing in running if _is_queued(mailing) and not _moves(mailing.pk))


def _is_queued(mailing: Mailing) -> bool:
    """All of it: the sample, and the rest where there is one."""
    return mailing.queued_at is not None and not mailing.waits_for_choice and (starting.part_to_queue(mailing) is None)


def _moves(mailing_id: uuid.UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, {"id": mailing_id})
        return bool(cursor.fetchone()[0])


def _finish(mailing_id: uuid.UUID) -> bool:
    is_finished = bool(Mailing.objects.under_way().filter(pk=mailing_id).update(finished_at=Now()))
    if is_finished:
        log.info("mailing finished", mailing=str(mailing_id))
    return is_finished


def _spiking() -> list[Mailing]:
    """Held by a spike: while it runs, and also when all of it has left, for complaints come late."""
    since = Q(finished_at=None) | Q(series__held_at__gt=Now() - TOLD_FOR)
    held = Mailing.objects.filter(since, cancelled_at=None, series__held_reason__in=SPIKES)
    return list(held.select_related("series"))


def _tell_of_spike(mailing: Mailing) -> None:
    """Once for each hold and organizer: the key holds the moment."""
    series = mailing.series
    if series is None or series.held_at is None:
        return
    people = Organizer.objects.filter(pk__in={mailing.edited_by_id, mailing.asked_by_id, mailing.approved_by_id})
    for organizer in people.filter(is_active=True):
        posting.post(
            posting.Envelope(
                key=f"{PAUSED}:{mailing.pk}:{int(series.held_at.timestamp())}:{organizer.pk}",
                kind=Kind.RECEIPT,
                recipe=PAUSED,
                mailbox=emails.mailbox_id(organizer.email),
                about={"mailing": str(mailing.pk), "organizer": str(organizer.pk)},
            )
        )


def mail_of(delivery: Delivery) -> Mail | Withheld:
    """The recipe of the mail that says why a mailing stands still, or what came back after all of it had left."""
    mailing = Mailing.objects.select_related("series").filter(pk=delivery.about["mailing"]).first()
    organizer = Organizer.objects.filter(pk=delivery.about["organizer"], is_active=True).first()
    series: Series | None = mailing.series if mailing else None
    if mailing is None or organizer is None or series is None or not series.held_at or series.ended_at:
        return Withheld("goes on already")
    if series.held_reason not in SPIKES:
        return Withheld("somebody looked")
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.SITE_URL + reverse("dashboard:mailing", args=[mailing.pk])
    context = {"mailing": mailing, "reason": series.held_reason, "url": url}
    return Mail(to=organizer.email, **written(PAUSED, language, context))
