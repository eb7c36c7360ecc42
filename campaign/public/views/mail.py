"""Stopping mail with the link that stands in every piece of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from campaign.delivery.models import Scope
from campaign.petitions import unsubscribing
from campaign.public.doors import discreet, see_other, takes_forms
from campaign.public.errors import refuse


@takes_forms
@discreet
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what is stopped, and the choices. POST with `List-Unsubscribe=One-Click` (RFC 8058): updates stop; 200.

    The page's own form posts `scope`: updates, all, or none to be written to again. Twice is once.
    """
    mailbox = unsubscribing.mailbox_of(token)
    if mailbox is None:
        return refuse(request, 404, _("This link was cut off in your mail. Please copy the whole of it."), is_link=True)
    if request.method != "POST":
        return render(request, "public/unsubscribe.html", {"stopped": unsubscribing.stopped(mailbox)})
    if "List-Unsubscribe" in request.POST:
        unsubscribing.unsubscribe(mailbox, Scope.UPDATES)
        return HttpResponse(_("You will get no more updates.") + "\n", content_type="text/plain; charset=utf-8")
    if not unsubscribing.choose(mailbox, request.POST.get("scope", "")):
        return refuse(request, 422, _("Please choose one of the buttons on the page."))
    return see_other(request.path)
