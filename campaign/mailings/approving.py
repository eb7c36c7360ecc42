"""Approving a mailing: one organizer asks, another one approves exactly what they read, then it may be scheduled."""

import uuid
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

from campaign.delivery.models import Series
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings import audience, drafting, rendering
from campaign.mailings.drafting import NOTHING_ASKED
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer

log = structlog.get_logger(__name__)


def obstacles(mailing: Mailing) -> list[Refusal]:
    """Why it can be neither asked for nor approved as it stands; nothing where it can.

    Unknown fields with their places, links that lead nowhere, no postal address, nobody to write to.
    """
    found = drafting.faults(drafting.draft_of(mailing))
    for version in ("A", "B") if mailing.is_compared else ("A",):
        found += _faults_of(mailing, version)
    if not settings.POSTAL_ADDRESS:
        sentence = _(
            "The organization's postal address is not set. No mailing is sent without it: see docs/operations.md."
        )
        found.append(Refusal("approval", "no_postal_address", sentence))
    if mailing.petition.opened_at is None or mailing.petition.forgotten_at is not None:
        found.append(Refusal("approval", "no_signers", _("The petition has no signers to write to.")))
    elif not audience.is_anybody(mailing):
        found.append(Refusal("approval", "nobody", _("Nobody would get this. Choose more people.")))
    return found


def _faults_of(mailing: Mailing, version: str) -> list[Refusal]:
    """With the names of the form's fields: subject_a, body_b."""
    if not mailing.versions.filter(name=version).exists():
        return []
    try:
        rendering.compiled(rendering.Source.of(mailing, version))
    except Refused as refused:
        return [
            Refusal(f"{each.field}_{version.lower()}", each.code, each.detail, each.suggestion)
            for each in refused.refusals
        ]
    return []


@transaction.atomic
def ask(mailing_id: uuid.UUID, by: Organizer) -> bool:
    """Ask the others for approval. The second time, and for one that is approved: False. Raises Refused."""
    mailing = _locked(mailing_id)
    if not mailing.may_change or mailing.asked_at or mailing.approved_at:
        return False
    if found := obstacles(mailing):
        raise Refused(tuple(found))
    return _moved("asked for", mailing_id, by, _unstarted(mailing_id).update(asked_by=by, asked_at=Now()))


def may_approve(mailing: Mailing, by: Organizer) -> bool:
    """Whether it waits for approval and this organizer neither asked nor edited it last."""
    is_another = by.pk not in {mailing.asked_by_id, mailing.edited_by_id}
    return bool(mailing.may_change and mailing.asked_at and not mailing.approved_at and by.may_change and is_another)


@transaction.atomic
def approve(mailing_id: uuid.UUID, by: Organizer, seen: str) -> bool:
    """Another organizer says yes to what they read: `seen` is the digest of the page whose button they pressed.

    The second time: False. Raises Refused: for whoever asked or edited last, when it changed since it was read, and for
    whatever stands in its way.
    """
    mailing = _locked(mailing_id)
    if not mailing.may_change or mailing.approved_at or not mailing.asked_at:
        return False
    if not may_approve(mailing, by):
        raise _refused("same_person", _("Somebody else has to approve this: not who wrote it and not who asked."))
    if mailing.digest != seen:
        raise _refused("changed", _("This was changed since you opened the page. Please read it again."))
    if found := obstacles(mailing):
        raise Refused(tuple(found))
    changes = {
        "approved_by": by,
        "approved_at": Now(),
        "approved_digest": seen,
        "approved_title": mailing.petition_title,
    }
    return _moved("approved", mailing_id, by, _unstarted(mailing_id).filter(approved_at=None).update(**changes))


@transaction.atomic
def take_back(mailing_id: uuid.UUID, by: Organizer) -> bool:
    """Back to a draft: request, approval and schedule are gone. The second time, and once it started: False."""
    rows = _unstarted(mailing_id).exclude(asked_at=None)
    return _moved("taken back", mailing_id, by, rows.update(**NOTHING_ASKED))


@transaction.atomic
def schedule(mailing_id: uuid.UUID, at: datetime, by: Organizer) -> bool:
    """It starts then; a moment that has passed means at once. Again with another moment moves it; the same one: False.

    Raises Refused where it is not approved as it stands.
    """
    mailing = _locked(mailing_id)
    if not mailing.may_change:
        return False
    if not mailing.approved_at or mailing.digest != mailing.approved_digest:
        raise _refused("not_approved", _("It has to be approved first."))
    rows = _unstarted(mailing_id).exclude(scheduled_at=at)
    return _moved("scheduled", mailing_id, by, rows.update(scheduled_at=Greatest(at, Now()), scheduled_by=by))


@transaction.atomic
def unschedule(mailing_id: uuid.UUID) -> bool:
    """It waits for another moment; the approval stays. The second time, and once it started: False."""
    rows = _unstarted(mailing_id).exclude(scheduled_at=None)
    return bool(rows.update(scheduled_at=None, scheduled_by=None))


@transaction.atomic
def cancel(mailing_id: uuid.UUID, by: Organizer) -> bool:
    """It never goes, or nothing more of it. The second time, and when all of it has gone: False."""
    rows = Mailing.objects.filter(pk=mailing_id, cancelled_at=None, finished_at=None)
    is_cancelled = rows.update(cancelled_at=Now(), cancelled_by=by)
    if is_cancelled:
        Series.objects.end(mailing_id)
    return _moved("cancelled", mailing_id, by, is_cancelled)


def _locked(mailing_id: uuid.UUID) -> Mailing:
    """The row, held against edits until this is decided. Raises Mailing.DoesNotExist."""
    return Mailing.objects.select_for_update(of=("self",)).select_related("petition").get(pk=mailing_id)


def _unstarted(mailing_id: uuid.UUID) -> "QuerySet[Mailing]":
    return Mailing.objects.filter(pk=mailing_id, started_at=None, cancelled_at=None)


def _refused(code: str, sentence: Any) -> Refused:
    return Refused((Refusal("approval", code, sentence),))


def _moved(what: str, mailing_id: uuid.UUID, by: Organizer, rows: int) -> bool:
    if rows:
        log.info(f"mailing {what}", mailing=str(mailing_id), organizer=by.pk)
    return bool(rows)
