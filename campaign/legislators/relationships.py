"""The Census's relationship files: which ZIPs share land with which counties or districts of Congress."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from campaign.legislators import fips
from campaign.legislators.importing import Arrival, NotReadable

_ZIP, _LAND = "GEOID_ZCTA5_20", "AREALAND_PART"
_DISTRICT = re.compile(r"GEOID_CD([0-9]{2,3})_20")
_COUNTY = re.compile(r"GEOID_COUNTY_20")
_DIGITS = re.compile(r"[0-9]{1,15}")
# Water that belongs to no district.
_NOWHERE = "ZZ"
_LONGEST_HEADER = 2000


@dataclass(frozen=True)
class Relationships:
    """Of each ZIP its states or districts, those with most of its land first. The land orders them, it decides nothing.

    `congress` is the one whose districts they are.
    """

    of_zip: Mapping[str, tuple[str, ...]]
    congress: int | None = None


@dataclass(frozen=True)
class _Header:
    """Where the columns are; a file may hold others and in another order."""

    zip: int
    area: int
    land: int
    width: int
    congress: int | None


def read_districts(arrival: Arrival) -> Relationships:
    """The districts of each ZIP, from the file of a Congress's districts. Raises NotReadable."""
    text = _text_of(arrival.body)
    header = _header_of(text, _DISTRICT)
    return Relationships(_most_land_first(_parts(text, header), _district), header.congress)


def read_states(arrival: Arrival) -> Relationships:
    """The states of each ZIP, from the file of counties; that of districts says it too. Raises NotReadable."""
    text = _text_of(arrival.body)
    header = _header_of(text, _COUNTY, _DISTRICT)
    return Relationships(_most_land_first(_parts(text, header), _state))


def read_facts(arrival: Arrival) -> Relationships:
    """The districts of each ZIP, from our own table."""
    head, of_zip = facts_of_zips(arrival.body.decode())
    return Relationships(of_zip, int(head["congress"]))


def facts_of_zips(text: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """A table of our own: what its head says, and the areas of each ZIP. In a line areas, colon, the ZIPs in them all.

    Raises what Python does where it is no such table: ours is.
    """
    head: dict[str, str] = {}
    of_zip: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        left, _colon, right = line.partition(": ")
        if left.startswith("#"):
            head[left.removeprefix("# ")] = right
        else:
            of_zip |= dict.fromkeys(right.split(), tuple(left.split()))
    return head, of_zip


def _text_of(body: bytes) -> str:
    if not body.strip():
        raise NotReadable("It is empty.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"It is no text in UTF-8 (byte {error.start}).") from error


def _header_of(text: str, *areas: re.Pattern[str]) -> _Header:
    names = [name.strip() for name in text[:_LONGEST_HEADER].partition("\n")[0].split("|")]
    found = [match for pattern in areas for name in names if (match := pattern.fullmatch(name))]
    missing = [name for name in (_ZIP, _LAND) if name not in names]
    missing += [] if found else [areas[0].pattern.replace("([0-9]{2,3})", "…")]
    if missing:
        raise NotReadable(f"It is no relationship file of the Census: its first line has no {', '.join(missing)}.")
    area = found[0]
    congress = int(area[1]) if area.re.groups else None
    return _Header(names.index(_ZIP), names.index(area[0]), names.index(_LAND), len(names), congress)


def _parts(text: str, header: _Header) -> Iterator[tuple[int, str, str, int]]:
    """Each piece of land: line, ZIP, the GEOID of what it lies in, size. What has no ZIP or no land is left out."""
    lines = text.split("\n")
    last = len(lines)
    while last > 1 and not lines[last - 1].strip():
        last -= 1
    for number, line in enumerate(lines[1:last], start=2):
        cells = line.rstrip("\r").split("|")
        if len(cells) != header.width:
            where = "The last line is cut off" if number == last else f"Line {number} is not like the others"
            raise NotReadable(f"{where}: {len(cells)} columns instead of {header.width}.")
        zip_code, land = cells[header.zip], cells[header.land]
        if not zip_code or land == "0":
            continue
        if not (len(zip_code) == 5 and _DIGITS.fullmatch(zip_code)):
            raise NotReadable(f"Line {number}: {zip_code[:20]!r} is no ZIP.")
        if not _DIGITS.fullmatch(land):
            raise NotReadable(f"Line {number}: {land[:20]!r} is no size of land.")
        yield number, zip_code, cells[header.area], int(land)


def _state(number: int, geoid: str) -> str:
    state = fips.STATES.get(geoid[:2])
    if state is None:
        raise NotReadable(f"Line {number}: there is no state {geoid[:2]!r}.")
    return state


def _district(number: int, geoid: str) -> str:
    state = _state(number, geoid)
    if geoid[2:] == _NOWHERE:
        return ""
    district = fips.district_from(geoid)
    if district is None:
        raise NotReadable(f"Line {number}: {geoid[:20]!r} is no district of {state}.")
    return district


def _most_land_first(
    parts: Iterator[tuple[int, str, str, int]], name: Callable[[int, str], str]
) -> dict[str, tuple[str, ...]]:
    land: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number, zip_code, geoid, size in parts:
        if area := name(number, geoid):
            land[zip_code][area] += size
    return {zip_code: tuple(sorted(areas, key=lambda area: (-areas[area], area))) for zip_code, areas in land.items()}
