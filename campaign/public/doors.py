"""The way into a citizen's page: which methods and forms are taken, and which mailed link opens it.

No page here has a session or a CSRF token. What is public can be posted by anybody; what is not is opened by the token
in its address, which no other site knows.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from campaign.petitions.models import Signature
from campaign.public.errors import refuse
from campaign.supporters.models import AccessPurpose, AccessToken, Supporter

View = Callable[..., HttpResponse]
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
ALLOWED = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class Visit:
    """Somebody came through a mailed link: who they are, what the link is about, and the link's own secret."""

    token: str
    supporter: Supporter
    subject: uuid.UUID | None


_STALE = {
    AccessPurpose.CONFIRM: gettext_lazy(
        "This link does not work any more: it is older than seven days, or it was cut off in your mail. Sign the "
        "petition again, and we mail you a new one."
    ),
    AccessPurpose.NOT_ME: gettext_lazy(
        "There is nothing left to do here: what was typed with your address is erased, or the link is older than "
        "thirty days."
    ),
    AccessPurpose.MY_PAGE: gettext_lazy(
        "This link does not work any more: it is older than ninety days, or everything about you is erased. Sign a "
        "petition again with the same address, and we mail you a new link."
    ),
}


def takes_forms(view: View) -> View:
    """GET, HEAD, and POST of a browser's form; 405 and 415 for the rest."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ALLOWED:
            return HttpResponseNotAllowed(ALLOWED)
        if request.method == "POST" and not _is_form(request):
            return refuse(request, 415, _("Please send this as a form."))
        return view(request, *args, **kwargs)

    return guarded


def _is_form(request: HttpRequest) -> bool:
    """A form, or no body at all."""
    has_body = bool(request.META.get("CONTENT_LENGTH", "").strip("0"))
    return request.content_type in FORMS or (not request.content_type and not has_body)


def discreet(view: View) -> View:
    """For addresses that hold a token: kept by nobody, found by no search engine, passed on to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def opened_by(purpose: AccessPurpose) -> Callable[[View], View]:
    """The view gets the visit. A forged or expired token, or one of another purpose, is a 404 that helps on."""

    def decorate(view: View) -> View:
        @takes_forms
        @discreet
        @wraps(view)
        def guarded(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            access = AccessToken.objects.find(token, purpose)
            if access is None:
                return refuse(request, 404, str(_STALE[purpose]), is_link=True)
            try:
                return view(request, Visit(token, access.supporter, access.subject), *args, **kwargs)
            except (Signature.DoesNotExist, IntegrityError) as error:
                if isinstance(error, IntegrityError) and AccessToken.objects.find(token, purpose) is not None:
                    raise
                return refuse(request, 404, str(_STALE[purpose]), is_link=True)  # erased while this was under way

        return guarded

    return decorate


def see_other(address: str) -> HttpResponse:
    """303: it is done, look there. The browser's "back" and "reload" do not do it again."""
    return HttpResponse(status=303, headers={"Location": address})
