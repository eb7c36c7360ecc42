"""A mailing as its readers get it: an invented one beside the form, ten real ones, and as a test to oneself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import nh3
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from campaign.dashboard.mailings_finding import find
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.lib import emails
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings import audience as audiences
from campaign.mailings import fields, rendering, testing
from campaign.mailings.drafting import Words
from campaign.mailings.fields import Cause
from campaign.mailings.models import Mailing
from campaign.mailings.rendering import Source

IN_A_SAMPLE = 10
_DRAW = re.compile("[0-9a-f]{32}")
_TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "a"}
# A mail's own HTML may style itself and nothing more: no script, no picture from elsewhere, no form, no way out.
POLICY_OF_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@dataclass(frozen=True)
class Reading:
    """One version as Ada Lopez of Oregon would read it, who is made up; or why nobody can."""

    name: str
    language: str
    subject: str = ""
    html: str = ""
    text: str = ""
    faults: Sequence[Refusal] = ()

    @classmethod
    def of(cls, name: str, words: Words, cause: Cause) -> "Reading":
        """What these words come to; with faults where they can't be sent as they are."""
        try:
            written = rendering.shown(Source.about(words.subject, words.body, cause), fields.SOMEBODY)
        except Refused as refused:
            return cls(name, cause.language, faults=refused.refusals)
        return cls(name, cause.language, written.subject, without_looks(written.html), written.text)

    @classmethod
    def of_all(cls, mailing: Mailing) -> list["Reading"]:
        """All versions of a mailing that is kept."""
        cause = Cause.of_mailing(mailing)
        return [cls.of(each.name, Words(each.subject, each.body), cause) for each in mailing.versions.all()]


def without_looks(html: str) -> SafeString:
    """The words of a mail for a page of ours, whose policy allows no styles of somebody else. Links lead nowhere."""
    body = html.partition("<body")[2].partition(">")[2] or html
    return mark_safe(nh3.clean(body, tags=_TAGS, attributes={}, link_rel=None))  # noqa: S308 sanitized right here


@require_safe
@for_organizers
def sample(request: DeskRequest, pk: UUID) -> HttpResponse:
    """One of ten mails to real people of the audience, chosen by `?n=`. A number past the end is the last one.

    `?draw=` says which ten; without it they are drawn.
    """
    mailing = find(pk)
    draw = _draw(request) or uuid4()
    context: dict[str, object] = {"mailing": mailing, "audience": audiences.size(mailing), "sender": _sender()}
    try:
        found = audiences.sample(mailing, IN_A_SAMPLE, draw)
    except Refused as refused:
        found, context["faults"] = [], refused.refusals
    if found:
        n = _number(request, len(found))
        context |= {"draw": draw.hex, "n": n, "numbers": range(1, len(found) + 1), "sampled": found[n - 1]}
    return render(request, "dashboard/mailing_sample.html", context)


@require_safe
@for_organizers
@xframe_options_sameorigin
def sample_html(request: DeskRequest, pk: UUID) -> HttpResponse:
    """The HTML part of one of the ten under a policy of its own, for the frame beside the text. 404 when it is gone."""
    draw = _draw(request)
    if draw is None:
        raise Http404
    try:
        found = audiences.sample(find(pk), IN_A_SAMPLE, draw)
    except Refused:
        found = []
    if not found:
        raise Http404
    html = found[_number(request, len(found)) - 1].written.html
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY_OF_MAIL})


def _sender() -> str:
    return emails.named(settings.ORGANIZATION_NAME, f"updates@{settings.UPDATES_DOMAIN}")


def _draw(request: DeskRequest) -> UUID | None:
    asked = request.GET.get("draw", "")
    return UUID(hex=asked) if _DRAW.fullmatch(asked) else None


def _number(request: DeskRequest, most: int) -> int:
    asked = request.GET.get("n", "")
    return min(most, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


@require_POST
@for_organizers
def test(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Each version to the organizer's own address, and to no other. Each POST sends another one, within a limit."""
    mailing = find(pk)
    try:
        for version in mailing.versions.all():
            testing.send_test(pk, version.name, request.user)
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _("The test is on its way to %(address)s.") % {"address": request.user.email})
    return redirect("dashboard:mailing", pk)
