"""Positions as CSV: a sheet that is read and shown first and entered in a second step, and the sheet to begin with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaign.dashboard.permissions import DeskRequest, for_organizers, for_viewers
from campaign.dashboard.treaties import find, name_of
from campaign.dashboard.treaty_forms import SheetForm
from campaign.treaties import sheets, tabulating
from campaign.treaties.models import Treaty
from campaign.treaties.tabulating import Sheet
from campaign.treaties.taking_turns import ChangedMeanwhile


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def bring_in(request: DeskRequest, slug: str) -> HttpResponse:
    """POST shows what a sheet would change and writes nothing; POST with `sure` enters it, whole or not at all.

    Between the two the sheet travels in the page, with a digest of it and of what stood. Faults answer 422, and so does
    a sheet looked over before somebody else entered a position. The second time nothing is left to change.
    """
    treaty = find(slug)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    context: dict[str, object] = {
        "treaty": treaty,
        "name": name_of(treaty),
        "form": form,
        "columns": sheets.COLUMNS,
    }
    if request.method == "POST" and form.is_valid():
        content = form.content()
        sheet = tabulating.read(treaty, content)
        context |= {"sheet": sheet, "text": content.decode(errors="replace").replace("\0", "\ufffd")}
        if "sure" in request.POST and not sheet.troubles:
            if _enter(request, treaty, sheet):
                return redirect("dashboard:treaty", slug)
            context["is_overtaken"] = True
        return render(request, "dashboard/sheet.html", context, status=200 if _may_go_on(context) else 422)
    return render(request, "dashboard/import_positions.html", context, status=422 if form.errors else 200)


def _may_go_on(context: dict[str, object]) -> bool:
    sheet = context["sheet"]
    return isinstance(sheet, Sheet) and not sheet.troubles and "is_overtaken" not in context


def _enter(request: DeskRequest, treaty: Treaty, sheet: Sheet) -> bool:
    """False where a position is not what was looked over."""
    try:
        changed = tabulating.enter_all(treaty, sheet, request.user, previewed=request.POST.get("digest", "") or "none")
    except ChangedMeanwhile:
        return False
    if changed:
        said = ngettext(
            "The position of %(n)s senator is changed.", "The positions of %(n)s senators are changed.", changed
        )
        messages.success(request, said % {"n": changed})
    else:
        messages.success(request, _("Nothing changed: all of this stood here already."))
    return True


@require_safe
@for_viewers
def download(request: DeskRequest, slug: str) -> HttpResponse:
    """The positions that stand, a row for each senator, to edit and bring back."""
    response = HttpResponse(tabulating.as_csv(find(slug)), content_type="text/csv; charset=utf-8")
    name = f"{slug}-positions-{timezone.now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
