"""Writing to the senators, and what became of the letters."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.letters import writing
from campaign.letters.models import Letter, LetterDispatch, Said
from campaign.letters.writing import MayNotWrite
from campaign.petitions.models import Signature
from campaign.public import desk
from campaign.public.desk import Desk
from campaign.public.doors import Visit, opened_by, see_other
from campaign.public.errors import refuse
from campaign.public.receipts import receipts_of
from campaign.public.views.mine import signature_under
from campaign.supporters.models import AccessPurpose
from campaign.supporters.wordings import LETTERS, WORDINGS


@opened_by(AccessPurpose.MY_PAGE)
def write(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    """GET: a draft for each seat, in the tone of `?tone=`. POST `do=preview` or `do=send`.

    What has to be mended is a 422 with what was typed. A letter that has gone is not sent again: the second POST leads
    to the same receipts. Without a signature that stands the page of the signature says why there is nothing to write.
    """
    signature = signature_under(visit, slug)
    if signature.status_for_signer != "confirmed" or not signature.petition.is_open:
        return see_other(reverse("public:signed", args=[visit.token, slug]))
    if request.method != "POST":
        laid = desk.lay(signature.petition, visit.supporter, request.GET.get("tone", ""))
        return _page(request, visit, signature, laid)
    laid = desk.lay(signature.petition, visit.supporter, request.POST.get("tone", ""))
    laid = desk.typed_on(laid, request.POST.dict())
    if laid.troubles:
        return _page(request, visit, signature, laid, status=422)
    if request.POST.get("do") != "send":
        return _page(request, visit, signature, laid, is_preview=True)
    if laid.open_sheets and not laid.manuscripts:
        sentence = _("You left out every letter. Keep at least one, or close this page: nothing was sent.")
        return _page(request, visit, signature, laid, status=422, trouble=sentence)
    return _send(visit, signature, laid)


def _send(visit: Visit, signature: Signature, laid: Desk) -> HttpResponse:
    try:
        for manuscript in laid.manuscripts:
            writing.send(signature.pk, manuscript)
    except MayNotWrite:
        return see_other(reverse("public:signed", args=[visit.token, signature.petition.slug]))
    return see_other(reverse("public:letters", args=[visit.token, signature.petition.slug]))


def _page(
    request: HttpRequest, visit: Visit, signature: Signature, laid: Desk, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {
        "token": visit.token,
        "signature": signature,
        "petition": signature.petition,
        "title": signature.petition.text_in().title,
        "desk": laid,
        "wording": WORDINGS[LETTERS],
    }
    return render(request, "public/letter.html", context | more, status=status)


@opened_by(AccessPurpose.MY_PAGE)
def receipts(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    """A line for each seat and event; where only the visitor can send it, the text to copy and the office's form."""
    signature = signature_under(visit, slug)
    letters = Letter.objects.of_supporter(visit.supporter.pk).filter(petition=signature.petition)
    context = {
        "token": visit.token,
        "petition": signature.petition,
        "title": signature.petition.text_in().title,
        "letters": receipts_of(letters),
        "answers": Said.choices,
    }
    return render(request, "public/letters.html", context)


@opened_by(AccessPurpose.MY_PAGE)
def say(request: HttpRequest, visit: Visit, slug: str, letter_id: uuid.UUID) -> HttpResponse:
    """POST `said`: sent, broken or not_now, about a letter that only the visitor can send. "Sent" is final."""
    dispatches = LetterDispatch.objects.filter(letter__supporter=visit.supporter, letter__petition__slug=slug)
    dispatch = dispatches.filter(letter=letter_id, channel="handoff").first()
    if dispatch is None:
        raise Http404
    if request.method == "POST":
        said = request.POST.get("said", "")
        if said not in Said.values:
            return refuse(request, 422, _("Please choose one of the buttons on the page."))
        writing.say(dispatch, Said(said))
    return see_other(reverse("public:letters", args=[visit.token, slug]) + f"#letter-{letter_id}")
