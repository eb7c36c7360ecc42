"""What everybody sees alike, kept in the process for a second: the petition with its texts and count, and its page."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from campaign.lib.kept import Kept
from campaign.lib.markdown import as_html
from campaign.lib.text import LONGEST_SLUG
from campaign.petitions.models import Petition, PetitionText
from campaign.public.fields import STATES, sign_up_form
from campaign.supporters.wordings import UPDATES, WORDINGS

# Where the kept page has room for what this visitor's link brought along.
ORIGIN_GOES_HERE = "<!-- origin -->"
_Key = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """A petition in one language, with its parts as HTML and the addresses around it."""

    petition: Petition
    text: PetitionText
    language: str
    argument: SafeString
    other_side: SafeString
    standing: SafeString
    url: str
    next_url: str


def shown(slug: str) -> Shown | None:
    """The petition in the active language; None where there is none that the public may see. At most a second old."""
    return _shown.get((slug, translation.get_language())) if len(slug) <= LONGEST_SLUG else None


def page_of(slug: str) -> str | None:
    """The petition's whole page with an empty form, as HTML; None where there is none."""
    return _pages.get((slug, translation.get_language())) if len(slug) <= LONGEST_SLUG else None


def front_page() -> str:
    """The page of all open petitions, as HTML."""
    return _front_pages.get(translation.get_language())


def form_context(found: Shown) -> dict[str, object]:
    """What the petition's page needs beside the form itself."""
    return {
        "shown": found,
        "petition": found.petition,
        "text": found.text,
        "states": STATES,
        "updates_wording": WORDINGS[UPDATES],
    }


def _with_treaties(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """With the treaty each is about, its texts and its stages."""
    return petitions.select_related("treaty").prefetch_related("treaty__texts", "treaty__stage_changes")


def _ask_for_petition(key: _Key) -> Shown | None:
    slug, language = key
    petition = _with_treaties(Petition.objects.public().with_texts()).filter(slug=slug).first()
    if petition is None or not petition.texts.all():
        return None
    text = petition.text_in(language)
    with translation.override(language):
        return Shown(
            petition=petition,
            text=text,
            language=language,
            argument=as_html(text.argument),
            other_side=as_html(text.other_side),
            standing=as_html(text.standing),
            url=petition.get_absolute_url(),
            next_url=reverse("public:check_your_mail", args=[slug]),
        )


def _ask_for_page(key: _Key) -> str | None:
    found = _shown.get(key)
    if found is None:
        return None
    context = form_context(found) | {"form": sign_up_form(), "origin": SafeString(ORIGIN_GOES_HERE)}
    return for_nobody("public/petition.html", context, found.url, found.language)


def _ask_for_front_page(language: str) -> str:
    petitions = _with_treaties(Petition.objects.open().with_texts()).order_by("-opened_at")
    listed = [(petition, petition.text_in(language)) for petition in petitions if petition.texts.all()]
    with translation.override(language):
        path = reverse("public:home")
    return for_nobody("public/home.html", {"petitions": listed}, path, language)


def for_nobody(template: str, context: dict[str, object], path: str, language: str) -> str:
    """Rendered for a request that nobody sent: what is kept for everybody can't hold anything of anybody."""
    request = HttpRequest()
    request.path = request.path_info = path
    with translation.override(language):
        return render_to_string(template, context, request)


_shown: Kept[_Key, Shown | None] = Kept(_ask_for_petition, seconds=0.5, stale=0.5)
_pages: Kept[_Key, str | None] = Kept(_ask_for_page, seconds=0.5, stale=0.5)
_front_pages: Kept[str, str] = Kept(_ask_for_front_page, most=8)
