"""Where a ZIP lies, from memory: the sign-up path asks for each signature and has no query to spare."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from campaign.legislators import latest
from campaign.legislators.latest import Latest, Stamp
from campaign.legislators.models import PostalCode
from campaign.lib.kept import Remembered

LOOKED_AT_EVERY_SECONDS = 5.0


class Place(NamedTuple):
    """The states a ZIP lies in, that of its post office first; its districts, that with most of its land first."""

    states: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


NOWHERE = Place()


@dataclass(frozen=True)
class Places:
    """All ZIPs as they were after these imports (42,000, about 6 MB)."""

    of_zip: Mapping[str, Place] = field(default_factory=dict)
    stamp: Stamp | None = None


_held = Places()
_reading = threading.Lock()


def states_of(postal_code: str) -> tuple[str, ...]:
    """The states a ZIP lies in, that of its post office first; empty for an unknown ZIP.

    Without a query, but for one thread every few seconds, which looks whether there was an import.
    """
    return _remembered.get().of_zip.get(postal_code, NOWHERE).states


def after(known: Latest) -> Places:
    """The ZIPs as they were after these imports, or are by now: read anew only after an import of ZIPs."""
    global _held
    with _reading:
        if _held.stamp != known.of_zips or not _held.of_zip:
            _held = Places(_read(), known.of_zips)
        places = _held
    _remembered.put(places)
    return places


def _look(_before: Places | None) -> Places:
    return after(latest.look())


_remembered: Remembered[Places] = Remembered(_look, seconds=LOOKED_AT_EVERY_SECONDS)


def _read() -> dict[str, Place]:
    """Every ZIP. The few thousand different places are kept once each."""
    shared: dict[tuple[str, str], Place] = {}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT zip, array_to_string(states || census_states, ' '), array_to_string(districts, ' ')"
            f" FROM {PostalCode._meta.db_table}"
        )
        for zip_code, *said in cursor.fetchall():
            words = (said[0], said[1])
            found[zip_code] = shared.get(words) or shared.setdefault(words, _place(*words))
    return found


def _place(states: str, districts: str) -> Place:
    named = districts.split()
    every = dict.fromkeys([*states.split(), *(district.partition("-")[0] for district in named)])
    return Place(tuple(every), tuple(named))
