"""Today at a glance, and the deliveries that somebody has to look at."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign.dashboard import counts, knowledge
from campaign.dashboard.permissions import DeskRequest, for_viewers
from campaign.delivery.models import TO_LOOK_AT, Delivery
from campaign.legislators.aging import HELD_AFTER

MOST_DELIVERIES = 200


@require_safe
@for_viewers
def today(request: DeskRequest) -> HttpResponse:
    """Who confirmed, which letters went, what needs a decision, and whether what we know from outside is too old."""
    glances = counts.glances()
    troubled = counts.troubled_deliveries()
    context = {
        "glances": glances,
        "confirmed": sum(glance.petition.confirmed_total for glance in glances),
        "today": sum(glance.today for glance in glances),
        "carried": sum(glance.carried for glance in glances),
        "held": [glance for glance in glances if glance.held],
        "troubled": troubled,
        "troubles": sum(troubled.values()),
        "warnings": knowledge.warnings(),
        "held_after": HELD_AFTER.days,
        "has_second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "dashboard/today.html", context)


@require_safe
@for_viewers
def deliveries(request: DeskRequest) -> HttpResponse:
    """Deliveries that are uncertain or dead, the newest first: ids and reasons, no addresses."""
    chosen = request.GET.get("status", "")
    statuses = [chosen] if chosen in TO_LOOK_AT else list(TO_LOOK_AT)
    found = Delivery.objects.filter(status__in=statuses).order_by("-created_at", "-pk")[:MOST_DELIVERIES]
    context = {
        "deliveries": found,
        "chosen": chosen,
        "troubled": counts.troubled_deliveries(),
        "most": MOST_DELIVERIES,
    }
    return render(request, "dashboard/deliveries.html", context)
