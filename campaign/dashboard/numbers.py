"""Which treaty document a treaty became when the Senate received it: without it no sync can follow the treaty."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.treaties import find, name_of
from campaign.dashboard.treaty_forms import NumberForm
from campaign.lib.refusals import Refused
from campaign.treaties import numbering, syncing


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def number(request: DeskRequest, slug: str) -> HttpResponse:
    """Say which document it is, or with `remove` that it was the wrong one. The same again changes nothing and says so.

    A number that can't be, or that another treaty has, answers 422 with what was typed.
    """
    treaty = find(slug)
    if request.method == "POST" and "remove" in request.POST:
        moved = numbering.unnumber(treaty, request.user)
        said = _("The number is gone. Syncs look for the treaty again.") if moved else _("Nothing changed.")
        messages.success(request, said)
        return redirect("dashboard:treaty", slug)
    form = NumberForm(request.POST) if request.method == "POST" else NumberForm.of(treaty)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            moved = numbering.number(treaty, typed["congress_received"], typed["number"], request.user)
        except Refused as refused:
            form.tell(refused)
        else:
            said = _("The number is kept. Syncs look for its stages in Congress from now on.")
            messages.success(request, said if moved else _("Nothing changed."))
            return redirect("dashboard:treaty", slug)
    context = {
        "treaty": treaty,
        "name": name_of(treaty),
        "form": form,
        "candidates": syncing.candidates_for(slug),
        "asks_congress": syncing.is_on(),
    }
    return render(request, "dashboard/number.html", context, status=422 if form.errors else 200)
