"""How one senator stands on a treaty, entered by hand; what was entered before, by whom, and where it is said."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.treaties import find, name_of
from campaign.dashboard.treaty_forms import PositionForm
from campaign.legislators.models import Chamber, Legislator
from campaign.lib.refusals import Refused
from campaign.treaties import positioning
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.positioning import Statement
from campaign.treaties.taking_turns import ChangedMeanwhile, Seen


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def edit(request: DeskRequest, slug: str, bioguide_id: str) -> HttpResponse:
    """Enter how a senator stands. The same again changes nothing and says so; the position before is kept.

    Faults answer 422 with everything typed, and so does a form that was made before somebody else entered a position.
    Of who left the Senate the history is shown.
    """
    treaty = find(slug)
    senator = _senator(bioguide_id)
    current = _current(treaty, senator)
    form = PositionForm(request.POST) if request.method == "POST" else PositionForm.of(current)
    if request.method == "POST" and form.is_valid():
        try:
            position = positioning.enter(treaty, _statement(senator, form), request.user, Seen(form.row_seen))
        except Refused as refused:
            form.tell(refused)
        except ChangedMeanwhile:
            current = _current(treaty, senator)
            form.is_now_upon(current)
            form.add_error(None, _("Somebody changed it meanwhile. Look what it is now, then save again."))
        else:
            messages.success(request, _entered(is_new=position != current))
            return redirect("dashboard:position", slug, bioguide_id)
    term = senator.terms.filter(seat__chamber=Chamber.SENATE).select_related("seat").first()
    context = {
        "treaty": treaty,
        "name": name_of(treaty),
        "senator": senator,
        "term": term,
        "sits": term is not None and term.closed_on is None,
        "form": form,
        "current": current,
        "history": Position.objects.filter(treaty=treaty, legislator=senator).select_related("entered_by"),
    }
    return render(request, "dashboard/position.html", context, status=422 if form.errors else 200)


def _senator(bioguide_id: str) -> Legislator:
    """Who is or was a senator; 404 for anybody else."""
    senators = Legislator.objects.filter(terms__seat__chamber=Chamber.SENATE).distinct()
    return get_object_or_404(senators, bioguide_id=bioguide_id)


def _current(treaty: Treaty, senator: Legislator) -> Position | None:
    return Position.objects.current().filter(treaty=treaty, legislator=senator).first()


def _statement(senator: Legislator, form: PositionForm) -> Statement:
    said = form.cleaned_data
    return Statement(senator, Stance(said["stance"]), said["stated_on"], said["source_url"], said["note"])


def _entered(*, is_new: bool) -> str:
    if is_new:
        return _("The position is kept. Everybody reads it from now on.")
    return _("Nothing changed: this is what stood here already.")
