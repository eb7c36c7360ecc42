"""The short way of the usual look-up: GET /legislators/lookup is asked for every visitor of every page that shows it.

The answer is kept as bytes, and calls are counted in bulk; so what costs is the way there. The usual call leaves before
the middleware that only browsers need, the resolver and DRF. Whatever is unusual about a call, an error to begin with,
sends it the long way. Tests hold the two ways' answers against each other, header by header.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from campaign.api import parsing, throttling
from campaign.api.pages import Page
from campaign.api.v1.lookups import Lookup, page_of
from campaign.api.views import EXPOSED, OUR_FORM, spoken
from campaign.legislators import lookup, snapshots
from campaign.legislators.snapshots import Snapshot
from campaign.lib.kept import UNREACHABLE
from campaign.lib.refusals import Refused

PATH = "/api/v1/legislators/lookup"
LONGEST_USUAL_QUERY = 120
# Every ZIP with and without its state fits in, and some spellings more.
MOST_KEPT = 100_000


class Shortcut:
    """Middleware that answers the usual look-up; it stands behind what holds for every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._around = {
            "Allow": ", ".join(Lookup.methods),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": EXPOSED,
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or let the call go on. It is counted once, whichever way it goes."""
        if request.path_info == PATH and (response := self._answer(request)):
            return response
        return self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        if not _is_usual(request):
            return None
        policy = throttling.lookups_of(request)
        verdict = request.counted = throttling.count_lookup(policy)  # type: ignore[attr-defined]
        page = _usual.get(request.META.get("QUERY_STRING", "")) if verdict.allowed else None
        if page is None:
            return None
        response = page.answer(request)
        for name, value in self._around.items():
            response.headers[name] = value
        response.headers["Content-Language"] = spoken(request)
        response.headers["Content-Length"] = str(len(response.content))
        throttling.tell_of(response, policy, verdict)
        return response


def _is_usual(request: HttpRequest) -> bool:
    if request.method != "GET" or request.META.get("HTTP_ACCEPT", "*/*") not in OUR_FORM:
        return False
    # What was not escaped comes as Latin-1 here, and is read as UTF-8 on the long way.
    query = request.META.get("QUERY_STRING", "")
    if not query.isascii() or len(query) > LONGEST_USUAL_QUERY:
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


@dataclass(frozen=True)
class _Kept:
    """What usual queries were answered out of one snapshot on one day. The same answer is kept once."""

    known: Snapshot | None = None
    day: date | None = None
    pages: dict[str, Page | None] = field(default_factory=dict)
    same: dict[Hashable, Page] = field(default_factory=dict)

    def page(self, raw: str) -> Page | None:
        """The answer to this query; None for a bad one."""
        if raw not in self.pages:
            page = self._made(raw)
            if len(self.pages) >= MOST_KEPT:
                self.pages.clear()
                self.same.clear()
            self.pages[raw] = page
        return self.pages.get(raw)

    def _made(self, raw: str) -> Page | None:
        try:
            typed = parsing.parameters(QueryDict(raw), "state", "postal_code")
            found = lookup.find(typed.get("state"), typed.get("postal_code"))
        except Refused:
            return None
        # These say which seats they are; who holds them is the same until all of this is forgotten.
        key = (found.states, found.districts, found.reasons, found.confidence)
        return self.same.get(key) or self.same.setdefault(key, page_of(found))


class _Told:
    """The answers that hold now: they are forgotten when what lookups answer from changes, and at midnight."""

    def __init__(self) -> None:
        self._kept = _Kept()

    def get(self, raw: str) -> Page | None:
        """The answer to this query; None for a bad one, and where the database can't be asked."""
        try:
            known, day = snapshots.current(), timezone.now().date()
        except UNREACHABLE:
            return None
        kept = self._kept
        if kept.known is not known or kept.day != day:
            kept = self._kept = _Kept(known, day)
        return kept.page(raw)


_usual = _Told()
