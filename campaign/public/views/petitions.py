"""The open petitions, one petition with its form, and what comes after signing."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.lib.refusals import Refused
from campaign.lib.requests import client_network
from campaign.petitions import checking, screening, signing
from campaign.petitions.signing import Origin
from campaign.public import fields, showing
from campaign.public.doors import see_other, takes_forms
from campaign.public.errors import refuse
from campaign.public.showing import Shown

FRESH_FOR_SECONDS = 10
_TYPED = (*checking.REQUIRED, "comment")
_TICKED = {"yes", "on", "true", "1"}


@require_safe
@cache_control(max_age=FRESH_FOR_SECONDS)
def home(request: HttpRequest) -> HttpResponse:
    """The petitions that can be signed now."""
    return HttpResponse(showing.front_page())


@takes_forms
def petition(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the petition and its form. POST: sign it.

    The answer is the same 303 for a new mailbox, a known one and one that is over its cap. What can't be taken is a 422
    with what was typed; a closed petition is a 409. Signing twice is signing once.
    """
    return _sign(request, slug) if request.method == "POST" else _show(request, slug)


def _show(request: HttpRequest, slug: str) -> HttpResponse:
    page = showing.page_of(slug)
    if page is None:
        raise Http404
    origin = fields.hidden(
        source=checking.source_of(request.GET.get("source", "")),
        referrer=checking.referrer_of(request.GET.get("referrer", "")),
    )
    return HttpResponse(
        page.replace(showing.ORIGIN_GOES_HERE, origin), headers={"Cache-Control": f"max-age={FRESH_FOR_SECONDS}"}
    )


def _sign(request: HttpRequest, slug: str) -> HttpResponse:
    found = showing.shown(slug)
    if found is None:
        raise Http404
    if not found.petition.is_open:
        return refuse(request, 409, _("This petition is closed. Nobody can sign it any more, and nothing was stored."))
    typed = {name: request.POST[name] for name in _TYPED if name in request.POST}
    source = checking.source_of(request.POST.get("source", ""))
    referrer = checking.referrer_of(request.POST.get("referrer", ""))
    consents = request.POST.get("updates_consent", "") in _TICKED
    try:
        sign_up = checking.check(typed | {"source": source, "referrer": referrer, "updates_consent": consents})
    except Refused as refused:
        context = showing.form_context(found) | {
            "form": fields.sign_up_form(typed, refused),
            "origin": fields.hidden(source=source, referrer=referrer),
            "consents": consents,
        }
        return render(request, "public/petition.html", context, status=422)
    signing.sign(found.petition, sign_up, Origin(found.language, None, screening.screen(client_network(request))))
    return see_other(found.next_url)


@require_safe
@cache_control(max_age=FRESH_FOR_SECONDS)
def check_your_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """What to look for in the mailbox. It says the same to everybody, whatever was known of theirs."""
    found: Shown | None = showing.shown(slug)
    if found is None:
        raise Http404
    context = {"shown": found, "petition": found.petition, "title": found.text.title, "sender": settings.MAIL_FROM}
    return render(request, "public/check_your_mail.html", context)
