"""What holds for every request: a name for the logs, a path that can be read, a body of known and modest size."""

import ipaddress
import uuid
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import MediaType
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.http import parse_header_parameters
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis import RedisError

from campaign.lib import problems
from campaign.lib.kept import UNREACHABLE

RETRY_AFTER_SECONDS = "5"


def client_network(request: HttpRequest) -> str:
    """The network a request comes from: an IPv4 address or an IPv6 /64, past exactly TRUSTED_PROXIES proxies."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            address = hops[-settings.TRUSTED_PROXIES]
    return _network_of(address)


@lru_cache(maxsize=4096)
def _network_of(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def refuse(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A clear error in the form the caller reads: problem+json under /api/, a page elsewhere."""
    if request.path_info.startswith("/api/"):
        return problems.response(status, detail, request)
    return render(request, "public/refused.html", {"status_code": status, "detail": detail}, status=status)


def _fault(request: HttpRequest) -> tuple[int, Promise] | None:
    """What is wrong with a request before anybody reads it."""
    raw = request.META.get("QUERY_STRING", "")
    if "\0" in request.path_info or "\ufffd" in request.path_info or "%00" in raw:
        return 400, gettext_lazy("This address holds characters that can't be read.")
    # A cookie may spell NUL as "\\000"; the table of sessions would be asked for it.
    if "\\0" in request.META.get("HTTP_COOKIE", "") and any("\0" in value for value in request.COOKIES.values()):
        return 400, gettext_lazy("What your browser sent can't be read. Please go back and try again.")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        return 415, gettext_lazy("Please send text in UTF-8.")
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        return 411, gettext_lazy("Please send the length of the body.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return 400, gettext_lazy("The length of the body can't be read.")
    return _too_long(request, int(length))


def longest_body(request: HttpRequest) -> int:
    """How many bytes this address takes."""
    larger = (most for start, most in settings.LARGER_BODIES if request.path_info.startswith(start))
    return next(larger, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _too_long(request: HttpRequest, length: int) -> tuple[int, Promise] | None:
    longest = longest_body(request)
    if length <= longest:
        return None
    if longest == settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return 413, gettext_lazy("This is more than we take at once: 64 KiB.")
    return 413, format_lazy(gettext_lazy("This is more than we take at once: {most} MiB."), most=longest // 1024**2)


class Utf8Request(WSGIRequest):
    """Reads queries and forms as UTF-8. Django's own decodes with whatever a stranger names, and breaks on "hex"."""

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):  # a parameter in an encoding that does not exist (RFC 2231)
            self.content_type, self.content_params = "", {"charset": "unreadable"}

    @cached_property
    def accepted_types(self) -> list[MediaType]:
        """What the caller takes; nothing where Accept can't be read."""
        try:
            return super().accepted_types
        except (LookupError, ValueError):
            return []


class RequestMiddleware:
    """Gives each request an id and turns away what can't be read. A database that is down is a 503, never a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the request's id in a header."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        fault = _fault(request)
        if fault:
            with translation.override(translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
                response = refuse(request, fault[0], str(fault[1]))
        else:
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The database, or what counts failed log-ins, can't be reached: say so, and when to come back."""
        if isinstance(exception, (*UNREACHABLE, RedisError)):
            response = refuse(request, 503, _("We can't store anything just now. Please try again in a few seconds."))
            response.headers["Retry-After"] = RETRY_AFTER_SECONDS
            return response
        return None
