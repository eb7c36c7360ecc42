"""A supporter's own page, behind a mailed link: signatures, letters, mail, data, and the way out."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.legislators.models import Seat
from campaign.letters import writing
from campaign.letters.models import Letter
from campaign.lib import usps
from campaign.petitions import confirming, unsubscribing
from campaign.petitions.confirming import PetitionClosed
from campaign.petitions.models import Petition, Signature
from campaign.public import boards, sharing
from campaign.public.boards import Row
from campaign.public.doors import Visit, opened_by, see_other
from campaign.public.errors import refuse
from campaign.public.receipts import receipts_of
from campaign.public.views.confirming import closed_sentence
from campaign.supporters import disclosing, erasing
from campaign.supporters.models import AccessPurpose


def signature_under(visit: Visit, slug: str) -> Signature:
    """The visitor's own signature under this petition; 404 without one."""
    signatures = Signature.objects.of_supporter(visit.supporter.pk).select_related("petition__treaty")
    found = signatures.prefetch_related("petition__texts").filter(petition__slug=slug).first()
    if found is None:
        raise Http404
    return found


@opened_by(AccessPurpose.MY_PAGE)
def my_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All that is known of the visitor, and what they can do about it."""
    signatures = Signature.objects.of_supporter(visit.supporter.pk).prefetch_related("petition__texts")
    listed = [(signature, signature.petition.text_in().title) for signature in signatures]
    context: dict[str, Any] = {
        "token": visit.token,
        "supporter": visit.supporter,
        "state_name": usps.NAMES.get(visit.supporter.state, visit.supporter.state),
        "signatures": listed,
        "letters": receipts_of(Letter.objects.of_supporter(visit.supporter.pk)),
        "mail": unsubscribing.state_of(visit.supporter.pk),
    }
    return render(request, "public/my_page.html", context)


@opened_by(AccessPurpose.MY_PAGE)
def signed(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    """The number, the senators who speak for the visitor, and how to pass the petition on."""
    signature = signature_under(visit, slug)
    title = signature.petition.text_in().title
    context: dict[str, Any] = {
        "token": visit.token,
        "signature": signature,
        "petition": signature.petition,
        "title": title,
        "status": signature.status_for_signer,
    }
    if context["status"] == "confirmed":
        constituency = writing.constituency_of(visit.supporter)
        context |= {
            "number": confirming.place_of(signature),
            "constituency": constituency,
            "senators": _with_positions(signature.petition, constituency.senators),
            "state_name": usps.NAMES.get(visit.supporter.state, visit.supporter.state),
            "has_letters": Letter.objects.filter(supporter=visit.supporter, petition=signature.petition).exists(),
            "links": sharing.links(signature.petition, title),
        }
    return render(request, "public/signed.html", context)


def _with_positions(petition: Petition, seats: Sequence[Seat]) -> list[tuple[Seat, Row | None]]:
    """Each senator's seat, with where its holder stands on the petition's treaty if it is about one."""
    board = boards.board_for(petition)
    return [(seat, board.by_seat.get(seat.pk) if board else None) for seat in seats]


@opened_by(AccessPurpose.MY_PAGE)
def confirm_here(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    """POST: confirm a signature that waits, or let a withdrawn one stand again. The second time changes nothing."""
    signature = signature_under(visit, slug)
    if request.method == "POST":
        try:
            confirming.confirm(signature.pk)
        except PetitionClosed:
            return refuse(request, 409, closed_sentence())
    return see_other(reverse("public:signed", args=[visit.token, slug]))


@opened_by(AccessPurpose.MY_PAGE)
def withdraw(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    """GET: what withdrawing means. POST: do it. The second time changes nothing."""
    signature = signature_under(visit, slug)
    if request.method == "POST":
        confirming.withdraw(signature.pk)
        return see_other(reverse("public:signed", args=[visit.token, slug]))
    context = {"token": visit.token, "signature": signature, "title": signature.petition.text_in().title}
    return render(request, "public/withdraw.html", context)


@opened_by(AccessPurpose.MY_PAGE)
def choose_mail(request: HttpRequest, visit: Visit) -> HttpResponse:
    """POST `scope`: stop updates, stop all mail, or none to be written to again. Twice is once.

    With `list`, a petition's address: stop its updates (list), or get them again (again).
    """
    signed = Signature.objects.of_supporter(visit.supporter.pk).values_list("petition__slug", "petition_id")
    list_id = dict(signed).get(request.POST.get("list", ""))
    choice = request.POST.get("scope", "")
    if request.method == "POST" and not unsubscribing.choose(visit.supporter.pk, choice, list_id):
        return refuse(request, 422, _("Please choose one of the buttons on the page."))
    return see_other(reverse("public:my_page", args=[visit.token]) + "#mail")


@opened_by(AccessPurpose.MY_PAGE)
def my_data(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything about the visitor as JSON, to keep or to take elsewhere."""
    response = JsonResponse(disclosing.everything_about(visit.supporter), json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@opened_by(AccessPurpose.MY_PAGE)
def erase(request: HttpRequest, visit: Visit) -> HttpResponse:
    """GET: exactly what goes and what stays. POST: erase. Afterwards this link, like all others, leads nowhere."""
    if request.method == "POST":
        erasing.erase(visit.supporter.pk)
        return see_other(reverse("public:erased"))
    signatures = Signature.objects.of_supporter(visit.supporter.pk).prefetch_related("petition__texts")
    context = {
        "token": visit.token,
        "titles": [signature.petition.text_in().title for signature in signatures],
        "letters": Letter.objects.filter(supporter=visit.supporter).count(),
    }
    return render(request, "public/erase.html", context)


@require_safe
@cache_control(max_age=600)
def erased(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "public/erased.html")
