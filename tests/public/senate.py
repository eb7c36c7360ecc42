"""How a story about a treaty is set up, and how its table of seats is read."""

import re
from typing import Any

from campaign.legislators.models import Committee, CommitteeMembership, Legislator
from campaign.treaties.models import Position, Stage, StageChange, Stance, Treaty

TREATY = "/treaties/a-convention/"
WYDEN, MERKLEY = "W000779", "M001176"


def reach(treaty: Treaty, stage: Stage, day: str = "2026-02-03", note: str = "") -> StageChange:
    return StageChange.objects.create(
        treaty=treaty, stage=stage, happened_on=day, source_url=f"https://example.org/{stage}", note=note
    )


def stand(treaty: Treaty, stance: Stance, *bioguide_ids: str, day: str = "2026-03-04") -> None:
    for each in bioguide_ids:
        Position.objects.create(
            treaty=treaty,
            legislator=Legislator.objects.get(bioguide_id=each),
            stance=stance,
            stated_on=day,
            source_url="https://example.org/speech" if stance != Stance.UNKNOWN else "",
        )


def seat_on_committee(bioguide_id: str, title: str = "", rank: int = 1, side: str = "minority") -> None:
    """On Foreign Relations, whoever the shipped list has there."""
    committee, _made = Committee.objects.get_or_create(code="SSFR", defaults={"name": "x", "chamber": "senate"})
    CommitteeMembership.objects.filter(legislator__bioguide_id=bioguide_id, committee=committee).delete()
    CommitteeMembership.objects.create(
        committee=committee,
        legislator=Legislator.objects.get(bioguide_id=bioguide_id),
        side=side,
        rank=rank,
        title=title,
        seen_on="2026-06-15",
    )


def table_rows(response: Any) -> list[str]:
    """The rows of the table of seats, as somebody reads them."""
    table = response.content.decode().split('<table class="hundred">')[1].split("</table>")[0]
    plain = (re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)[1:])
    return [" ".join(row.split()) for row in plain]
