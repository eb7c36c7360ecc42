"""Middleware for browsers: what machines under /api/ have no use for costs them nothing.

The names in settings.MIDDLEWARE say what each one is; here it only learns whom to let pass. Together they were a fifth
of a sign-up's time through the API.
"""

from dataclasses import asdict
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


def _is_machines(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class _ForBrowsers:
    """Lets a machine's call pass untouched."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on at once under /api/."""
        if _is_machines(request):
            return self.get_response(request)  # type: ignore[attr-defined]
        return super().__call__(request)  # type: ignore[misc]


class Sessions(_ForBrowsers, SessionMiddleware):
    """Who is logged in."""


class Languages(LocaleMiddleware):
    """The language of the address. Under /api/ the API chooses; until then our first one."""

    def __call__(self, request: HttpRequest) -> Any:
        """Nobody inherits the language of whoever this thread served before."""
        if not _is_machines(request):
            return super().__call__(request)
        with translation.override(settings.LANGUAGE_CODE):
            return self.get_response(request)


class Persons(_ForBrowsers, AuthenticationMiddleware):
    """Whom the session names."""


class Messages(_ForBrowsers, MessageMiddleware):
    """What is said once, on the next page."""


class Policy(CSPMiddleware):
    """The content security policy: put together once, and anew only for a response that changes it."""

    def __init__(self, get_response: object) -> None:
        super().__init__(get_response)  # type: ignore[arg-type]
        self._usual = build_policy(**asdict(PolicyParts()))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The usual policy, or the response's own."""
        if getattr(request, "_csp_nonce", None) or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response
