"""Geocodio, a paid service. It is asked for the districts of one Congress by number, and says the number again."""

from typing import Any

from django.conf import settings

from campaign.legislators.geocoding.answers import (
    NOT_FOUND,
    OTHER_CONGRESS,
    Answer,
    Receiver,
    WebService,
    ordinal,
    the_only_one,
)
from campaign.legislators.geocoding.asking import Question, Reply
from campaign.lib import usps

# How sure it is of the place: the middle of a street or town is a guess about the house.
_EXACT = {"rooftop", "point", "range_interpolation"}
_DELEGATE = 98


def _question(address: str, congress: int) -> Question:
    return Question(
        f"{settings.GEOCODIO_URL}/geocode",
        {"q": address, "fields": f"cd{congress}", "country": "US", "api_key": settings.GEOCODIO_KEY},
    )


def _answer(reply: Reply, congress: int) -> Answer:
    if reply.status != 200:
        return NOT_FOUND
    found: set[str] = set()
    for result in reply.body["results"]:
        if result["accuracy_type"] not in _EXACT:
            continue
        state, districts = result["address_components"]["state"], result["fields"]["congressional_districts"]
        if any(district["congress_number"] != ordinal(congress) for district in districts):
            return OTHER_CONGRESS
        found |= {_code(state, district) for district in districts}
    return the_only_one(found)


def _code(state: str, district: dict[str, Any]) -> str:
    if state not in usps.RESIDENCES:
        raise ValueError("no state")
    number = int(district["district_number"])
    return f"{state}-{0 if number == _DELEGATE else number}"


BACKEND = WebService("geocodio", Receiver("Geocodio"), _question, _answer)
