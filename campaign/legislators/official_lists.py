"""What the Senate and the Clerk of the House publish themselves about who sits where: XML, read without its traps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from xml.etree import ElementTree as ET

from campaign.legislators.importing import NotReadable
from campaign.legislators.models import Chamber
from campaign.legislators.records import BIOGUIDE_ID, SeatKey
from campaign.legislators.rosters import duplicates

_CLASSES = {"Class I": 1, "Class II": 2, "Class III": 3}
_STATE_AND_DISTRICT = re.compile(r"([A-Z]{2})([0-9]{2})")
# The Clerk's code of American Samoa is not the Postal Service's.
_CLERKS_STATES = {"AQ": "AS"}
_DEEPEST = 20


@dataclass(frozen=True)
class ListedMember:
    """A seat as an official list writes it; without a bioguide id it is vacant."""

    seat: SeatKey
    bioguide_id: str
    name: str
    party: str
    contact_form: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.bioguide_id})"


@dataclass(frozen=True)
class OfficialList:
    """The seats of one chamber, as its own office lists them."""

    chamber: Chamber
    name: str
    members: tuple[ListedMember, ...]

    @classmethod
    def of_the_senate(cls, body: bytes) -> Self:
        """Read senators_cfm.xml. Raises NotReadable."""
        return cls(Chamber.SENATE, "the Senate's list", tuple(map(_senator, _members(body))))

    @classmethod
    def of_the_clerk(cls, body: bytes) -> Self:
        """Read MemberData.xml. Raises NotReadable."""
        return cls(Chamber.HOUSE, "the Clerk's list", tuple(map(_representative, _members(body))))

    @property
    def holders(self) -> dict[SeatKey, ListedMember]:
        """Who holds which seat; vacant ones are left out."""
        return {member.seat: member for member in self.members if member.bioguide_id}

    def faults(self) -> list[str]:
        """What cannot be, or contradicts itself."""
        seats = [member.seat for member in self.members]
        found = [f"There is no seat {seat}." for seat in seats if not seat.can_be]
        found += [f"{seat} is listed more than once." for seat in sorted(duplicates(seats))]
        ids = [member.bioguide_id for member in self.holders.values()]
        return found + [f"{name[:20]!r} is no bioguide id." for name in ids if not BIOGUIDE_ID.fullmatch(name)]


def _senator(fields: dict[str, str]) -> ListedMember:
    senate_class = _CLASSES.get(fields.get("class", ""))
    if senate_class is None:
        raise NotReadable(f"A member of the list has no class, but {fields.get('class', '')[:20]!r}.")
    name = f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
    seat = SeatKey(Chamber.SENATE, fields.get("state", ""), senate_class)
    return ListedMember(seat, fields.get("bioguide_id", ""), name, fields.get("party", ""), fields.get("email", ""))


def _representative(fields: dict[str, str]) -> ListedMember:
    found = _STATE_AND_DISTRICT.fullmatch(fields.get("statedistrict", ""))
    if found is None:
        raise NotReadable(f"A member of the list has no district, but {fields.get('statedistrict', '')[:20]!r}.")
    state, district = found.groups()
    seat = SeatKey(Chamber.HOUSE, _CLERKS_STATES.get(state, state), int(district))
    return ListedMember(seat, fields.get("bioguideID", ""), fields.get("official-name", ""), fields.get("party", ""))


def _members(body: bytes) -> Iterator[dict[str, str]]:
    """The texts of each member, by their tags."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"This is no UTF-8: {len(body)} bytes ({error}).") from error
    # An entity is the only way to make a small file large, and only a declaration makes an entity.
    if "<!ENTITY" in text:
        raise NotReadable("The file declares entities, which no list of members needs.")
    target = _Target()
    try:
        # The encoding is ours, so that what was searched above is what is read.
        parser = ET.XMLParser(target=target, encoding="utf-8")  # noqa: S314 no entities, see above
        parser.feed(text.encode())
        parser.close()
    except ET.ParseError as error:
        raise NotReadable(
            f"This is no XML: {len(body)} bytes that begin with {text[:40].strip()!r} ({error})."
        ) from error
    if not target.members:
        raise NotReadable("The file lists no members.")
    yield from target.members


class _Target:
    """Keeps the first text of each tag within a member, and nothing else of the tree."""

    def __init__(self) -> None:
        self.members: list[dict[str, str]] = []
        self._member: dict[str, str] | None = None
        self._text: list[str] = []
        self._depth = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """A tag opens."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotReadable(f"The file is nested deeper than {_DEEPEST} tags.")
        if tag == "member":
            self._member = {}
        self._text = []

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._member is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """A tag closes."""
        self._depth -= 1
        if self._member is not None and tag == "member":
            self.members.append(self._member)
            self._member = None
        elif self._member is not None:
            self._member.setdefault(tag, "".join(self._text).strip())
        self._text = []

    def close(self) -> None:
        """The file ends."""
