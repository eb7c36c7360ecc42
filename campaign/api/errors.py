"""Every error of the API in one shape: RFC 9457 problem+json. No stack, no SQL, nothing of what a person typed."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from campaign.lib import problems
from campaign.lib.kept import UNREACHABLE
from campaign.lib.refusals import Refused

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 5


class Conflict(APIException):
    """The call was understood, and does not fit how things stand."""

    status_code = 409


class Unreadable(APIException):
    """The call can't be read; the detail says what is wrong with it and repeats nothing of it."""

    status_code = 400


_SENTENCES: dict[int, Promise] = {
    404: gettext_lazy("There is nothing at this address."),
    405: gettext_lazy("This address does not know this method; Allow says which it knows."),
    406: gettext_lazy("We answer in application/json only."),
    415: gettext_lazy("Send application/json in UTF-8."),
    429: gettext_lazy("This is more than agreed. Retry-After says when to come back."),
}


def as_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The error as an answer; None for what nobody foresaw, which Django logs and answers with 500."""
    for kinds, answer in _ANSWERS:
        if isinstance(error, kinds):
            return answer(error, context["request"]._request)
    return None


def _refused(error: Any, request: HttpRequest) -> HttpResponse:
    return problems.response(422, _("Some of this can't be taken; errors says what and why."), request, error.refusals)


def _api_error(error: Any, request: HttpRequest) -> HttpResponse:
    status = error.status_code
    response = problems.response(status, str(_SENTENCES.get(status, error.detail)), request)
    if challenge := getattr(error, "auth_header", ""):
        response.headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        response.headers["Retry-After"] = str(math.ceil(wait))
    return response


def _not_found(error: Exception, request: HttpRequest) -> HttpResponse:
    return problems.response(404, str(_SENTENCES[404]), request)


def _not_allowed(error: Exception, request: HttpRequest) -> HttpResponse:
    return problems.response(403, _("This is not allowed."), request)


def _too_large(error: Exception, request: HttpRequest) -> HttpResponse:
    return problems.response(413, _("This is more than we take at once: 64 KiB."), request)


def _cut_off(error: Exception, request: HttpRequest) -> HttpResponse:
    return problems.response(400, _("The body ended before it was complete."), request)


def _try_later(error: Exception, request: HttpRequest) -> HttpResponse:
    log.warning("a call could not be stored", error=type(error).__name__, request_id=getattr(request, "request_id", ""))
    response = problems.response(
        503, _("We can't store anything just now. Please try again in a few seconds."), request
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


# A row that a kept answer still named is gone: a second later the call meets how things stand.
_ANSWERS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any, HttpRequest], HttpResponse]], ...] = (
    ((Refused,), _refused),
    ((APIException,), _api_error),
    ((Http404,), _not_found),
    ((PermissionDenied,), _not_allowed),
    ((RequestDataTooBig,), _too_large),
    ((UnreadablePostError,), _cut_off),
    ((*UNREACHABLE, IntegrityError), _try_later),
)


@no_append_slash
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Whatever stands at no address of the API: 404, for every method."""
    return _not_found(Http404(), request)


def only_read(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page or document of the API that knows GET and HEAD, and says so as the operations do."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        response = problems.response(405, str(_SENTENCES[405]), request)
        response.headers["Allow"] = "GET, HEAD"
        return response

    return guarded
