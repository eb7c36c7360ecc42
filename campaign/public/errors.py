"""What is said when a request can't be answered: a page for people, problem+json under /api/."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from campaign.lib import problems


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent can't be read."""
    return _answer(request, 400, _("What your browser sent can't be read. Please go back and try again."))


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: it can be read, and may not be done by whoever asks."""
    return _answer(request, 403, _("You may not do this. If you think you should, please write to us."))


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that this browser did not get from us, or long ago; also for a POST to a page that takes none."""
    return _answer(
        request, 403, _("This form is too old, or did not come from this page. Please go back and try again.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what never was, what is gone, and what is somebody else's."""
    return _answer(request, 404, _("There is nothing at this address. It may have been typed wrong, or it is gone."))


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: we broke. The database and everything else that may be the reason are not asked."""
    return _answer(request, 500, _("Something broke on our side. Nothing that you typed was kept. Please try again."))


def refuse(request: HttpRequest, status: int, detail: str, **context: Any) -> HttpResponse:
    """A page that says what is wrong. Its address may hold a token: it is neither kept nor passed on."""
    response = render(
        request, "public/refused.html", {"status_code": status, "detail": detail} | context, status=status
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problems.response(status, detail, request)
    return refuse(request, status, detail)
