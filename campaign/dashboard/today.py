"""Today at a glance."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign.dashboard import counts, knowledge, mailings_finding
from campaign.dashboard.permissions import DeskRequest, for_viewers
from campaign.delivery import surveying
from campaign.legislators.aging import HELD_AFTER


@require_safe
@for_viewers
def today(request: DeskRequest) -> HttpResponse:
    """Who confirmed, which letters went, what needs a decision, what stops mail, and whether we know too little."""
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
        "mailings": mailings_finding.to_decide(),
        "brakes": surveying.brakes(),
        "warnings": knowledge.warnings(),
        "held_after": HELD_AFTER.days,
        "has_second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "dashboard/today.html", context)
