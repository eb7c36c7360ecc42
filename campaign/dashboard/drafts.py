"""Writing a petition, with a preview of its public page beside the form."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaign.dashboard.forms import ADDRESS_TAKEN, PetitionForm, PetitionTextForm, draft_of, other_languages
from campaign.dashboard.permissions import DeskRequest, for_organizers
from campaign.dashboard.petitions import find
from campaign.lib.markdown import as_html
from campaign.petitions import drafting
from campaign.petitions.models import Petition, PetitionText


@dataclass(frozen=True)
class Sketch:
    """What the public will read, with its Markdown as HTML."""

    text: PetitionText
    argument: SafeString
    other_side: SafeString
    standing: SafeString

    @classmethod
    def of(cls, text: PetitionText) -> "Sketch":
        """As the public page does it."""
        return cls(text, as_html(text.argument), as_html(text.other_side), as_html(text.standing))


def _wants_preview(request: DeskRequest) -> bool:
    return "preview" in request.POST


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def create(request: DeskRequest) -> HttpResponse:
    """A new draft. POST with `preview` shows it and stores nothing; faults answer 422 with everything typed."""
    form = PetitionForm(request.POST or None)
    words = PetitionTextForm(request.POST or None, instance=PetitionText(language="en"))
    if request.method == "POST" and not _wants_preview(request) and form.is_valid() and words.is_valid():
        try:
            petition = drafting.begin(draft_of(form, words))
        except drafting.AddressTaken:
            form.add_error("slug", str(ADDRESS_TAKEN))
        else:
            messages.success(request, _("The draft is kept. Nobody sees it before you open it."))
            return redirect("dashboard:petition", petition.slug)
    return _page(request, {"form": form, "words": words, "language": "en"})


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def edit(request: DeskRequest, slug: str) -> HttpResponse:
    """Change address, goal, treaty and English words. The second POST changes nothing; faults answer 422."""
    petition = find(slug)
    text = _text_in(petition, "en")
    form = PetitionForm(request.POST or None, instance=petition)
    words = PetitionTextForm(request.POST or None, instance=text)
    if request.method == "POST" and not _wants_preview(request) and form.is_valid() and words.is_valid():
        try:
            petition = drafting.revise(petition.pk, draft_of(form, words))
        except drafting.AddressTaken:
            form.add_error("slug", str(ADDRESS_TAKEN))
        else:
            messages.success(request, _("Your changes are kept."))
            return redirect("dashboard:petition", petition.slug)
    return _page(request, {"form": form, "words": words, "language": "en", "petition": find(slug)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def translate(request: DeskRequest, slug: str, language: str) -> HttpResponse:
    """Put a petition into another language, or change its words there. POST with `remove` takes the language away."""
    if language not in dict(other_languages()):
        raise Http404
    petition = find(slug)
    words = PetitionTextForm(request.POST or None, instance=_text_in(petition, language))
    if request.method == "POST" and "remove" in request.POST:
        drafting.unword(petition.pk, language)
        messages.success(request, _("This language is gone; its readers get English."))
        return redirect("dashboard:petition", slug)
    if request.method == "POST" and not _wants_preview(request) and words.is_valid():
        drafting.word(petition.pk, words.wording(language))
        messages.success(request, _("Your changes are kept."))
        return redirect("dashboard:petition", slug)
    return _page(request, {"words": words, "language": language, "petition": petition})


@require_POST
@for_organizers
def preview(request: DeskRequest) -> HttpResponse:
    """The public look of what was typed so far, as a fragment for the page that typed it. Stores nothing."""
    words = PetitionTextForm(request.POST, instance=PetitionText(language=_language(request)))
    return render(request, "dashboard/petition_preview.html", {"sketch": Sketch.of(words.sketch())})


def _language(request: DeskRequest) -> str:
    asked = request.POST.get("language", "")
    return asked if asked in dict(other_languages()) else "en"


def _text_in(petition: Petition, language: str) -> PetitionText:
    """The words in this language; new ones, not stored, when there are none."""
    found = next((text for text in petition.texts.all() if text.language == language), None)
    return found or PetitionText(petition=petition, language=language)


def _page(request: DeskRequest, context: dict[str, object]) -> HttpResponse:
    words = context["words"]
    assert isinstance(words, PetitionTextForm)  # noqa: S101 for the type checker
    text = words.sketch() if request.method == "POST" else words.instance
    shown = {"sketch": Sketch.of(text), "languages": other_languages()}
    refused = request.method == "POST" and not _wants_preview(request)
    return render(request, "dashboard/edit.html", context | shown, status=422 if refused else 200)
