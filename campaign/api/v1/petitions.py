"""GET /petitions and /petitions/{slug}: what can be signed, and how far it has come."""

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from campaign.api import parsing
from campaign.api.v1.schema import lists_petitions, reads_a_petition
from campaign.api.views import PublicRead, answer
from campaign.lib import tokens
from campaign.lib.kept import Kept
from campaign.lib.refusals import Refusal, Refused
from campaign.petitions.models import Petition, PetitionQuerySet
from campaign.petitions.recipes import link

LONGEST_SLUG = 80
MOST_ON_A_PAGE = 100
ON_A_PAGE = 20
CACHED = "public, max-age=5"
_CURSOR = "petitions-cursor"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Petitions(PublicRead):
    """The open petitions, the newest first."""

    @lists_petitions
    def get(self, request: Request) -> HttpResponse:
        """A page of petitions; Link leads to the next one, as long as there is one."""
        asked = parsing.query(request, "limit", "cursor", "language")
        language, limit = _language(asked), _limit(asked)
        petitions = list(_after(asked.get("cursor")).with_texts()[: limit + 1])
        response = answer(
            {"petitions": [as_json(petition, language) for petition in petitions[:limit]]}, Cache_Control=CACHED
        )
        if len(petitions) > limit:
            following = asked | {"limit": str(limit), "cursor": Place.of(petitions[limit - 1]).as_text()}
            address = settings.SITE_URL + reverse("v1:petitions")
            response.headers["Link"] = f'<{address}?{urlencode(following)}>; rel="next"'
        return response


class OnePetition(PublicRead):
    """One petition, open or closed."""

    @reads_a_petition
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The petition as it stood at most a second ago; 304 where If-None-Match names what the caller has."""
        language = _language(parsing.query(request, "language"))
        page = _pages.get((slug, language)) if len(slug) <= LONGEST_SLUG else None
        if page is None:
            raise Http404
        known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
        response: HttpResponse
        if "*" in known or page.headers["ETag"] in {tag.removeprefix("W/") for tag in known}:
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(page.content, content_type="application/json")
        for name in ("ETag", "Cache-Control", "Content-Language"):
            response.headers[name] = page.headers[name]
        return response


def as_json(petition: Petition, language: str) -> dict[str, Any]:
    """What everybody may know of a petition."""
    text = petition.text_in(language)
    return {
        "slug": petition.slug,
        "url": link("public:petition", text.language, petition.slug),
        "title": text.title,
        "target": text.target,
        "summary": text.summary,
        "language": text.language,
        "goal": petition.goal,
        "confirmed": petition.confirmed_total,
        "status": petition.status,
        "opened_at": _moment(petition.opened_at),
        "closed_at": _moment(petition.closed_at),
        "updated_at": _moment(petition.updated_at),
    }


@dataclass(frozen=True)
class Place:
    """Where a page of petitions ends. As text it is signed: only what we gave out is taken back."""

    created_at: datetime
    petition_id: uuid.UUID

    @classmethod
    def of(cls, petition: Petition) -> "Place":
        """The place of this petition."""
        return cls(petition.created_at, petition.pk)

    def as_text(self) -> str:
        """The cursor."""
        moment = (self.created_at - _EPOCH) // timedelta(microseconds=1)
        return tokens.signed(_CURSOR, base64.urlsafe_b64encode(moment.to_bytes(8) + self.petition_id.bytes).decode())

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place in a cursor; None for one that is not ours."""
        word = tokens.unsigned(_CURSOR, text)
        try:
            packed = base64.urlsafe_b64decode(word or "")
        except (binascii.Error, ValueError):
            return None
        if len(packed) != 24:
            return None
        moment = timedelta(microseconds=int.from_bytes(packed[:8]))
        return cls(_EPOCH + moment, uuid.UUID(bytes=packed[8:]))


def _after(cursor: str | None) -> PetitionQuerySet:
    petitions = Petition.objects.open().order_by("-created_at", "-pk")
    if cursor is None:
        return petitions
    place = Place.read(cursor)
    if place is None:
        raise Refused((Refusal("cursor", "bad_cursor", _("This cursor is not one of ours; follow the Link header.")),))
    return petitions.filter(
        Q(created_at__lt=place.created_at) | Q(created_at=place.created_at, pk__lt=place.petition_id)
    )


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("limit", str(ON_A_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ON_A_PAGE):
        raise Refused((Refusal("limit", "bad_limit", _("A page holds 1 to 100 petitions.")),))
    return int(text)


def _language(asked: dict[str, str]) -> str:
    language = asked.get("language", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise Refused((Refusal("language", "unknown_language", _("We don't speak this language.")),))
    return language


def _page(asked: tuple[str, str]) -> HttpResponse | None:
    slug, language = asked
    petition = Petition.objects.public().with_texts().filter(slug=slug).first()
    if petition is None:
        return None
    body = as_json(petition, language)
    response = answer(body, Cache_Control=CACHED, Content_Language=body["language"])
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return response


_pages: Kept[tuple[str, str], HttpResponse | None] = Kept(_page)


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
