"""A roster: everybody who sits in Congress on a day, from the public data file or from our own tables of facts."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Self, TypeVar

from campaign.legislators.importing import NotReadable
from campaign.legislators.models import Chamber
from campaign.legislators.records import DOMAINS, MemberRecord, SeatKey, is_link_to, names_a_host_of

Thing = TypeVar("Thing", bound=Hashable)

_PHONE = re.compile(r"[0-9-]{10,14}")
_LONGEST_ADDRESS = 200
_SENATE_SEATS_PER_STATE = 2
_TEXTS = [
    "bioguide_id",
    "given_name",
    "family_name",
    "official_name",
    "party",
    "phone",
    "website",
    "contact_form",
    "address",
]


@dataclass(frozen=True)
class Roster:
    """Who sits in Congress, as of a day. The notes name what was left out of the file, and why."""

    records: tuple[MemberRecord, ...]
    as_of: date
    notes: tuple[str, ...] = ()

    @classmethod
    def from_public_json(cls, body: bytes, *, as_of: date) -> Self:
        """Read legislators-current.json of unitedstates/congress-legislators. Raises NotReadable."""
        people = parsed_json(body)
        if not isinstance(people, list):
            raise NotReadable("The file should hold a list of people.")
        notes: list[str] = []
        records = [_from_person(position, person, notes.append) for position, person in enumerate(people, 1)]
        return cls(tuple(records), as_of, tuple(notes))

    @classmethod
    def from_facts(cls, text: str) -> Self:
        """Read our own tables of facts, one after the other; the head of each says as of when it is."""
        tables = list(tables_of_facts(text))
        records = tuple(_from_row(row) for _head, rows in tables for row in rows)
        return cls(records, min(date.fromisoformat(head["as of"]) for head, _rows in tables))

    @property
    def senators(self) -> list[MemberRecord]:
        """Those who vote on treaties."""
        return [record for record in self.records if record.seat.is_senate]

    @property
    def representatives(self) -> list[MemberRecord]:
        """Those of the House, delegates among them."""
        return [record for record in self.records if not record.seat.is_senate]

    def faults(self) -> list[str]:
        """What contradicts itself, or the Constitution. Nothing can be made of such a roster."""
        found = [fault for record in self.records for fault in record.faults(self.as_of)]
        people = duplicates(record.bioguide_id for record in self.records)
        seats = duplicates(record.seat for record in self.records)
        states = Counter(seat.state for seat in {record.seat for record in self.senators})
        found += [f"{person} is listed {times} times" for person, times in people.items()]
        found += [f"{seat} has {times} holders" for seat, times in seats.items()]
        most = _SENATE_SEATS_PER_STATE
        found += [f"{state} has {times} Senate seats" for state, times in states.items() if times > most]
        return found


def parsed_json(body: bytes) -> Any:
    """What the JSON says. Raises NotReadable, with the beginning of what came instead."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        start = body[:40].decode("ascii", "replace").strip()
        raise NotReadable(f"This is no JSON: {len(body)} bytes that begin with {start!r} ({error}).") from error


def tables_of_facts(text: str) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    """The head and the rows of each table in the text. A head is made of remarks: "# as of: 2026-06-15"."""
    head: dict[str, str] = {}
    for is_remark, lines in groupby(text.splitlines(), lambda line: line.startswith("#")):
        if is_remark:
            head = dict(line.lstrip("# ").split(": ", 1) for line in lines if ": " in line)
        else:
            yield head, list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _from_row(row: Mapping[str, str]) -> MemberRecord:
    is_senate = "class" in row
    chamber, number = (Chamber.SENATE, row["class"]) if is_senate else (Chamber.HOUSE, row["district"])
    return MemberRecord(
        seat=SeatKey(chamber, row["state"], int(number)),
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        appointed=row.get("appointed") == "yes",
        **{name: row[name] for name in _TEXTS},
    )


def _from_person(position: int, person: Any, note: Callable[[str], None]) -> MemberRecord:
    try:
        term, name, bioguide_id = person["terms"][-1], person["name"], text_of(person["id"], "bioguide")
        seat = _seat(term)
        domain = DOMAINS[Chamber(seat.chamber)]

        def said(key: str, check: Callable[[str], bool]) -> str:
            value = text_of(term, key, "")
            if value and not check(value):
                note(f"{bioguide_id}: {key} {value[:80]!r} was left out")
                return ""
            return value

        def no_slip(url: str) -> bool:
            # "http://", "hhttps://": a slip of the source. Another host is a fault of the whole file, see MemberRecord.
            return is_link_to(domain, url) or not names_a_host_of(domain, url)

        return MemberRecord(
            seat=seat,
            bioguide_id=bioguide_id,
            given_name=text_of(name, "first"),
            family_name=text_of(name, "last"),
            official_name=text_of(name, "official_full", f"{name['first']} {name['last']}"),
            party=text_of(term, "party"),
            starts_on=date.fromisoformat(term["start"]),
            ends_on=date.fromisoformat(term["end"]),
            appointed=term.get("how") == "appointment",
            phone=said("phone", lambda text: bool(_PHONE.fullmatch(text))),
            website=said("url", no_slip).rstrip("/"),
            contact_form=said("contact_form", no_slip),
            address=said("address", lambda text: text.isprintable() and len(text) <= _LONGEST_ADDRESS),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise NotReadable(f"Person {position} of the file has another shape than expected: {error!r}.") from error


def _seat(term: Mapping[str, Any]) -> SeatKey:
    kind = text_of(term, "type")
    if kind == "sen":
        return SeatKey(Chamber.SENATE, text_of(term, "state"), number_of(term, "class"))
    if kind == "rep":
        return SeatKey(Chamber.HOUSE, text_of(term, "state"), number_of(term, "district"))
    raise ValueError(f"{kind!r} is neither sen nor rep")


def text_of(mapping: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """The text under the key; with a default, where there is none. Raises KeyError and TypeError."""
    value = mapping[key] if default is None else mapping.get(key) or default
    if not isinstance(value, str):
        raise TypeError(f"{key} is not a text")
    return value.strip()


def number_of(mapping: Mapping[str, Any], key: str) -> int:
    """The whole number under the key. Raises KeyError and TypeError."""
    if type(mapping[key]) is not int:
        raise TypeError(f"{key} is not a whole number")
    return int(mapping[key])


def duplicates(things: Iterable[Thing]) -> dict[Thing, int]:
    """Those that come more than once, and how often."""
    return {thing: times for thing, times in Counter(things).items() if times > 1}
