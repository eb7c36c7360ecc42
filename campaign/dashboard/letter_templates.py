"""Letter templates: writing them with the placeholders at hand, reading them as any of the hundred offices would."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.dashboard.forms import LetterTemplateForm, SeatForm
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.petitions import find
from campaign.legislators.models import PostalCode, Seat
from campaign.letters import offering, placeholders
from campaign.letters.models import LetterTemplate
from campaign.letters.writing import Draft, draft
from campaign.supporters.models import Supporter


@require_safe
@for_organizers
def index(request: DeskRequest, slug: str) -> HttpResponse:
    """A petition's letter templates; retired ones below."""
    petition = find(slug)
    templates = list(petition.letter_templates.all())
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "offered": [template for template in templates if template.retired_at is None],
        "retired": [template for template in templates if template.retired_at is not None],
    }
    return render(request, "dashboard/letter_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def create(request: DeskRequest, slug: str) -> HttpResponse:
    """A new template. POST with `preview` shows it and stores nothing; faults answer 422 with everything typed."""
    petition = find(slug)
    form = LetterTemplateForm(request.POST or None, instance=LetterTemplate(petition=petition))
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            offering.offer(petition.pk, form.offer())
        except offering.ToneTaken:
            form.add_error("tone", _("This petition has another template in this tone and language."))
        else:
            messages.success(request, _("The letter template is offered from now on."))
            return redirect("dashboard:letter_templates", slug)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a template, or read it as `?seat=` would. The second POST changes nothing; faults answer 422."""
    template = _find(pk)
    form = LetterTemplateForm(request.POST or None, instance=template)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            offering.revise(pk, form.offer())
        except offering.ToneTaken:
            form.add_error("tone", _("This petition has another template in this tone and language."))
        else:
            messages.success(request, _("Your changes are kept. Letters already written stay as they are."))
            return redirect("dashboard:letter_templates", template.petition.slug)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def retire(request: DeskRequest, pk: int) -> HttpResponse:
    """GET says what retiring does; POST retires, or offers again what was retired. The second time changes nothing."""
    template = _find(pk)
    if request.method == "GET" or request.method == "HEAD":
        return render(request, "dashboard/retire.html", {"template": template, "letters": template.letters.count()})
    if "again" in request.POST:
        try:
            offering.offer_again(pk)
        except offering.ToneTaken:
            messages.error(request, _("Another template has this tone by now. Rename one of them first."))
        else:
            messages.success(request, _("The letter template is offered again."))
    else:
        offering.retire(pk)
        messages.success(request, _("Nobody is offered this letter template any more."))
    return redirect("dashboard:letter_templates", template.petition.slug)


@require_POST
@for_organizers
def preview(request: DeskRequest, slug: str) -> HttpResponse:
    """What was typed so far as one office would read it, as a fragment for the page that typed it. Stores nothing."""
    form = LetterTemplateForm(request.POST, instance=LetterTemplate(petition=find(slug)))
    reading = _read(form.sketch(), request.POST.get("seat", ""))
    return render(request, "dashboard/letter_preview.html", {"reading": reading})


@dataclass(frozen=True)
class Reading:
    """A template as the office of one seat would read it, from a constituent made up for the purpose."""

    draft: Draft | None
    seats: list[Seat]
    seat: Seat


def sample_constituent(state: str) -> Supporter:
    """Ada Lopez, who lives in this state. Never stored."""
    zips = PostalCode.objects.filter(states__0=state).order_by("zip")
    home = "97201" if state == "OR" else zips.values_list("zip", flat=True).first()
    return Supporter(given_name="Ada", family_name="Lopez", state=state, postal_code=home or "")


def _read(template: LetterTemplate, asked: str) -> Reading:
    """An unknown seat reads as Oregon's first; a template with faults reads as nothing."""
    seats = list(Seat.objects.senate().with_holders())
    default = next(seat for seat in seats if seat.state == "OR")
    seat = next((seat for seat in seats if str(seat.pk) == asked), default)
    try:
        filled = draft(template, seat, sample_constituent(seat.state))
    except ValueError:
        filled = None
    return Reading(filled, seats, seat)


def _find(pk: int) -> LetterTemplate:
    found = LetterTemplate.objects.select_related("petition").prefetch_related("petition__texts")
    return get_object_or_404(found, pk=pk)


def _page(request: DeskRequest, form: LetterTemplateForm) -> HttpResponse:
    posted = request.method == "POST"
    asked = request.POST.get("seat", "") if posted else request.GET.get("seat", "")
    reading = _read(form.sketch() if posted else form.instance, asked)
    context = {
        "form": form,
        "petition": form.instance.petition,
        "template": form.instance,
        "reading": reading,
        "seat_form": SeatForm(initial={"seat": reading.seat.pk}, seats=reading.seats),
        "meanings": placeholders.MEANINGS,
    }
    refused = posted and "preview" not in request.POST
    return render(request, "dashboard/letter_template.html", context, status=422 if refused else 200)
