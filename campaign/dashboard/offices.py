"""The offices of the hundred seats, and the addresses that somebody here found for them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign.dashboard.forms import OfficeEmailForm
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.legislators.models import DataImport, Office, Seat, Subject


@require_safe
@for_organizers
def index(request: DeskRequest) -> HttpResponse:
    """All seats with their holders and how to reach them; `q` narrows by state or name."""
    wanted = request.GET.get("q", "").strip()[:60]
    seats = list(Seat.objects.senate().with_holders())
    context = {
        "seats": [seat for seat in seats if _fits(seat, wanted)],
        "wanted": wanted,
        "all": len(seats),
        "with_address": sum(1 for seat in seats if seat.holder and seat.holder.office.email),
        "as_of": DataImport.objects.as_of(Subject.LEGISLATORS),
    }
    return render(request, "dashboard/offices.html", context)


def _fits(seat: Seat, wanted: str) -> bool:
    words = [seat.state_name, seat.holder.official_name if seat.holder else ""]
    return wanted.upper() == seat.state or any(wanted.casefold() in word.casefold() for word in words)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def address(request: DeskRequest, pk: int) -> HttpResponse:
    """Enter an office's address, or remove it with `remove`. Twice is once; an address that can't be is a 422."""
    office = get_object_or_404(Office.objects.select_related("legislator"), pk=pk)
    if request.method == "POST" and "remove" in request.POST:
        office.forget_email()
        messages.success(request, _("The address is gone. Letters to this office go by hand again."))
        return redirect("dashboard:offices")
    form = OfficeEmailForm(request.POST or None, initial={"email": office.email or ""})
    if request.method == "POST" and form.is_valid():
        office.enter_email(form.cleaned_data["email"], by=request.user.email)
        messages.success(request, _("The address is kept. Letters to this office leave by e-mail from now on."))
        return redirect("dashboard:offices")
    context = {"office": office, "form": form}
    return render(request, "dashboard/office.html", context, status=422 if form.errors else 200)
