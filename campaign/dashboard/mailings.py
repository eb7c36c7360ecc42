"""Mailings at a glance, and one of them: the steps before it leaves, and how far it is afterwards.

While a mailing runs its page reads what a job counted; it never counts deliveries itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from campaign.dashboard import mailings_telling as telling
from campaign.dashboard import mailings_times as times
from campaign.dashboard.mailings_finding import BEFORE_START, OVER, find, with_all
from campaign.dashboard.mailings_reading import Reading
from campaign.dashboard.permissions import DeskRequest, for_viewers
from campaign.delivery.models import Queue, QueueHold
from campaign.lib.kept import Kept
from campaign.mailings import approving, comparing
from campaign.mailings import audience as audiences
from campaign.mailings.models import Mailing, Stage
from campaign.mailings.progress import arms_of, progress_of
from campaign.organizers.models import Organizer

MOST_MAILINGS = 100


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    mailing: Mailing
    petition: str
    status: Stage
    audience: int | None
    accepted: int
    what: str
    at: datetime
    by: Organizer | None


def _count_anew(key: tuple[UUID, datetime]) -> int | None:
    found = Mailing.objects.select_related("petition", "partner").filter(pk=key[0]).first()
    return audiences.size(found) if found else None


# The list says how many each draft would go to; its own page counts them exactly, each time.
_sizes: Kept[tuple[UUID, datetime], int | None] = Kept(_count_anew, seconds=60)


@require_safe
@for_viewers
def index(request: DeskRequest) -> HttpResponse:
    """The newest first: where each stands, how many people it goes to, since when and by whom."""
    found = list(with_all().annotate(in_batches=Sum("batches__size"))[: MOST_MAILINGS + 1])
    rows = [_row(mailing) for mailing in found[:MOST_MAILINGS]]
    context = {"rows": rows, "most": MOST_MAILINGS, "is_cut": len(found) > MOST_MAILINGS}
    return render(request, "dashboard/mailings.html", context)


def _row(mailing: Any) -> Row:
    """The queryset's rows carry how many were queued."""
    what, at, by = _latest(mailing)
    audience = mailing.in_batches or 0
    if mailing.started_at is None:
        audience = None if mailing.cancelled_at else _sizes.get((mailing.pk, mailing.edited_at))
    return Row(
        mailing=mailing,
        petition=mailing.petition.text_in().title,
        status=mailing.status,
        audience=audience,
        accepted=mailing.series.counted("accepted") if mailing.series else 0,
        what=what,
        at=at,
        by=by,
    )


def _latest(mailing: Mailing) -> tuple[str, datetime, Organizer | None]:
    """What happened to it last, or will happen next."""
    moments = (
        (_("cancelled"), mailing.cancelled_at, mailing.cancelled_by),
        (_("finished"), mailing.finished_at, mailing.scheduled_by),
        (_("started"), mailing.started_at, mailing.scheduled_by),
        (_("leaves"), mailing.approved_at and mailing.scheduled_at, mailing.scheduled_by),
        (_("approved"), mailing.approved_at, mailing.approved_by),
        (_("asked for approval"), mailing.asked_at, mailing.asked_by),
    )
    for what, at, by in moments:
        if at:
            return what, at, by
    return pgettext("a mailing", "changed"), mailing.edited_at, mailing.edited_by


@require_safe
@for_viewers
def show(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Before it leaves: its steps. Afterwards: how far it is, and what can be done. Viewers get the numbers."""
    mailing = find(pk)
    context = {
        "mailing": mailing,
        "status": mailing.status,
        "petition_title": mailing.petition.text_in().title,
        "whom": telling.whom(mailing),
        "before_start": BEFORE_START,
        "is_over": mailing.status in OVER,
    }
    if request.user.may_change:
        context["readings"] = Reading.of_all(mailing)
    if mailing.started_at:
        context |= _far(mailing) | {"held": telling.held(mailing), "rule": comparing.RULE}
        context["queue_is_held"] = QueueHold.objects.filter(queue=Queue.MAILINGS).exists()
    else:
        context |= _before(mailing, request.user)
    return render(request, "dashboard/mailing.html", context)


def _before(mailing: Mailing, organizer: Organizer) -> dict[str, object]:
    if mailing.cancelled_at:
        return {}
    size = audiences.size(mailing)
    context: dict[str, object] = {"audience": size}
    if organizer.may_change:
        context |= {
            "why_not_ask": [refusal.detail for refusal in approving.obstacles(mailing)],
            "why_not_approve": telling.why_not_approve(mailing, organizer),
            "clocks": times.clocks(mailing.scheduled_at) if mailing.scheduled_at else "",
        }
    return context


def _far(mailing: Mailing) -> dict[str, object]:
    progress = progress_of(mailing)
    arms = arms_of(mailing) if mailing.is_compared else []
    subjects = {version.name: version.subject for version in mailing.versions.all()}
    return {
        "status": mailing.status,
        "progress": progress,
        "sentence": telling.how_far(mailing, progress),
        "done": progress.audience - progress.waiting,
        "shares": {
            name: _share(getattr(progress, name), progress.accepted)
            for name in ("bounced", "complained", "unsubscribed")
        },
        "verdict": telling.verdict(mailing, arms) if arms else "",
        "arms": [(arm, subjects.get(arm.name, "")) for arm in arms],
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0.00"


@require_safe
@for_viewers
def progress(request: DeskRequest, pk: UUID) -> HttpResponse:
    """The numbers alone, as a fragment for the page that shows them. 404 before it begins."""
    mailing = get_object_or_404(with_all().prefetch_related("versions").exclude(started_at=None), pk=pk)
    return render(request, "dashboard/mailing_progress.html", {"mailing": mailing} | _far(mailing))
