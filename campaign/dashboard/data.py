"""The page that says how old what we know from outside is, and what follows from it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign.dashboard import knowledge
from campaign.dashboard.permissions import DeskRequest, for_viewers
from campaign.legislators.aging import HELD_AFTER, WARNED_AFTER
from campaign.treaties import syncing


@require_safe
@for_viewers
def show(request: DeskRequest) -> HttpResponse:
    """Every kind of data with source, age, last difference and refusals; then the seats nobody holds."""
    holdings = knowledge.holdings()
    context = {
        "holdings": holdings,
        "legislators": next(each for each in holdings if each.field.holds_letters),
        "contradicted": [each for each in holdings if each.contradictions],
        "refused": [each for each in holdings if each.refused],
        "empty": knowledge.empty_seats(),
        "warned_after": WARNED_AFTER.days,
        "held_after": HELD_AFTER.days,
        "asks_congress": syncing.is_on(),
    }
    return render(request, "dashboard/data.html", context)
