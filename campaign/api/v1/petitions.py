"""GET /petitions and /petitions/{slug}: what can be signed, and how far it has come."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from rest_framework.request import Request

from campaign.api import pages, parsing
from campaign.api.pages import Page
from campaign.api.v1.operations_of_petitions import lists_petitions, reads_a_petition
from campaign.api.views import PublicRead
from campaign.lib.kept import Kept
from campaign.lib.text import LONGEST_SLUG
from campaign.petitions.models import Petition, PetitionQuerySet
from campaign.petitions.recipes import link

CACHED = "public, max-age=5"
_KIND = "petitions"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Petitions(PublicRead):
    """The open petitions, the newest first."""

    @lists_petitions
    def get(self, request: Request) -> HttpResponse:
        """A page of petitions; Link leads to the next one, as long as there is one."""
        asked = parsing.query(request, "limit", "cursor", "language")
        language, limit = pages.language_of(asked), pages.limit_of(asked)
        petitions = list(_after(asked.get("cursor")).with_texts()[: limit + 1])
        body = {"petitions": [as_json(petition, language) for petition in petitions[:limit]]}
        response = Page.of(body, Cache_Control=CACHED).answer(request._request)
        if len(petitions) > limit:
            following = {"limit": str(limit), "cursor": Place.of(petitions[limit - 1]).as_text()}
            pages.lead_on(response, "petitions", asked | following)
        return response


class OnePetition(PublicRead):
    """One petition, open or closed."""

    @reads_a_petition
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The petition as it stood at most a second ago; 304 where If-None-Match names what the caller has."""
        language = pages.language_of(parsing.query(request, "language"))
        page = _pages.get((slug, language)) if len(slug) <= LONGEST_SLUG else None
        return pages.found(page).answer(request._request)


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
        return pages.cursor(_KIND, moment.to_bytes(8) + self.petition_id.bytes)

    @classmethod
    def read(cls, text: str) -> "Place":
        """The place in a cursor. Raises Refused for one that is not ours."""
        packed = pages.place_in(_KIND, text)
        if len(packed) != 24:
            raise pages.bad_cursor()
        moment = timedelta(microseconds=int.from_bytes(packed[:8]))
        return cls(_EPOCH + moment, uuid.UUID(bytes=packed[8:]))


def _after(cursor: str | None) -> PetitionQuerySet:
    petitions = Petition.objects.open().order_by("-created_at", "-pk")
    if cursor is None:
        return petitions
    place = Place.read(cursor)
    return petitions.filter(
        Q(created_at__lt=place.created_at) | Q(created_at=place.created_at, pk__lt=place.petition_id)
    )


def _page(asked: tuple[str, str]) -> Page | None:
    slug, language = asked
    petition = Petition.objects.public().with_texts().filter(slug=slug).first()
    if petition is None:
        return None
    body = as_json(petition, language)
    return Page.of(body, Cache_Control=CACHED, Content_Language=body["language"])


_pages: Kept[tuple[str, str], Page | None] = Kept(_page)


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
