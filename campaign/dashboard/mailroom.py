"""The mailroom: what waits in each queue, what leaves, what stops it, and pausing a queue."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign.dashboard.permissions import DeskRequest, for_organizers, for_viewers
from campaign.delivery import breaking, pausing, surveying
from campaign.delivery.models import Queue


def by(request: DeskRequest) -> str:
    """Who did something, for the rows and logs of the mailroom: never with an address."""
    return f"organizer {request.user.pk}"


@require_safe
@for_viewers
def show(request: DeskRequest) -> HttpResponse:
    """Every queue with its numbers and its brake, then what is left alone, needs a look, and was heard last.

    It counts no further than ten thousand of anything, so it answers at once while a million mails wait.
    """
    epoch, breakers = surveying.epoch(), surveying.breakers()
    context = {
        "epoch": epoch,
        "queues": surveying.queues(),
        "breakers": breakers,
        "is_stopped": epoch.is_wrong or any(each.is_relay for each in breakers),
        "troubles": surveying.troubles(),
        "reports": surveying.reports(),
        "relay": breaking.relay(),
        "rate": settings.MAIL_RATE,
        "me": by(request),
    }
    return render(request, "dashboard/mailroom.html", context)


@require_POST
@for_organizers
def pause(request: DeskRequest, queue: str) -> HttpResponse:
    """Nothing of the queue leaves until it is resumed. The second time nothing changes and the page says so."""
    chosen = _find(queue)
    if pausing.pause(chosen, by(request)):
        messages.success(
            request, _("Paused: {queue}. What waits stays here until it is resumed.").format(queue=chosen.label)
        )
    else:
        messages.success(request, _("It was paused already."))
    return redirect("dashboard:mailroom")


@require_POST
@for_organizers
def resume(request: DeskRequest, queue: str) -> HttpResponse:
    """The queue goes on at once. The second time nothing changes and the page says so."""
    chosen = _find(queue)
    if pausing.resume(chosen, by(request)):
        messages.success(request, _("Resumed: {queue}. What waits leaves now.").format(queue=chosen.label))
    else:
        messages.success(request, _("It was not paused."))
    return redirect("dashboard:mailroom")


def _find(queue: str) -> Queue:
    if queue not in Queue.values:
        raise Http404
    return Queue(queue)
