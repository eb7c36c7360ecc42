"""GET and POST /legislators/lookup: who speaks for somebody. The usual GET takes a short way: see shortcut.py."""

from typing import Any

from django.http import HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from campaign.api import parsing
from campaign.api.pages import Page
from campaign.api.throttling import AddressLimit, LookupLimit
from campaign.api.v1.operations_of_congress import looks_up_an_address, looks_up_legislators
from campaign.api.v1.people import seat_as_json
from campaign.api.views import PublicRead, answer
from campaign.legislators import geocoding, lookup
from campaign.legislators.geocoding.answers import LONGEST_ADDRESS
from campaign.legislators.lookup import Confidence, Constituency
from campaign.lib.refusals import Refusal, Refused

CACHED = "private, max-age=300"


class Lookup(PublicRead):
    """The constituency of a state, a ZIP, an address."""

    def get_throttles(self) -> list[BaseThrottle]:
        """Who is asked where an address lies is not asked as often."""
        return [AddressLimit()] if self.request.method == "POST" else [LookupLimit()]

    @looks_up_legislators
    def get(self, request: Request) -> HttpResponse:
        """The seats for a state, a ZIP or both. Asking changes nothing.

        422 for what is no state or no ZIP, and for neither. A ZIP that fits no state or several is no error: `reasons`
        says what to ask the person.
        """
        typed = parsing.query(request, "state", "postal_code")
        return page_of(lookup.find(typed.get("state"), typed.get("postal_code"))).answer(request._request)

    @looks_up_an_address
    def post(self, request: Request) -> HttpResponse:
        """The same with an address, which decides between districts. It is kept nowhere; asking again asks again.

        422 for an address without the person's leave, where it goes to somebody outside.
        """
        typed = _typed(parsing.body(request._request))
        return answer(_of_an_address(typed), Cache_Control="no-store")


def as_json(constituency: Constituency) -> dict[str, Any]:
    """Who speaks for somebody."""
    return {
        "states": list(constituency.states),
        "districts": list(constituency.districts),
        "seats": [seat_as_json(seat) for seat in constituency.seats],
        "reasons": [reason.value for reason in constituency.reasons],
        "confidence": constituency.confidence.value,
        "as_of": constituency.as_of.isoformat() if constituency.as_of else None,
    }


def page_of(constituency: Constituency) -> Page:
    """Who speaks for somebody, as it leaves."""
    return Page.of(as_json(constituency), Cache_Control=CACHED)


_TEXTS = ("state", "postal_code", "address")


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    """What was sent. Raises Refused for fields that there are not, and for what is no text."""
    refusals = [
        Refusal(name[:80], "unknown_field", _("There is no such field."))
        for name in body
        if name not in {*_TEXTS, "address_may_leave"}
    ]
    no_texts = [name for name in _TEXTS if not isinstance(body.get(name), str | None)]
    refusals += [Refusal(name, "not_text", _("This must be text.")) for name in no_texts]
    if not isinstance(body.get("address_may_leave"), bool | None):
        refusals.append(Refusal("address_may_leave", "not_true_or_false", _("This must be true or false.")))
    if "address" not in no_texts:
        refusals += _faults_of_an_address(body.get("address") or "")
    if refusals:
        raise Refused(tuple(refusals))
    return body


def _faults_of_an_address(typed: str) -> list[Refusal]:
    """What is wrong with it whether or not anybody is going to be asked."""
    if not typed.strip():
        return [Refusal("address", "required", _("Please fill this in."))]
    if len(typed) > LONGEST_ADDRESS:
        return [Refusal("address", "too_long", _("This is too long. Please shorten it."))]
    return []


def _of_an_address(typed: dict[str, Any]) -> dict[str, Any]:
    """What the state and the ZIP say; where they leave the district open, the address decides, if somebody is asked."""
    _check_leave(typed.get("address_may_leave") is True)
    state, postal_code = typed.get("state"), typed.get("postal_code")
    if state or postal_code:
        found = lookup.find(state, postal_code)
        if found.confidence == Confidence.EXACT and len(found.districts) == 1:
            return as_json(found) | {"address": "not_needed"}
    found = lookup.find(state, postal_code, typed["address"])
    return as_json(found) | {"address": found.trouble.value if found.trouble else "found"}


def _check_leave(may_leave: bool) -> None:
    """Raises Refused where the address would go to somebody outside whom the person was not asked about."""
    receiver = geocoding.receiver()
    if receiver and receiver.is_outside and not may_leave:
        sentence = _("The address would go to {name}. Ask the person, and send true if they agree.")
        detail = format_lazy(sentence, name=receiver.name)
        raise Refused((Refusal("address_may_leave", "leave_needed", detail),))
