"""A roster: everybody who sits in the Senate on a day, from the public data file or from our own table of facts."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import takewhile
from typing import Any, Self
from urllib.parse import urlsplit

from campaign.legislators.importing import NotReadable
from campaign.lib import usps

_BIOGUIDE_ID = re.compile(r"[A-Z][0-9]{6}")
_PHONE = re.compile(r"[0-9-]{10,14}")
_CLASSES = (1, 2, 3)
_SEATS_PER_STATE = 2


@dataclass(frozen=True)
class SenatorRecord:
    """One senator and their seat, as a source writes them. An empty text means that the source does not say."""

    state: str
    senate_class: int
    bioguide_id: str
    given_name: str
    family_name: str
    official_name: str
    party: str
    starts_on: date
    ends_on: date
    appointed: bool
    phone: str = ""
    website: str = ""
    contact_form: str = ""

    @property
    def seat(self) -> tuple[str, int]:
        """State and class."""
        return self.state, self.senate_class

    def faults(self) -> Iterator[str]:
        """What cannot be true of a senator."""
        if self.state not in usps.STATES or self.senate_class not in _CLASSES:
            yield f"{self.bioguide_id}: there is no Senate seat {self.state!r} class {self.senate_class!r}"
        if not _BIOGUIDE_ID.fullmatch(self.bioguide_id):
            yield f"{self.bioguide_id!r} is no bioguide id"
        if self.ends_on <= self.starts_on:
            yield f"{self.bioguide_id}: the term ends on {self.ends_on}, before it starts"
        if self.phone and not _PHONE.fullmatch(self.phone):
            yield f"{self.bioguide_id}: {self.phone[:20]!r} is no telephone number"
        names = (self.given_name, self.family_name, self.official_name, self.party)
        yield from (f"{self.bioguide_id}: {name[:80]!r} is no name" for name in names if not _is_name(name))
        # These become links on our pages: nobody may lead our people elsewhere by changing a public file.
        links = (url for url in (self.website, self.contact_form) if url and not _is_senates(url))
        yield from (f"{self.bioguide_id}: {url[:80]!r} is no https address of senate.gov" for url in links)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= 80 and text.isprintable()


def _is_senates(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and (parts.hostname or "").endswith(".senate.gov") and len(url) <= 200


@dataclass(frozen=True)
class Roster:
    """Who sits in the Senate, as of a day."""

    records: tuple[SenatorRecord, ...]
    as_of: date

    @classmethod
    def from_public_json(cls, body: bytes, *, as_of: date) -> Self:
        """Read legislators-current.json of unitedstates/congress-legislators; members of the House are passed over.

        Raises NotReadable.
        """
        try:
            people = json.loads(body)
        except (ValueError, RecursionError) as error:
            start = body[:40].decode("ascii", "replace").strip()
            raise NotReadable(f"This is no JSON: {len(body)} bytes that begin with {start!r} ({error}).") from error
        if not isinstance(people, list):
            raise NotReadable("The file should hold a list of people.")
        records = [record for record in map(_from_person, range(len(people)), people) if record]
        return cls(tuple(records), as_of)

    @classmethod
    def from_facts(cls, text: str) -> Self:
        """Read our own table of facts; its head says as of when it is."""
        lines = text.splitlines()
        head = dict(line.lstrip("# ").split(": ", 1) for line in takewhile(_is_remark, lines) if ": " in line)
        rows = csv.DictReader((line for line in lines if not _is_remark(line)), delimiter="\t", quoting=csv.QUOTE_NONE)
        return cls(tuple(map(_from_row, rows)), date.fromisoformat(head["as of"]))

    def faults(self) -> list[str]:
        """What contradicts itself, or the Constitution. Nothing can be made of such a roster."""
        found = [fault for record in self.records for fault in record.faults()]
        people = Counter(record.bioguide_id for record in self.records)
        seats = Counter(record.seat for record in self.records)
        states = Counter(state for state, _class in seats)
        found += [f"{person} is listed {times} times" for person, times in people.items() if times > 1]
        found += [f"{seat[0]} class {seat[1]} has {times} holders" for seat, times in seats.items() if times > 1]
        found += [f"{state} has {times} Senate seats" for state, times in states.items() if times > _SEATS_PER_STATE]
        return found


def _is_remark(line: str) -> bool:
    return line.startswith("#")


def _from_row(row: Mapping[str, str]) -> SenatorRecord:
    taken = {name: row[name] for name in (field.name for field in fields(SenatorRecord)) if name in row}
    return SenatorRecord(
        **taken
        | {
            "senate_class": int(row["class"]),
            "appointed": row["appointed"] == "yes",
            "starts_on": date.fromisoformat(row["starts_on"]),
            "ends_on": date.fromisoformat(row["ends_on"]),
        }  # type: ignore[arg-type]
    )


def _from_person(position: int, person: Any) -> SenatorRecord | None:
    try:
        term, name, bioguide_id = person["terms"][-1], person["name"], _text(person["id"], "bioguide")
        if term["type"] != "sen":
            return None
        return SenatorRecord(
            state=_text(term, "state"),
            senate_class=_number(term, "class"),
            bioguide_id=bioguide_id,
            given_name=_text(name, "first"),
            family_name=_text(name, "last"),
            official_name=_text(name, "official_full", f"{name['first']} {name['last']}"),
            party=_text(term, "party"),
            starts_on=date.fromisoformat(term["start"]),
            ends_on=date.fromisoformat(term["end"]),
            appointed=term.get("how") == "appointment",
            phone=_text(term, "phone", ""),
            website=_text(term, "url", "").rstrip("/"),
            contact_form=_text(term, "contact_form", ""),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise NotReadable(f"Person {position + 1} of the file has another shape than expected: {error!r}.") from error


def _text(mapping: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = mapping[key] if default is None else mapping.get(key) or default
    if not isinstance(value, str):
        raise TypeError(f"{key} is not a text")
    return value.strip()


def _number(mapping: Mapping[str, Any], key: str) -> int:
    if type(mapping[key]) is not int:
        raise TypeError(f"{key} is not a whole number")
    return mapping[key]
