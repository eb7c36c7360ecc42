"""Putting in what the house needs before anybody comes: the places and the seats. Every start may do it again."""

from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import zipcodes
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaign.legislators import importing, placing, sources
from campaign.legislators.models import DataImport, Office, Subject
from campaign.legislators.relationships import facts_of_zips
from campaign.legislators.rosters import tables_of_facts

FACTS = Path(__file__).parent / "facts"
# A reserved name (RFC 2606): should such a letter ever leave the demo, no server takes it.
SANDBOX_DOMAIN = "sandbox.example"
_OURS = "facts/"


def furnish_places() -> bool:
    """Fill the table of ZIPs from the zipcodes package and our facts of split ones. True where something was written.

    Done once for each version of package and facts; afterwards it costs one query. What people type never reaches the
    package: its look-up is a linear scan that crashes on foreign digits.
    """
    facts = (FACTS / "split_zips.txt").read_text()
    source = f"zipcodes {version('zipcodes')} and facts/split_zips.txt"
    fingerprint = sha256(f"{source}\n{facts}".encode()).hexdigest()
    latest = DataImport.objects.latest_applied(Subject.PLACES)
    if latest and latest.sha256 == fingerprint:
        return False
    started = timezone.now()
    head, split = facts_of_zips(facts)
    places = {row["zip_code"]: [row["state"]] for row in zipcodes.list_all()}
    for zip_code, states in split.items():
        first = places.get(zip_code, [])
        places[zip_code] = first + [state for state in states if state not in first]
    with transaction.atomic():
        placing.swap_in("states", places)
        DataImport.objects.create(
            what=Subject.PLACES,
            source=source,
            sha256=fingerprint,
            as_of=date.fromisoformat(head["as of"]),
            started_at=started,
            finished_at=timezone.now(),
            counts={"zips": len(places), "split": sum(len(states) > 1 for states in places.values())},
        )
    return True


def furnish_districts() -> bool:
    """Put the districts of our own few ZIPs in, as long as nobody synced those of all. True if something changed.

    The second time costs one query.
    """
    facts = _facts_of_districts()
    latest = DataImport.objects.latest_applied(Subject.DISTRICTS)
    if latest and (latest.sha256 == facts.sha256 or not latest.source.startswith(_OURS)):
        return False
    return bool(importing.bring_in(placing.FACTS_OF_DISTRICTS, facts).difference)


def furnish_seats() -> bool:
    """Seat everybody in our own tables of facts, unless something newer was brought in. True if something changed.

    In the demo (SANDBOX_OFFICES) every senator's office without an address gets one that ends in the demo's inbox. The
    second time costs one query, in the demo two.
    """
    changed = _bring_in(sources.FACTS_OF_CONGRESS, _facts("senators.tsv", "representatives.tsv"))
    if settings.SANDBOX_OFFICES:
        changed = bool(Office.objects.give_sandbox_addresses(SANDBOX_DOMAIN)) or changed
    return changed


def furnish_committees() -> bool:
    """Put our own table of the Foreign Relations Committee in, unless something newer is there. Then one query.

    Its people are furnished first, with the seats. True if something changed.
    """
    return _bring_in(sources.FACTS_OF_COMMITTEES, _facts("foreign_relations.tsv"))


def _bring_in(source: importing.Source[Any], facts: importing.Arrival) -> bool:
    latest = DataImport.objects.latest_applied(source.subject)
    if latest and latest.sha256 == facts.sha256:
        return False
    if latest and not latest.source.startswith(_OURS) and latest.as_of >= facts.as_of:
        return False
    return bool(importing.bring_in(source, facts, importing.Wish(force=True)).difference)


@cache
def _facts(*names: str) -> importing.Arrival:
    text = "".join((FACTS / name).read_text() for name in names)
    as_of = min(date.fromisoformat(head["as of"]) for head, _rows in tables_of_facts(text))
    return importing.Arrival(text.encode(), as_of, f"{_OURS}{' and '.join(names)}")


@cache
def _facts_of_districts() -> importing.Arrival:
    text = (FACTS / "districts.txt").read_text()
    head, _of_zip = facts_of_zips(text)
    return importing.Arrival(text.encode(), date.fromisoformat(head["as of"]), f"{_OURS}districts.txt")
