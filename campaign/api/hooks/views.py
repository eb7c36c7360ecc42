"""Where mail providers and mail servers report. Whatever is unsigned is told so and changes nothing."""

from collections.abc import Callable
from functools import wraps

import structlog
from anymail.exceptions import AnymailConfigurationError
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from campaign.api.errors import Unreadable, nothing_here
from campaign.api.hooks import hearing as hearing  # it listens from here on
from campaign.api.hooks import signing
from campaign.api.hooks.providers import PROVIDERS, Forged
from campaign.delivery import reading_reports
from campaign.lib import problems
from campaign.lib.requests import longest_body

log = structlog.get_logger(__name__)
_RAW_MAIL = {"message/rfc822", "message/global", "application/octet-stream"}


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Every error as a problem with a sentence, and no question of cookies."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: str) -> HttpResponse:
        try:
            return view(request, *args)
        except Forged as error:
            log.warning("an unsigned report was refused", path=request.path_info)
            return problems.response(403, str(error), request)
        except RequestDataTooBig:
            return problems.response(413, _("This is more than we take at once."), request)
        except Unreadable as error:
            return problems.response(400, str(error.detail), request)
        except (SuspiciousOperation, UnreadablePostError):
            return problems.response(400, _("This can't be read."), request)

    return answer


def _read_body(request: HttpRequest) -> None:
    """Take the whole body, as long as this address allows: Django's own limit is the one for forms."""
    longest = longest_body(request)
    body = request.read(longest + 1)
    if len(body) > longest:
        raise RequestDataTooBig
    request._body = body


def _not_this_way(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    response = problems.response(405, _("This address does not know this method; Allow says which it knows."), request)
    response.headers["Allow"] = ", ".join(methods)
    return response


@_guarded
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: the events of one provider, each heard once; 200 when all are stored, and so for those heard before.

    403 for a wrong signature, 400 for what can't be read, 413 over 4 MiB, 404 for a provider that nothing is set to
    check with. 503 with Retry-After when the database is down: the provider sends them again.
    """
    found = PROVIDERS.get(slug)
    if found is None or not found.can_be_checked():
        return nothing_here(request)
    if request.method not in found.methods:
        return _not_this_way(request, found.methods)
    try:
        view = found.open()
    except AnymailConfigurationError:
        log.warning("a provider's reports can't be checked: a setting is missing", source=slug)
        return nothing_here(request)
    if request.method == "POST":
        _read_body(request)
    view.setup(request)
    response: HttpResponse = view.dispatch(request)
    if view.unread:
        log.warning("some events could not be read", source=slug, events=view.unread)
    return response


@_guarded
def inbound(request: HttpRequest) -> HttpResponse:
    """POST: one message as it came (RFC 5322), signed with REPORTS_SECRET; 200 says whether it reported anything.

    The same message again is heard once. 403 for a wrong or old signature, 404 without a secret, 413 over 12 MiB, 415
    for anything but message/rfc822 or application/octet-stream.
    """
    if not signing.is_set():
        return nothing_here(request)
    if request.method != "POST":
        return _not_this_way(request, ("POST",))
    if request.content_type not in _RAW_MAIL:
        return problems.response(415, _("Send the message as message/rfc822."), request)
    signing.look_at_time(request)
    _read_body(request)
    signing.check(request)
    is_report = reading_reports.read(request.body, request.headers.get("X-Envelope-To", "")[:1000])
    return JsonResponse({"heard": is_report})
