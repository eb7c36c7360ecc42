"""Google's Civic Information API, `divisionsByAddress`. Needs a key.

It names districts by Open Civic Data ids and never says of which Congress they are. So the operator says in
GOOGLE_CIVIC_CONGRESS whose districts they have seen it give; from the day another Congress sits it is not asked.
"""

import re

from django.conf import settings

from campaign.legislators.fetching import Refused
from campaign.legislators.geocoding.answers import NOT_FOUND, Answer, Receiver, WebService, the_only_one
from campaign.legislators.geocoding.asking import Question, Reply

# Only the ids themselves, not what they are "also known as": there at-large states have a district 1.
_PLACE = re.compile(r"ocd-division/country:us/(?:state|district|territory):([a-z]{2})")
_DISTRICT = re.compile(_PLACE.pattern + r"/cd:([0-9]{1,2})")


def _question(address: str, _congress: int) -> Question:
    return Question(
        f"{settings.GOOGLE_CIVIC_URL}/divisionsByAddress", {"address": address, "key": settings.GOOGLE_CIVIC_KEY}
    )


def _answer(reply: Reply, _congress: int) -> Answer:
    if reply.status != 200:
        reasons = {error["reason"] for error in reply.body["error"]["errors"]}
        if reasons & {"parseError", "notFound"}:
            return NOT_FOUND
        raise Refused(f"Google answered {reply.status}.")
    divisions = reply.body.get("divisions", {}).keys()
    districts = {f"{found[1].upper()}-{int(found[2])}" for id_ in divisions if (found := _DISTRICT.fullmatch(id_))}
    if districts:
        return the_only_one(districts)
    # At-large states, DC and territories have no "cd". So has an address that Google knows only as a town: "OR-0",
    # which is nobody's seat and is dropped where all answers are checked.
    return the_only_one(f"{found[1].upper()}-0" for id_ in divisions if (found := _PLACE.fullmatch(id_)))


def _is_vouched_for(congress: int) -> bool:
    return bool(congress == settings.GOOGLE_CIVIC_CONGRESS)


BACKEND = WebService("google", Receiver("Google"), _question, _answer, _is_vouched_for)
