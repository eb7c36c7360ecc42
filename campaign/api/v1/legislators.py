"""GET /legislators and /legislators/{bioguide_id}: who sits in Congress, and who sat there."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from campaign.api import pages, parsing
from campaign.api.pages import Page
from campaign.api.v1.filters import Filters
from campaign.api.v1.operations_of_congress import lists_legislators, reads_a_legislator
from campaign.api.v1.people import person_as_json, place_as_json, term_as_json
from campaign.api.views import PublicRead
from campaign.legislators.models import (
    Chamber,
    Committee,
    CommitteeMembership,
    DataImport,
    Legislator,
    Seat,
    Subject,
    Term,
)
from campaign.lib.kept import Kept
from campaign.treaties import counting

CACHED = "public, max-age=60"
_KIND = "legislators"
_BIOGUIDE_ID = re.compile(r"[A-Z][0-9]{6}")


class Legislators(PublicRead):
    """Those who hold a seat, by state; senators first."""

    @lists_legislators
    def get(self, request: Request) -> HttpResponse:
        """A page of them; Link leads to the next one. Whoever's term ran out holds no seat."""
        asked = parsing.query(request, "state", "chamber", "committee", "limit", "cursor")
        roster, limit = _rosters.get(None), pages.limit_of(asked)
        wanted = _wanted(asked, roster)
        rows = [row for row in roster.rows if wanted(row)]
        start = bisect_right([row.place for row in rows], _place(asked))
        shown = rows[start : start + limit]
        body = {"legislators": [row.told for row in shown], "as_of": roster.as_of}
        response = Page.of(body, Cache_Control=CACHED).answer(request._request)
        if len(rows) > start + limit:
            following = {"limit": str(limit), "cursor": pages.cursor(_KIND, shown[-1].place.encode())}
            pages.lead_on(response, "legislators", asked | following)
        return response


class OneLegislator(PublicRead):
    """Somebody who sits or sat in Congress."""

    @reads_a_legislator
    def get(self, request: Request, bioguide_id: str) -> HttpResponse:
        """The person with all terms that we know of; 304 where If-None-Match names what the caller has."""
        parsing.query(request)
        page = _people.get(bioguide_id) if _BIOGUIDE_ID.fullmatch(bioguide_id) else None
        return pages.found(page).answer(request._request)


@dataclass(frozen=True)
class Row:
    """Somebody who holds a seat. `place` orders them: by state, senators first, by class or district."""

    place: str
    state: str
    chamber: str
    committees: frozenset[str]
    told: dict[str, Any]


@dataclass(frozen=True)
class Roster:
    """All who hold a seat, in their order, and the committees that there are."""

    rows: tuple[Row, ...]
    committees: frozenset[str]
    as_of: str | None


def _roster(_everybody: None) -> Roster:
    sitting: dict[int, list[CommitteeMembership]] = defaultdict(list)
    for membership in CommitteeMembership.objects.open().select_related("committee").order_by("committee__code"):
        sitting[membership.legislator_id].append(membership)
    seats = ((seat, seat.holder) for seat in Seat.objects.filled().with_holders())
    rows = [_row(seat, holder, sitting.get(holder.pk, [])) for seat, holder in seats if holder]
    committees = frozenset(Committee.objects.filter(closed_on=None).values_list("code", flat=True))
    return Roster(tuple(sorted(rows, key=lambda row: row.place)), committees, _as_of())


def _row(seat: Seat, holder: Legislator, memberships: list[CommitteeMembership]) -> Row:
    number = seat.senate_class if seat.is_senate else seat.district
    return Row(
        place=f"{seat.state}{0 if seat.is_senate else 1}{number:02}",
        state=seat.state,
        chamber=seat.chamber,
        committees=frozenset(membership.committee.code for membership in memberships),
        told=person_as_json(holder, memberships) | {"seat": place_as_json(seat)},
    )


def _as_of() -> str | None:
    day = DataImport.objects.as_of(Subject.LEGISLATORS)
    return day.isoformat() if day else None


_rosters: Kept[None, Roster] = Kept(_roster)


def _wanted(asked: Mapping[str, str], roster: Roster) -> Callable[[Row], bool]:
    """What a row must be to be listed. Raises Refused for a state, chamber or committee that there is not."""
    filters = Filters(asked)
    state = filters.state()
    chamber = filters.one_of("chamber", Chamber.values, _("A chamber is senate or house."))
    unknown = _("There is no committee with this code. Foreign Relations is SSFR.")
    committee = filters.one_of("committee", roster.committees | {counting.FOREIGN_RELATIONS}, unknown)
    filters.check()

    def fits(row: Row) -> bool:
        return (
            state in {None, row.state}
            and chamber in {None, row.chamber}
            and (committee is None or committee in row.committees)
        )

    return fits


def _place(asked: Mapping[str, str]) -> str:
    """Behind which place the page begins: the cursor's, or none."""
    return pages.place_in(_KIND, asked["cursor"]).decode() if "cursor" in asked else ""


def _person(bioguide_id: str) -> Page | None:
    memberships = CommitteeMembership.objects.open().select_related("committee").order_by("committee__code")
    found = (
        Legislator.objects.filter(bioguide_id=bioguide_id)
        .select_related("office")
        .prefetch_related(
            Prefetch("terms", Term.objects.select_related("seat").order_by("starts_on", "pk")),
            Prefetch("memberships", memberships),
        )
        .first()
    )
    if found is None:
        return None
    terms = list(found.terms.all())
    held = [term.seat for term in terms if term.closed_on is None and not term.has_run_out()]
    body = person_as_json(found, found.memberships.all()) | {
        "seat": place_as_json(held[0]) if held else None,
        "terms": [term_as_json(term) for term in terms],
        "as_of": _as_of(),
    }
    return Page.of(body, Cache_Control=CACHED)


_people: Kept[str, Page | None] = Kept(_person)
