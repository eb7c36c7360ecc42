"""A petition's numbers, and opening and closing it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign.dashboard import charts, counts
from campaign.dashboard.permissions import DeskRequest, for_organizers, for_viewers
from campaign.lib import usps
from campaign.petitions import drafting, exporting
from campaign.petitions.forgetting import SIGNERS_ARE_KEPT
from campaign.petitions.models import Petition


def find(slug: str) -> Petition:
    """The petition with its texts; 404 for one that does not exist."""
    return get_object_or_404(Petition.objects.with_texts(), slug=slug)


@dataclass(frozen=True)
class StateRow:
    """A line of the table behind the map."""

    code: str
    name: str
    confirmed: int


@require_safe
@for_viewers
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Counts by day, by state and by source, all of them read from tallies."""
    petition = find(slug)
    series = counts.by_day(petition)
    states = counts.by_state(petition)
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "bars": charts.bars(series),
        "series": series,
        "map": charts.tile_map({share.key: share.confirmed for share in states}),
        "states": [StateRow(share.key, usps.NAMES.get(share.key, share.key), share.confirmed) for share in states],
        "sources": counts.by_source(petition),
        "held": petition.signatures.filter(exporting.STATUSES["quarantined"]).count(),
        "pending": petition.signatures.filter(exporting.STATUSES["pending"]).count(),
        "today": sum(period.confirmed for period in series.periods if period.begins == counts.today()),
    }
    return render(request, "dashboard/petition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def open_it(request: DeskRequest, slug: str) -> HttpResponse:
    """GET says what opening does; POST opens, or opens again what was closed. The second POST changes nothing."""
    petition = find(slug)
    if request.method == "POST":
        deed = drafting.open_again if petition.closed_at else drafting.open_to_all
        moved = deed(petition.pk)
        said = _("The petition is open: everybody can sign it.") if moved else _("Nothing changed.")
        messages.success(request, said)
        return redirect("dashboard:petition", slug)
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "templates_offered": petition.letter_templates.offered().count(),
    }
    return render(request, "dashboard/open.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def close_it(request: DeskRequest, slug: str) -> HttpResponse:
    """GET says what closing does and to how many people; POST closes. The second POST changes nothing."""
    petition = find(slug)
    if request.method == "POST":
        moved = drafting.close(petition.pk)
        said = _("The petition is closed. All signatures are kept.") if moved else _("Nothing changed.")
        messages.success(request, said)
        return redirect("dashboard:petition", slug)
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "pending": petition.signatures.filter(exporting.STATUSES["pending"]).count(),
        "days": SIGNERS_ARE_KEPT.days,
    }
    return render(request, "dashboard/close.html", context)
