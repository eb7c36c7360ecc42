"""What a source says of one member of Congress, and what cannot be true of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from campaign.legislators.models import Chamber, Seat
from campaign.lib import usps

BIOGUIDE_ID = re.compile(r"[A-Z][0-9]{6}")
DOMAINS = {Chamber.SENATE: "senate.gov", Chamber.HOUSE: "house.gov"}
_HOST = re.compile(r"[a-z0-9.-]+")
_CLASSES = (1, 2, 3)
_MOST_DISTRICTS = 99
# Six years, and some days where the dates of old and new rules meet.
_LONGEST_TERM = timedelta(days=6 * 366)
# Who is elected in November is sworn in within the year: with the line above, no term ends later than in seven years.
_FURTHEST_START = timedelta(days=366)
_EARLIEST_START = date(1900, 1, 1)


class SeatKey(NamedTuple):
    """Which seat: a class of a state's in the Senate, a district in the House (0 where it is the only one)."""

    chamber: str
    state: str
    number: int

    @classmethod
    def of(cls, seat: Seat) -> Self:
        """The key of a seat that we have."""
        return cls(seat.chamber, seat.state, (seat.senate_class if seat.is_senate else seat.district) or 0)

    def __str__(self) -> str:
        return f"{self.state} class {self.number}" if self.is_senate else f"{self.state}-{self.number}"

    @property
    def is_senate(self) -> bool:
        """Whether it votes on treaties."""
        return self.chamber == Chamber.SENATE

    @property
    def can_be(self) -> bool:
        """Whether Congress may have such a seat: two classes of the fifty states, a district wherever people vote."""
        if self.is_senate:
            return self.state in usps.STATES and self.number in _CLASSES
        most = _MOST_DISTRICTS if self.state in usps.STATES else 0
        return self.state in usps.RESIDENCES and 0 <= self.number <= most

    def as_seat(self) -> Seat:
        """A new seat of this key, not yet saved."""
        number = {"senate_class": self.number} if self.is_senate else {"district": self.number}
        return Seat(chamber=self.chamber, state=self.state, **number)


@dataclass(frozen=True)
class MemberRecord:
    """One member and their seat, as a source writes them. An empty text means that the source does not say."""

    seat: SeatKey
    bioguide_id: str
    given_name: str
    family_name: str
    official_name: str
    party: str
    starts_on: date
    ends_on: date
    appointed: bool = False
    phone: str = ""
    website: str = ""
    contact_form: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.seat}: {self.official_name} ({self.bioguide_id})"

    def faults(self, as_of: date) -> Iterator[str]:
        """What cannot be true of a member of Congress on this day."""
        if not self.seat.can_be:
            house = "Senate" if self.seat.is_senate else "House"
            yield f"{self.bioguide_id}: there is no {house} seat {self.seat.state!r} {self.seat.number!r}"
        if not BIOGUIDE_ID.fullmatch(self.bioguide_id):
            yield f"{self.bioguide_id!r} is no bioguide id"
        if self.ends_on <= self.starts_on:
            yield f"{self.bioguide_id}: the term ends on {self.ends_on}, before it starts"
        elif self.ends_on - self.starts_on > _LONGEST_TERM:
            yield f"{self.bioguide_id}: no term lasts from {self.starts_on} to {self.ends_on}"
        if not _EARLIEST_START <= self.starts_on <= as_of + _FURTHEST_START:
            yield f"{self.bioguide_id}: a list of {as_of} cannot name a term that starts on {self.starts_on}"
        names = (self.given_name, self.family_name, self.official_name)
        yield from (f"{self.bioguide_id}: {name[:80]!r} is no name" for name in names if not _is_name(name, 80))
        if not _is_name(self.party, 40):
            yield f"{self.bioguide_id}: {self.party[:80]!r} is no party's name"
        # These become links on our pages: nobody may lead our people elsewhere by changing a public file.
        domain = DOMAINS[Chamber(self.seat.chamber)]
        links = (url for url in (self.website, self.contact_form) if url and not is_link_to(domain, url))
        yield from (f"{self.bioguide_id}: {url[:80]!r} is no https address of {domain}" for url in links)


def is_link_to(domain: str, url: str) -> bool:
    """Whether a browser that follows the link ends on a host of this domain, in a page and not in a script."""
    return url.startswith("https://") and names_a_host_of(domain, url)


def names_a_host_of(domain: str, url: str) -> bool:
    """Whether the text names a host of this domain, by whatever scheme."""
    try:
        host = urlsplit(url).netloc.lower()
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 200
    return plain and bool(_HOST.fullmatch(host)) and host.endswith(f".{domain}")


def _is_name(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable()
