"""What the two links of the first mail lead to: "yes, that was me" and "that was not me"."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.lib import usps
from campaign.lib.refusals import Refused
from campaign.petitions import checking, confirming, unsubscribing
from campaign.petitions.confirming import Corrected, PetitionClosed, TypedAnew
from campaign.petitions.models import Signature
from campaign.public import fields
from campaign.public.doors import Visit, opened_by, see_other
from campaign.public.errors import refuse
from campaign.supporters.models import AccessPurpose, AccessToken, Supporter

CORRECTABLE = ("given_name", "family_name", "state", "postal_code", "comment")


@opened_by(AccessPurpose.CONFIRM)
def confirm(request: HttpRequest, visit: Visit) -> HttpResponse:
    """GET: what is about to be confirmed, and one button. POST: confirm, then on to the number and the senators.

    The second POST changes nothing and leads to the same place. A closed petition is a 409.
    """
    found = Signature.objects.of_supporter(visit.supporter.pk).prefetch_related("petition__texts")
    signature = found.filter(pk=visit.subject).first() if visit.subject else None
    if signature is None:
        return refuse(request, 404, _("This signature is erased. There is nothing left to confirm."), is_link=True)
    if request.method != "POST":
        return _confirm_page(request, signature)
    try:
        confirming.confirm(signature.pk, _corrected(request, signature), request.POST.get("seen", ""))
    except Refused as refused:
        return _confirm_page(request, signature, refused)
    except TypedAnew:
        return _confirm_page(request, found.get(pk=signature.pk), was_typed_anew=True)
    except PetitionClosed:
        return refuse(request, 409, closed_sentence())
    return see_other(signed_page(visit.supporter, signature.petition.slug))


def closed_sentence() -> str:
    """What somebody reads who comes too late."""
    return _("This petition was closed before you confirmed, so your name was not added. Nothing else happens.")


def signed_page(supporter: Supporter, slug: str) -> str:
    """The page of a signature, through a fresh link of its owner's."""
    token = AccessToken.objects.mint(AccessPurpose.MY_PAGE, supporter.pk)
    return reverse("public:signed", args=[token, slug])


def _known(signature: Signature) -> dict[str, str]:
    supporter = signature.supporter
    return {
        "given_name": supporter.given_name,
        "family_name": supporter.family_name,
        "state": supporter.state,
        "postal_code": supporter.postal_code,
        "comment": signature.comment or "",
    }


def _corrected(request: HttpRequest, signature: Signature) -> Corrected | None:
    """What the owner mended, checked like any sign-up; None where nothing differs. Raises Refused."""
    known = _known(signature)
    typed = {name: request.POST[name] for name in CORRECTABLE if name in request.POST}
    if signature.supporter.confirmed_at is not None or typed.items() <= known.items():
        return None
    return Corrected.of(checking.check(known | typed | {"email": signature.supporter.email}))


def _confirm_page(
    request: HttpRequest,
    signature: Signature,
    refused: Refused | None = None,
    *,
    was_typed_anew: bool = False,
) -> HttpResponse:
    supporter = signature.supporter
    typed = _known(signature)
    if refused:
        typed |= {name: request.POST[name] for name in CORRECTABLE if name in request.POST}
    context: dict[str, Any] = {
        "signature": signature,
        "petition": signature.petition,
        "text": signature.petition.text_in(),
        "supporter": supporter,
        "state_name": usps.NAMES.get(signature.state, signature.state),
        "form": fields.correction_form(typed, refused),
        "states": fields.STATES,
        "may_correct": supporter.confirmed_at is None,
        "mail_came_back": unsubscribing.has_bounced(supporter.pk),
        "seen": confirming.sight_of(signature),
        "was_typed_anew": was_typed_anew,
    }
    status = 422 if refused else 409 if was_typed_anew else 200
    return render(request, "public/confirm.html", context, status=status)


@opened_by(AccessPurpose.NOT_ME)
def not_me(request: HttpRequest, visit: Visit) -> HttpResponse:
    """GET: what the button does. POST: erase this sign-up and never write to the address again; the rest stays.

    The second POST finds a link that leads nowhere, and a page that says that nothing is left to do.
    """
    if visit.subject is None:
        raise Http404
    if request.method == "POST":
        confirming.disown(visit.supporter.pk, visit.subject)
        return see_other(reverse("public:disowned"))
    standing = Signature.objects.of_supporter(visit.supporter.pk).confirmed().prefetch_related("petition__texts")
    titles = [signature.petition.text_in().title for signature in standing.exclude(pk=visit.subject)]
    return render(request, "public/not_me.html", {"titles_that_stay": titles})


@require_safe
@cache_control(max_age=600)
def disowned(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "public/disowned.html")
