"""The page that every mail leads to: what we send and keep, and how to stop it. And the button of mail programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.petitions import linking, unsubscribing
from campaign.petitions.unsubscribing import Holder
from campaign.public import keeping
from campaign.public.doors import discreet, see_other, takes_forms
from campaign.public.errors import refuse


@takes_forms
@discreet
def preferences(request: HttpRequest, word: str) -> HttpResponse:
    """GET: what this mailbox gets and what we keep of it, without a name. It changes nothing.

    POST with `List-Unsubscribe=One-Click` (RFC 8058): the list of the mail stops; 200, no cookie, no redirect. The
    page's own forms post `scope` (list, again, updates, all, or none to be written to again), or `link` to have the
    link to the owner's own page mailed to them. Twice is once. A forged word is a 404, an unknown choice a 422.
    """
    holder = unsubscribing.holder_of(word)
    if holder is None:
        return _cut_off(request)
    if request.method != "POST":
        return _page(request, holder)
    if "List-Unsubscribe" in request.POST:
        unsubscribing.one_click(holder)
        return _stopped_by_program()
    page = reverse("public:mail_preferences", args=[word])
    if "link" in request.POST:
        linking.mail_my_page(holder.mailbox)
        return see_other(page + "?asked=link#own-page")
    if not unsubscribing.choose(holder.mailbox, request.POST.get("scope", ""), holder.list_id):
        return _no_choice(request)
    return see_other(page)


@takes_forms
@discreet
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A link of before. GET: on to the page that has taken its place. POST: answered as there. A forged one: 404."""
    word = unsubscribing.word_of_old_link(token)
    if word is None:
        return _cut_off(request)
    return preferences(request, word) if request.method == "POST" else redirect("public:mail_preferences", word)


def _page(request: HttpRequest, holder: Holder) -> HttpResponse:
    state = unsubscribing.state_of(holder.mailbox)
    here = next((each for each in state.lists if each.petition.pk == holder.list_id), None)
    others = [each for each in state.lists if each is not here]
    context = {
        "mail": state,
        "title": holder.petition.text_in().title if holder.petition else "",
        "here": here,
        "others": len(others),
        "others_stopped": sum(each.is_stopped for each in others),
        "kept": keeping.kept_of(holder.mailbox),
        "has_asked": request.GET.get("asked") == "link",
    }
    return render(request, "public/mail_preferences.html", context)


def _stopped_by_program() -> HttpResponse:
    return HttpResponse(_("You will get no more of these updates.") + "\n", content_type="text/plain; charset=utf-8")


def _cut_off(request: HttpRequest) -> HttpResponse:
    return refuse(request, 404, _("This link was cut off in your mail. Please copy the whole of it."), is_link=True)


def _no_choice(request: HttpRequest) -> HttpResponse:
    return refuse(request, 422, _("Please choose one of the buttons on the page."))
