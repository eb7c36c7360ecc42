"""The stages of a treaty: entering one that it reached, retracting one that was a mistake. Both in two steps."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.treaties import find, name_of
from campaign.dashboard.treaty_forms import StageForm
from campaign.lib.refusals import Refused
from campaign.treaties import positioning, staging
from campaign.treaties.models import Stage, StageChange, Treaty


class _Overtaken(Exception):
    """Somebody else entered or retracted a stage between the form and the button."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def enter(request: DeskRequest, slug: str) -> HttpResponse:
    """A stage that the treaty reached. POST tries it and says what everybody would read; POST with `sure` enters it.

    The same again changes nothing. Faults answer 422, and so does a form made before somebody else entered one.
    """
    treaty = find(slug)
    form = StageForm(request.POST) if request.method == "POST" else StageForm.upon(treaty.current_change)
    if request.method == "POST" and form.is_valid():
        is_sure = "sure" in request.POST
        try:
            tried = _enter(request, treaty, form, is_sure=is_sure)
        except Refused as refused:
            form.tell(refused)
        except _Overtaken:
            treaty = find(slug)
            form.is_now_upon(treaty.current_change)
            form.add_error(None, _("Somebody entered or retracted a stage meanwhile. Please look where it stands now."))
        else:
            if not is_sure:
                return _ask(request, treaty, form, tried)
            return redirect("dashboard:treaty", slug)
    context = {"treaty": treaty, "name": name_of(treaty), "form": form, "current": treaty.current_change}
    return render(request, "dashboard/stage.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class _Tried:
    """A stage that was entered, or tried and taken back: whether it was new, and where the treaty stands with it."""

    change: StageChange
    is_new: bool
    after: Stage


def _enter(request: DeskRequest, treaty: Treaty, form: StageForm, *, is_sure: bool) -> _Tried:
    """Without `is_sure` nothing of it is kept. Raises Refused and _Overtaken."""
    said = form.cleaned_data
    change = staging.Change(Stage(said["stage"]), said["happened_on"], said["source_url"], said["note"])
    with transaction.atomic():
        positioning.take_turns(treaty)
        before = find(treaty.slug)
        if form.row_seen != (before.current_change.pk if before.current_change else None):
            raise _Overtaken
        known = {each.pk for each in before.stage_changes.all()}
        row = staging.enter(treaty, change, request.user)
        tried = _Tried(row, row.pk not in known, find(treaty.slug).stage)
        transaction.set_rollback(not is_sure)
    if is_sure:
        said_now = _("The stage is entered. Everybody reads it from now on.")
        messages.success(request, said_now if tried.is_new else _("Nothing changed: this stage was entered before."))
    return tried


def _ask(request: DeskRequest, treaty: Treaty, form: StageForm, tried: _Tried) -> HttpResponse:
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
