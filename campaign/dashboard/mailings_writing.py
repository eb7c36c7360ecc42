"""Writing a mailing, with what its readers get beside the form."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaign.dashboard.mailings_finding import find
from campaign.dashboard.mailings_forms import MailingForm
from campaign.dashboard.mailings_reading import Reading
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.lib.refusals import Refused
from campaign.mailings import comparing, drafting, fields
from campaign.mailings.fields import Cause
from campaign.mailings.models import Mailing


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def create(request: DeskRequest) -> HttpResponse:
    """A new draft. POST with `preview` shows it and stores nothing; faults answer 422 with everything typed.

    `?petition=` chooses the petition. The second POST makes a second draft.
    """
    form = MailingForm(request.POST) if request.method == "POST" else MailingForm.empty(request.GET.get("petition", ""))
    if _is_to_be_kept(request, form):
        try:
            mailing = drafting.begin(form.cleaned_data["petition"], form.draft(), request.user)
        except Refused as refused:
            form.tell(refused)
        else:
            messages.success(request, _("The draft is kept. Nothing is sent yet."))
            return redirect("dashboard:mailing", mailing.pk)
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def edit(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Change a mailing that has not begun; what was approved before needs a new approval. Another organizer's, too.

    The second POST changes nothing. Faults answer 422, and so does a form made before somebody else changed it.
    """
    mailing = find(pk)
    if not mailing.may_change:
        messages.error(request, _("It can't be changed any more."))
        return redirect("dashboard:mailing", pk)
    form = MailingForm(request.POST, upon=mailing) if request.method == "POST" else MailingForm.of(mailing)
    if _is_to_be_kept(request, form) and form.is_upon(mailing):
        try:
            was_approved = mailing.approved_at is not None
            changed = drafting.edit(pk, form.draft(), request.user, form.cleaned_data["seen"])
        except Refused as refused:
            form.tell(refused)
        except drafting.ChangedMeanwhile:
            form.is_upon(find(pk))
        except drafting.NoLongerPossible:
            messages.error(request, _("It can't be changed any more."))
            return redirect("dashboard:mailing", pk)
        else:
            _say(request, pk, changed=changed, was_approved=was_approved)
            return redirect("dashboard:mailing", pk)
    return _page(request, form, mailing)


def _say(request: DeskRequest, pk: UUID, *, changed: bool, was_approved: bool) -> None:
    is_approval_gone = was_approved and not Mailing.objects.exclude(approved_at=None).filter(pk=pk).exists()
    if is_approval_gone:
        messages.warning(request, _("Your changes are kept. The approval is gone: ask for a new one."))
    elif changed:
        messages.success(request, _("Your changes are kept."))
    else:
        messages.success(request, _("Nothing changed."))


@require_POST
@for_organizers
def preview(request: DeskRequest) -> HttpResponse:
    """What its readers would get of what was typed so far, as a fragment for the page that typed it. Stores nothing."""
    return render(request, "dashboard/mailing_preview.html", {"readings": _readings(MailingForm(request.POST))})


def _is_to_be_kept(request: DeskRequest, form: MailingForm) -> bool:
    return request.method == "POST" and "preview" not in request.POST and form.is_valid()


def _readings(form: MailingForm) -> list[Reading]:
    """Of a form that is finished or not."""
    petition = form.sketched_petition()
    if petition is None:
        return []
    cause = Cause.of(petition, form.sketched_language())
    return [Reading.of(name, words, cause) for name, words in form.sketched_words()]


def _page(request: DeskRequest, form: MailingForm, mailing: Mailing | None) -> HttpResponse:
    context = {
        "form": form,
        "mailing": mailing,
        "readings": _readings(form),
        "meanings": fields.MEANINGS,
        "rule": comparing.RULE,
        "has_petitions": form.has_petitions,
    }
    refused = request.method == "POST" and "preview" not in request.POST
    return render(request, "dashboard/mailing_edit.html", context, status=422 if refused else 200)
