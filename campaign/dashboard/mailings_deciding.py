"""What is decided about a mailing: whether and when it leaves, stops, goes on or ends, and which version wins.

What can't be undone is done in two steps: GET says what it does and to how many people, POST does it. Every second
POST changes nothing and says so.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaign.dashboard import mailings_telling as telling
from campaign.dashboard import mailings_times as times
from campaign.dashboard.mailings_finding import find
from campaign.dashboard.mailings_reading import Reading
from campaign.dashboard.mailings_telling import Sure
from campaign.dashboard.mailings_times import When
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.lib.refusals import Refused
from campaign.mailings import approving, comparing, steering
from campaign.mailings import audience as audiences
from campaign.mailings.models import Mailing
from campaign.mailings.progress import progress_of


def _do(request: DeskRequest, pk: UUID, deed: Callable[[], bool], said: str) -> HttpResponse:
    """Do it, say what happened, and go back to the mailing."""
    try:
        moved = deed()
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, str(refusal.detail))
    else:
        messages.success(request, said if moved else _("Nothing changed."))
    return redirect("dashboard:mailing", pk)


def _ask_or_do(request: DeskRequest, mailing: Mailing, sure: Sure, deed: Callable[[], bool], said: str) -> HttpResponse:
    if request.method == "POST":
        return _do(request, mailing.pk, deed, said)
    return render(request, "dashboard/mailing_sure.html", {"mailing": mailing, "sure": sure})


@require_POST
@for_organizers
def ask(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Ask a second organizer to read and approve it. What stands against it is said on the next page."""
    said = _("A second organizer can approve it now: they find it under Mailings.")
    return _do(request, find(pk).pk, lambda: approving.ask(pk, request.user), said)


@require_POST
@for_organizers
def take_back(request: DeskRequest, pk: UUID) -> HttpResponse:
    """A draft again: what was asked for, approved and scheduled is gone."""
    said = _("It is a draft again. Ask for approval once it is ready.")
    return _do(request, find(pk).pk, lambda: approving.take_back(pk, request.user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def approve(request: DeskRequest, pk: UUID) -> HttpResponse:
    """GET shows what is to be approved; POST approves exactly that: 422 where somebody changed it meanwhile."""
    mailing = find(pk)
    told: list[str] = []
    if request.method == "POST":
        try:
            moved = approving.approve(pk, request.user, request.POST.get("seen", ""))
        except Refused as refused:
            told = [str(refusal.detail) for refusal in refused.refusals]
        else:
            messages.success(request, _("It is approved. Now say when it leaves.") if moved else _("Nothing changed."))
            return redirect("dashboard:mailing", pk)
    context = {
        "mailing": mailing,
        "told": told,
        "audience": audiences.size(mailing),
        "whom": telling.whom(mailing),
        "why_not": _why_not(mailing, request),
        "readings": Reading.of_all(mailing),
    }
    return render(request, "dashboard/mailing_approve.html", context, status=422 if told else 200)


def _why_not(mailing: Mailing, request: DeskRequest) -> str:
    if mailing.approved_at or mailing.asked_at is None or not mailing.may_change:
        return _("Nobody asks for approval of it now.")
    return telling.why_not_approve(mailing, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def schedule(request: DeskRequest, pk: UUID) -> HttpResponse:
    """GET asks when; POST says it, in place of what was said before. Faults answer 422."""
    mailing = find(pk)
    if not mailing.approved_at or not mailing.may_change:
        messages.error(request, _("It has to be approved first.") if mailing.may_change else _("Nothing changed."))
        return redirect("dashboard:mailing", pk)
    form = When.of(mailing.scheduled_at, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        moment = form.moment
        try:
            moved = approving.schedule(pk, moment, request.user)
        except Refused as refused:
            for refusal in refused.refusals:
                form.add_error(None, str(refusal.detail))
        else:
            messages.success(request, times.said(moment) if moved else _("Nothing changed."))
            return redirect("dashboard:mailing", pk)
    now = timezone.now()
    context = {"mailing": mailing, "form": form, "audience": audiences.size(mailing), "now": now}
    shown = context | times.on_walls(now)
    return render(request, "dashboard/mailing_schedule.html", shown, status=422 if form.errors else 200)


@require_POST
@for_organizers
def unschedule(request: DeskRequest, pk: UUID) -> HttpResponse:
    """It doesn't leave by itself any more; the approval stays."""
    said = _("It doesn't leave by itself any more. It is still approved.")
    return _do(request, find(pk).pk, lambda: approving.unschedule(pk), said)


@require_POST
@for_organizers
def pause(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Nothing more of it leaves until somebody lets it go on. At once: whoever sees a mistake has no time to lose."""
    said = _("It is paused. What is on the line just now still leaves; the rest waits.")
    return _do(request, find(pk).pk, lambda: steering.pause(pk, request.user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def resume(request: DeskRequest, pk: UUID) -> HttpResponse:
    """GET says why it stopped and how many wait; POST lets it go on."""
    mailing = find(pk)
    sure = telling.going_on(mailing, _waiting(mailing))
    return _ask_or_do(request, mailing, sure, lambda: steering.resume(pk, request.user), _("It goes on."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def cancel(request: DeskRequest, pk: UUID) -> HttpResponse:
    """GET says how many people then get nothing; POST ends it for good."""
    mailing = find(pk)
    audience = 0 if mailing.started_at or request.method == "POST" else audiences.size(mailing)
    sure = telling.cancelling(mailing, _waiting(mailing), audience)
    said = _("The mailing is cancelled. What waited never leaves.")
    return _ask_or_do(request, mailing, sure, lambda: approving.cancel(pk, request.user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def choose(request: DeskRequest, pk: UUID, version: str) -> HttpResponse:
    """GET says how many get the chosen version; POST chooses it for the rest of the audience."""
    mailing = find(pk)
    if version not in {"A", "B"} or not mailing.is_compared or not mailing.started_at:
        raise Http404
    sure = telling.choosing(mailing, version, _rest(mailing))
    said = _("%(version)s is chosen. The rest gets it.") % {"version": version}
    return _ask_or_do(request, mailing, sure, lambda: comparing.choose(pk, version, request.user), said)


def _waiting(mailing: Mailing) -> int:
    return progress_of(mailing).waiting if mailing.started_at else 0


def _rest(mailing: Mailing) -> int:
    """How many wait for the choice: everybody who was not in the test."""
    return max(0, audiences.size(mailing) - progress_of(mailing).audience)
