"""The stages of a treaty: entering one that it reached, retracting one that was a mistake. Both in two steps."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.treaties import find, name_of
from campaign.dashboard.treaty_forms import StageForm
from campaign.lib.refusals import Refused
from campaign.treaties import staging
from campaign.treaties.models import Stage, StageChange, Treaty
from campaign.treaties.staging import Change, Tried
from campaign.treaties.taking_turns import ChangedMeanwhile, Seen


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def enter(request: DeskRequest, slug: str) -> HttpResponse:
    """A stage that the treaty reached. POST tries it and says what everybody would read; POST with `sure` enters it.

    The same again changes nothing. Faults answer 422, and so does a form made before somebody else entered one.
    """
    treaty = find(slug)
    form = StageForm(request.POST) if request.method == "POST" else StageForm.upon(treaty.current_change)
    if request.method == "POST" and form.is_valid():
        change, seen = _change(form), Seen(form.row_seen)
        try:
            if "sure" not in request.POST:
                return _ask(request, treaty, form, staging.try_out(treaty, change, request.user, seen))
            row = staging.enter(treaty, change, request.user, seen)
        except Refused as refused:
            form.tell(refused)
        except ChangedMeanwhile:
            treaty = find(slug)
            form.is_now_upon(treaty.current_change)
            form.add_error(None, _("Somebody entered or retracted a stage meanwhile. Please look where it stands now."))
        else:
            messages.success(request, _entered(is_new=row not in treaty.standing_changes))
            return redirect("dashboard:treaty", slug)
    context = {"treaty": treaty, "name": name_of(treaty), "form": form, "current": treaty.current_change}
    return render(request, "dashboard/stage.html", context, status=422 if form.errors else 200)


def _change(form: StageForm) -> Change:
    said = form.cleaned_data
    return Change(Stage(said["stage"]), said["happened_on"], said["source_url"], said["note"])


def _entered(*, is_new: bool) -> str:
    if is_new:
        return _("The stage is entered. Everybody reads it from now on.")
    return _("Nothing changed: this stage was entered before.")


def _ask(request: DeskRequest, treaty: Treaty, form: StageForm, tried: Tried) -> HttpResponse:
    before = treaty.current_change
    context = {
        "treaty": treaty,
        "name": name_of(treaty),
        "form": form,
        "before": before,
        "change": tried.change,
        "is_new": tried.is_new,
        "is_a_step_before": before is not None and before.place > tried.change.place,
        "now": treaty.stage,
        "after": tried.after,
    }
    return render(request, "dashboard/stage_sure.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def retract(request: DeskRequest, slug: str, pk: int) -> HttpResponse:
    """GET says what everybody will read afterwards; POST retracts. The second POST changes nothing."""
    change = get_object_or_404(StageChange.objects.select_related("retracted_by"), pk=pk, treaty__slug=slug)
    treaty = find(slug)
    if request.method == "POST":
        moved = staging.retract(change, request.user)
        said = _("It is retracted. Nobody reads it in public any more.") if moved else _("Nothing changed.")
        messages.success(request, said)
        return redirect("dashboard:treaty", slug)
    context = {
        "treaty": treaty,
        "name": name_of(treaty),
        "change": change,
        "now": treaty.stage,
        "after": _without(treaty, change),
    }
    return render(request, "dashboard/stage_retract.html", context)


def _without(treaty: Treaty, change: StageChange) -> Stage:
    """Where it would stand."""
    others = [each for each in treaty.standing_changes if each != change]
    return Stage(others[-1].stage) if others else Stage.NOT_SIGNED
