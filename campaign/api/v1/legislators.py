"""GET /legislators/lookup: who speaks for somebody in Congress."""

from django.http import HttpResponse
from rest_framework.request import Request

from campaign.api import parsing
from campaign.api.throttling import LookupLimit
from campaign.api.v1.schema import looks_up_legislators
from campaign.api.views import PublicRead, answer
from campaign.legislators import lookup


class Lookup(PublicRead):
    """The constituency of a state and a ZIP."""

    throttle_classes = [LookupLimit]

    @looks_up_legislators
    def get(self, request: Request) -> HttpResponse:
        """The seats for a state, a ZIP or both. Asking changes nothing.

        422 for what is no state or no ZIP, and for neither. A ZIP that fits no state or several is no error: `reasons`
        says what to ask the person.
        """
        typed = parsing.query(request, "state", "postal_code")
        constituency = lookup.find(typed.get("state"), typed.get("postal_code"))
        return answer(constituency.as_json(), Cache_Control="private, max-age=300")
