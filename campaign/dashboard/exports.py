"""Exports: how many people they hold, asking for one, watching it being written, taking it away."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaign.dashboard.forms import FilterForm
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.petitions import find
from campaign.petitions import asking, exporting
from campaign.petitions.models import Export


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def ask(request: DeskRequest, slug: str) -> HttpResponse:
    """GET says of how many people the file will hold the data; POST asks for it. Each POST makes a new file.

    Filters that mean nothing are a 404: a file of everybody is not what was asked for.
    """
    petition = find(slug)
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    filters = form.filters()
    if request.method == "POST":
        export = asking.ask_for_export(petition, filters, request.user)
        return redirect("dashboard:export", export.pk)
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "form": form,
        "filters": filters,
        "query": urlencode(filters),
        "people": exporting.chosen(petition, filters).count(),
    }
    return render(request, "dashboard/export_ask.html", context)


def _find(request: DeskRequest, pk: int) -> Export:
    """Only for who asked: to everybody else it does not exist."""
    return get_object_or_404(Export.objects.select_related("petition"), pk=pk, asked_by=request.user)


@require_safe
@for_organizers
def show(request: DeskRequest, pk: int) -> HttpResponse:
    """How far it is; reload to see more, or let the script do it."""
    export = _find(request, pk)
    context = {
        "export": export,
        "petition": export.petition,
        "text": export.petition.text_in(),
        "hours": int(exporting.KEPT_FOR.total_seconds() // 3600),
    }
    return render(request, "dashboard/export.html", context)


@require_safe
@for_organizers
def progress(request: DeskRequest, pk: int) -> HttpResponse:
    """The same for the script: rows written, rows expected, and whether it is finished."""
    export = _find(request, pk)
    return JsonResponse(
        {"written": export.rows_written, "expected": export.rows_expected, "is_finished": bool(export.finished_at)}
    )


@require_safe
@for_organizers
def download(request: DeskRequest, pk: int) -> StreamingHttpResponse:
    """The CSV, piece by piece; 404 until it is finished."""
    export = _find(request, pk)
    if export.finished_at is None:
        raise Http404
    response = StreamingHttpResponse(exporting.content(export), content_type="text/csv; charset=utf-8")
    name = f"{export.petition.slug}-{export.created_at:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
