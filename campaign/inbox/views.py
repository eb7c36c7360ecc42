"""The development inbox and its twin for scripts. Routed only where INBOX_DIR is set: never in production."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaign.inbox import reading
from campaign.inbox.reading import ReceivedMail

# A mail's own HTML may style itself and nothing more: no script, no picture from elsewhere, no form.
POLICY_OF_MAIL = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest messages first; `?to=` keeps those to one mailbox."""
    return render(request, "inbox/inbox.html", {"mails": _mails(request), "to": request.GET.get("to", "")})


@never_cache
@require_safe
def inbox_json(request: HttpRequest) -> JsonResponse:
    """The same as a list of objects: id, to, from, subject, headers, text, html, links, received_at."""
    return JsonResponse([mail.as_json() for mail in _mails(request)], safe=False)


@never_cache
@require_safe
def message(request: HttpRequest, message_id: str) -> HttpResponse:
    """One message: headers, text, links, and its HTML in a frame that can do nothing. 404 when it is gone."""
    return render(request, "inbox/message.html", {"mail": _mail(message_id)})


@never_cache
@require_safe
@xframe_options_sameorigin
def message_html(request: HttpRequest, message_id: str) -> HttpResponse:
    """A message's HTML part under a policy of its own, for the frame. Links open outside of it."""
    mail = _mail(message_id)
    return HttpResponse(f'<base target="_blank">{mail.html}', headers={"Content-Security-Policy": POLICY_OF_MAIL})


def _mails(request: HttpRequest) -> list[ReceivedMail]:
    return reading.read_messages(Path(settings.INBOX_DIR), to=request.GET.get("to", ""))


def _mail(message_id: str) -> ReceivedMail:
    mail = reading.read_message(Path(settings.INBOX_DIR), message_id)
    if mail is None:
        raise Http404("No such message.")
    return mail
