"""Who may open which page of the desk. Nothing on it is kept by a browser or a proxy."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from campaign.organizers.models import Organizer

View = Callable[..., HttpResponseBase]
NO_STORE = "no-store"


class DeskRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: Organizer


def at_the_desk(view: View) -> View:
    """A page in the language of the person's browser, which nobody keeps a copy of. The desk has one address for all
    languages, unlike the citizens' pages."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = NO_STORE
        return response

    return answered


def _guarded(view: View, may: Callable[[Organizer], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, Organizer):
            # After logging in there is nothing to post again: whoever posted comes to the first page.
            back = request.get_full_path() if request.method == "GET" else reverse("dashboard:today")
            return redirect_to_login(back)
        if not may(request.user):
            detail = _("Your account may look at counts. To see who signed or to change things, ask an organizer.")
            return render(request, "dashboard/refused.html", {"detail": detail}, status=403)
        return view(request, *args, **kwargs)

    return at_the_desk(guarded)


def for_viewers(view: View) -> View:
    """Whoever has an account. Anonymous people are asked to log in."""
    return _guarded(view, lambda organizer: True)


def for_organizers(view: View) -> View:
    """Only those who may change things and see who signed: 403 for viewers, the log-in for anonymous people."""
    return _guarded(view, lambda organizer: organizer.may_change)
