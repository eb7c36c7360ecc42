"""GET /treaties, /treaties/{slug} and its positions: where a treaty stands, who stands where, and how many it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from campaign.api import pages, parsing
from campaign.api.pages import Page
from campaign.api.v1.filters import Filters
from campaign.api.v1.operations_of_congress import lists_positions, lists_treaties, reads_a_treaty
from campaign.api.v1.people import seat_as_json
from campaign.api.views import PublicRead, spoken
from campaign.lib.kept import Kept
from campaign.lib.text import LONGEST_SLUG
from campaign.petitions.recipes import link
from campaign.treaties import counting
from campaign.treaties.counting import Count, Standing
from campaign.treaties.models import Stage, StageChange, Stance, Treaty

CACHED = "public, max-age=60"
_KIND = "treaties"


class Treaties(PublicRead):
    """The treaties that the house follows."""

    @lists_treaties
    def get(self, request: Request) -> HttpResponse:
        """A page of treaties by their slugs; Link leads to the next one."""
        asked = parsing.query(request, "limit", "cursor", "language")
        language, limit = _language(request, asked), pages.limit_of(asked)
        treaties = Treaty.objects.with_story().order_by("slug")
        if "cursor" in asked:
            treaties = treaties.filter(slug__gt=pages.place_in(_KIND, asked["cursor"]).decode())
        found = list(treaties[: limit + 1])
        body = {"treaties": [as_json(treaty, language) for treaty in found[:limit]]}
        headers = {"Cache_Control": CACHED, "Content_Language": language, "Vary": "Accept-Language"}
        response = Page.of(body, **headers).answer(request._request)
        if len(found) > limit:
            following = {"limit": str(limit), "cursor": pages.cursor(_KIND, found[limit - 1].slug.encode())}
            pages.lead_on(response, "treaties", asked | following)
        return response


class OneTreaty(PublicRead):
    """One treaty."""

    @reads_a_treaty
    def get(self, request: Request, slug: str) -> HttpResponse:
        """Its stages with their sources, and the count, as they stood some two seconds ago; 304 where you have it."""
        language = _language(request, parsing.query(request, "language"))
        page = _pages.get((slug, language)) if len(slug) <= LONGEST_SLUG else None
        return pages.found(page).answer(request._request)


class Positions(PublicRead):
    """How each of the hundred seats stands on a treaty."""

    @lists_positions
    def get(self, request: Request, slug: str) -> HttpResponse:
        """All seats, or those of a state or with a position. Who entered a position is nobody's business."""
        asked = parsing.query(request, "state", "position")
        state, position = _filters(asked)
        page = _positions.get((slug, state, position)) if len(slug) <= LONGEST_SLUG else None
        return pages.found(page).answer(request._request)


def as_json(treaty: Treaty, language: str) -> dict[str, Any]:
    """What a list says of a treaty."""
    text, change = treaty.text_in(language), treaty.current_change
    with translation.override(text.language):
        stage = str(Stage(treaty.stage).label)
    return {
        "slug": treaty.slug,
        "url": link("public:treaty", text.language, treaty.slug),
        "title": text.title,
        "short_title": text.short_title,
        "summary": text.summary,
        "language": text.language,
        "document": treaty.document or None,
        "stage": treaty.stage.value,
        "stage_name": stage,
        "stage_since": change.happened_on.isoformat() if change else None,
    }


def _language(request: Request, asked: Mapping[str, str]) -> str:
    """What the address asks for; else what the caller's Accept-Language does."""
    return pages.language_of(asked, spoken(request._request))


@dataclass(frozen=True)
class _Called:
    """A treaty with its story, and the roll call on it."""

    treaty: Treaty
    standings: tuple[Standing, ...]


def _call(slug: str) -> _Called | None:
    treaty = Treaty.objects.with_story().filter(slug=slug).first()
    return _Called(treaty, counting.roll_call(treaty)) if treaty else None


_called: Kept[str, _Called | None] = Kept(_call)


def _page(asked: tuple[str, str]) -> Page | None:
    slug, language = asked
    called = _called.get(slug)
    if called is None:
        return None
    body = as_json(called.treaty, language)
    with translation.override(body["language"]):
        stages = [_stage_as_json(change) for change in called.treaty.standing_changes]
    body |= {
        "stages": stages,
        "count": _count_as_json(counting.count(called.standings)),
        "committee": counting.FOREIGN_RELATIONS,
    }
    return Page.of(body, Cache_Control=CACHED, Content_Language=body["language"], Vary="Accept-Language")


def _stage_as_json(change: StageChange) -> dict[str, Any]:
    return {
        "stage": change.stage,
        "stage_name": str(Stage(change.stage).label),
        "happened_on": change.happened_on.isoformat(),
        "source_url": change.source_url,
        "note": change.note or None,
    }


def _count_as_json(count: Count) -> dict[str, Any]:
    return {
        "seated": count.seated,
        "vacant": count.vacant,
        "needed_to_consent": count.needed_to_consent(),
        "needed_to_block": count.needed_to_block(),
        "positions": {stance.value: count.by_stance.get(stance, 0) for stance in Stance},
    }


_pages: Kept[tuple[str, str], Page | None] = Kept(_page)


def _filters(asked: Mapping[str, str]) -> tuple[str | None, str | None]:
    filters = Filters(asked)
    found = filters.state(), filters.one_of("position", Stance.values, _("There is no such position."))
    filters.check()
    return found


def _listed(asked: tuple[str, str | None, str | None]) -> Page | None:
    slug, state, position = asked
    called = _called.get(slug)
    if called is None:
        return None
    rows = [standing_as_json(standing) for standing in called.standings if state in {None, standing.seat.state}]
    chosen = [row for row in rows if position in {None, row["position"]}]
    return Page.of({"treaty": slug, "positions": chosen}, Cache_Control=CACHED)


def standing_as_json(standing: Standing) -> dict[str, Any]:
    """A seat and how its holder stands; unknown where we don't know the holder, and nothing for a vacant seat."""
    seat, position = seat_as_json(standing.seat), standing.position
    return seat | {
        "position": None if seat["status"] == "vacant" else standing.stance.value,
        "stated_on": position.stated_on.isoformat() if position else None,
        "source_url": position.source_url or None if position else None,
        "on_committee": standing.committee is not None,
    }


_positions: Kept[tuple[str, str | None, str | None], Page | None] = Kept(_listed, seconds=0.5)
