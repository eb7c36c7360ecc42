"""The geocoder of the US Census Bureau: free, without a key, for addresses in the states, DC and Puerto Rico."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaign.legislators import fips
from campaign.legislators.fetching import Refused
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

# Which "vintage" of the map to ask for. The current one has been that of the 120th Congress since September 2026,
# months before that Congress sits. A vintage that is none of these answers with the layer it has, and does not count.
_VINTAGES = {119: "ACS2025_Current"}
_LATER = "Current_Current"


def _question(address: str, congress: int) -> Question:
    return Question(
        f"{settings.CENSUS_GEOCODER_URL}/geographies/onelineaddress",
        {
            "address": address,
            "benchmark": "Public_AR_Current",
            "vintage": _VINTAGES.get(congress, _LATER),
            "layers": "all",
            "format": "json",
        },
    )


def _answer(reply: Reply, congress: int) -> Answer:
    """The district of all matches, if each of them has one in the layer of this Congress."""
    if reply.status != 200:
        if any("address" in str(error).lower() for error in reply.body["errors"]):
            return NOT_FOUND
        raise Refused(f"The Census geocoder answered {reply.status}.")
    found: set[str] = set()
    for match in reply.body["result"]["addressMatches"]:
        districts = _districts(match["geographies"], congress)
        if districts is None:
            return OTHER_CONGRESS
        found |= districts
    return the_only_one(found)


def _districts(geographies: dict[str, list[dict[str, Any]]], congress: int) -> set[str] | None:
    """Those of the layer that carries this Congress's number in its name and in its rows; None without one."""
    if not any(name.endswith("Congressional Districts") for name in geographies):
        raise ValueError("no layer of congressional districts")
    rows = geographies.get(f"{ordinal(congress)} Congressional Districts", [])
    if not rows or any(str(row["CDSESSN"]) != str(congress) for row in rows):
        return None
    if any(str(row.get("STATE", row["GEOID"][:2])) != row["GEOID"][:2] for row in rows):
        raise ValueError("state and district contradict each other")
    return {district for row in rows if (district := fips.district_from(row["GEOID"]))}


BACKEND = WebService("census", Receiver(_("the U.S. Census Bureau")), _question, _answer)
