"""The committees of Congress and who sits on them, from the public data files or from our own table of facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from campaign.legislators.importing import NotReadable
from campaign.legislators.models import CommitteeChamber, Side
from campaign.legislators.records import BIOGUIDE_ID
from campaign.legislators.rosters import duplicates, number_of, parsed_json, tables_of_facts, text_of

_CODE = re.compile(r"[A-Z]{4}[0-9]{0,2}")
_LONGEST_NAME = 250
_LONGEST_TITLE = 60
_LOWEST_RANK = 500


@dataclass(frozen=True)
class CommitteeRecord:
    """A committee, or a part of one."""

    code: str
    name: str
    chamber: str
    parent: str = ""


@dataclass(frozen=True)
class MembershipRecord:
    """Somebody's place on a committee."""

    code: str
    bioguide_id: str
    side: str
    rank: int
    title: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The committee and the person."""
        return self.code, self.bioguide_id


@dataclass(frozen=True)
class Directory:
    """Committees and their members as of a day: all of them, or (our facts) only those named."""

    committees: tuple[CommitteeRecord, ...]
    memberships: tuple[MembershipRecord, ...]
    as_of: date
    is_whole: bool = True

    @classmethod
    def from_public_json(cls, committees: bytes, memberships: bytes, *, as_of: date) -> Self:
        """Read committees-current.json and committee-membership-current.json. Raises NotReadable."""
        named, people = parsed_json(committees), parsed_json(memberships)
        if not isinstance(named, list):
            raise NotReadable("The file of committees should hold a list.")
        if not isinstance(people, dict):
            raise NotReadable("The file of memberships should hold a list of people for each committee.")
        return cls(tuple(_committees(named)), tuple(_memberships(people)), as_of)

    @classmethod
    def from_facts(cls, text: str) -> Self:
        """Read our own table of one committee; its head names it."""
        ((head, rows),) = tables_of_facts(text)
        code, name = head["committee"].split(" ", 1)
        members = (MembershipRecord(code, r["bioguide_id"], r["side"], int(r["rank"]), r["title"]) for r in rows)
        committee = CommitteeRecord(code, name, CommitteeChamber.SENATE)
        return cls((committee,), tuple(members), date.fromisoformat(head["as of"]), is_whole=False)

    def on(self, code: str) -> list[MembershipRecord]:
        """Who sits on this committee."""
        return [membership for membership in self.memberships if membership.code == code]

    def faults(self) -> list[str]:
        """What contradicts itself."""
        codes = [committee.code for committee in self.committees]
        places = duplicates(membership.key for membership in self.memberships)
        found = [f"{code} is listed {times} times." for code, times in duplicates(codes).items()]
        found += [f"{who} sits on {code} {times} times." for (code, who), times in places.items()]
        unknown = sorted({membership.code for membership in self.memberships} - set(codes))
        return found + [f"{code} has members and is no committee." for code in unknown]


def _committees(entries: list[Any]) -> Iterator[CommitteeRecord]:
    for position, entry in enumerate(entries, 1):
        try:
            chamber, code = CommitteeChamber(text_of(entry, "type")), text_of(entry, "thomas_id")
            yield _checked(CommitteeRecord(code, text_of(entry, "name"), chamber))
            for part in entry.get("subcommittees", ()):
                whole = code + text_of(part, "thomas_id")
                yield _checked(CommitteeRecord(whole, text_of(part, "name"), chamber, parent=code))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotReadable(f"Committee {position} has another shape than expected: {error!r}.") from error


def _checked(committee: CommitteeRecord) -> CommitteeRecord:
    if not _CODE.fullmatch(committee.code):
        raise ValueError(f"{committee.code[:20]!r} is no committee's code")
    if not (0 < len(committee.name) <= _LONGEST_NAME and committee.name.isprintable()):
        raise ValueError(f"{committee.name[:80]!r} is no committee's name")
    return committee


def _memberships(people: dict[str, Any]) -> Iterator[MembershipRecord]:
    for code, members in people.items():
        try:
            yield from [_membership(code, member) for member in members]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotReadable(f"The members of {code[:20]!r} have another shape than expected: {error!r}.") from error


def _membership(code: str, member: Any) -> MembershipRecord:
    title, rank, bioguide_id = text_of(member, "title", ""), number_of(member, "rank"), text_of(member, "bioguide")
    if not BIOGUIDE_ID.fullmatch(bioguide_id):
        raise ValueError(f"{bioguide_id[:20]!r} is no bioguide id")
    if not 0 < rank <= _LOWEST_RANK:
        raise ValueError(f"{rank} is no rank")
    if len(title) > _LONGEST_TITLE or not title.isprintable():
        raise ValueError(f"{title[:80]!r} is no title")
    return MembershipRecord(code, bioguide_id, Side(text_of(member, "party")), rank, title)
