"""Who signed, page by page, and deciding about single signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from campaign.dashboard.forms import FilterForm, FindForm
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.petitions import find
from campaign.lib import emails
from campaign.organizers.models import Organizer
from campaign.petitions import deciding, exporting
from campaign.petitions.models import Petition, Signature
from campaign.petitions.signing import signature_id

PAGE = 50


@dataclass(frozen=True)
class Place:
    """Where a page of signatures ends: the next one begins behind it. Never a number of rows to skip."""

    created_at: datetime
    id: UUID

    @classmethod
    def of(cls, signature: Signature) -> "Place":
        """The place of a row."""
        return cls(signature.created_at, signature.pk)

    @classmethod
    def read(cls, text: str) -> "Place":
        """From an address. Raises Http404 for what is no place."""
        moment, _tilde, identity = text.partition("~")
        try:
            created_at = datetime.fromisoformat(moment)
            if created_at.tzinfo is None:
                raise ValueError
            # In UTC: PostgreSQL takes no offset of more than sixteen hours.
            return cls(created_at.astimezone(UTC), UUID(identity))
        except (ValueError, OverflowError) as error:
            raise Http404 from error

    def __str__(self) -> str:
        return f"{self.created_at.isoformat()}~{self.id}"

    @property
    def behind(self) -> Q:
        """The rows that are older."""
        return Q(created_at__lt=self.created_at) | Q(created_at=self.created_at, id__lt=self.id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def index(request: DeskRequest, slug: str) -> HttpResponse:
    """Fifty signatures, the newest first, filtered; `before` pages on. POST finds one person by their address.

    The address comes by POST so that it stands in no log; nothing is changed by it.
    """
    petition = find(slug)
    looking = FindForm(request.POST if request.method == "POST" else None)
    form = FilterForm(request.GET)
    filters = form.filters() if form.is_valid() else {"status": "none such"}
    if request.method == "POST":
        found, older = (_of_mailbox(petition, looking) if looking.is_valid() else []), None
    else:
        found, older = _page(petition, filters, request.GET.get("before", ""))
    context = {
        "petition": petition,
        "text": petition.text_in(),
        "form": form,
        "looking": looking,
        "has_looked": request.method == "POST",
        "filters": filters,
        "query": urlencode(filters),
        "signatures": found,
        "older": urlencode(filters | {"before": str(older)}) if older else "",
        "is_first": "before" not in request.GET,
        "here": request.get_full_path(),
    }
    return render(request, "dashboard/signatures.html", context, status=422 if looking.errors else 200)


def _page(petition: Petition, filters: dict[str, str], before: str) -> tuple[list[Signature], Place | None]:
    rows = exporting.chosen(petition, filters).order_by("-created_at", "-id").select_related("supporter", "partner")
    if before:
        rows = rows.filter(Place.read(before).behind)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], Place.of(found[PAGE - 1]) if len(found) > PAGE else None


def _of_mailbox(petition: Petition, looking: FindForm) -> list[Signature]:
    """The signature's id is made from the mailbox: no need to open any sealed row to find it."""
    mailbox = emails.mailbox_id(looking.cleaned_data["email"])
    rows = Signature.objects.filter(pk=signature_id(petition.pk, mailbox))
    return list(rows.select_related("supporter", "partner"))


@dataclass(frozen=True)
class Decision:
    """A deed and what is said after it."""

    deed: Callable[[UUID, Organizer], bool]
    said: str | Promise


DECISIONS = {
    "release": Decision(deciding.release, gettext_lazy("Released: it counts once its owner confirmed it.")),
    "hold": Decision(deciding.hold, gettext_lazy("Quarantined: it does not count until it is released.")),
    "invalidate": Decision(deciding.invalidate, gettext_lazy("Invalidated: it does not count any more.")),
    "reinstate": Decision(deciding.reinstate, gettext_lazy("Reinstated.")),
}


@require_POST
@for_organizers
def decide(request: DeskRequest, pk: UUID, decision: str) -> HttpResponse:
    """Release, hold, invalidate or reinstate one signature and go back to the list. The second time changes nothing."""
    if decision not in DECISIONS:
        raise Http404
    signature = get_object_or_404(Signature.objects.select_related("petition"), pk=pk)
    chosen = DECISIONS[decision]
    moved = chosen.deed(signature.pk, request.user)
    messages.success(request, str(chosen.said) if moved else _("Nothing changed: somebody else decided before."))
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("dashboard:signatures", args=[signature.petition.slug])
    return redirect(back)
