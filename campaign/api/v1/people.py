"""Seats of Congress and who holds them, as the API tells them. No office's e-mail address is ever among it."""

from collections.abc import Iterable
from typing import Any

from campaign.legislators.models import CommitteeMembership, Legislator, Office, Seat, Term


def place_as_json(seat: Seat) -> dict[str, Any]:
    """Which seat it is."""
    return {
        "chamber": seat.chamber,
        "state": seat.state,
        "class": seat.senate_class,
        "district": seat.district_code or None,
    }


def seat_as_json(seat: Seat) -> dict[str, Any]:
    """The seat and its holder. Nobody is told for a vacant seat, and after a term ran out."""
    holder = seat.holder
    status = "filled" if holder else "vacant" if seat.is_vacant else "unknown"
    return place_as_json(seat) | {"status": status, "legislator": holder and legislator_as_json(holder)}


def legislator_as_json(legislator: Legislator) -> dict[str, Any]:
    """Who it is, and how the office in Washington is reached."""
    office: Office | None = getattr(legislator, "office", None)
    return {
        "bioguide_id": legislator.bioguide_id,
        "name": legislator.official_name,
        "party": legislator.party,
        "phone": office.phone or None if office else None,
        "website": office.website or None if office else None,
        "contact_form": office.contact_form or None if office else None,
    }


def person_as_json(legislator: Legislator, memberships: Iterable[CommitteeMembership]) -> dict[str, Any]:
    """The same with the parts of the name, the office's address and the committees."""
    office: Office | None = getattr(legislator, "office", None)
    return legislator_as_json(legislator) | {
        "given_name": legislator.given_name,
        "family_name": legislator.family_name,
        "address": office.address or None if office else None,
        "committees": [membership_as_json(membership) for membership in memberships],
    }


def membership_as_json(membership: CommitteeMembership) -> dict[str, Any]:
    """A place on a committee."""
    return {
        "code": membership.committee.code,
        "name": membership.committee.name,
        "side": membership.side,
        "rank": membership.rank,
        "title": membership.title or None,
    }


def term_as_json(term: Term) -> dict[str, Any]:
    """A time in a seat. `ends_on` is when it is expected to end, `closed_on` when it did."""
    return place_as_json(term.seat) | {
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
        "appointed": term.appointed,
        "closed_on": term.closed_on.isoformat() if term.closed_on else None,
    }
