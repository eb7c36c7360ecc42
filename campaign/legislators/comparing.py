"""Comparing who sits here with the lists of the Senate and the Clerk. Contradictions are told; nobody is reseated."""

from collections.abc import Iterator

import structlog

from campaign.legislators.differences import Difference
from campaign.legislators.doubting import FEWEST, too_few
from campaign.legislators.importing import ImportRefused, Intake, Wish
from campaign.legislators.models import Legislator, Office, Seat
from campaign.legislators.official_lists import ListedMember, OfficialList
from campaign.legislators.records import DOMAINS, SeatKey, is_link_to

log = structlog.get_logger(__name__)

_MOST_LOGGED = 20


def compare(listed: OfficialList, wish: Wish) -> Intake:
    """Find where the list and we disagree on a person, a party or a vacancy, and fill in forms that we lack.

    A form that we have is never overwritten. The same list again finds the same contradictions and fills in nothing.
    Raises ImportRefused. Must run inside a transaction.
    """
    if faults := _faults(listed, wish):
        raise ImportRefused(*faults)
    ours = {SeatKey.of(seat): _sitting(seat) for seat in Seat.objects.filter(chamber=listed.chamber).with_holders()}
    contradictions = tuple(_contradictions(ours, listed))
    if contradictions:
        log.warning("lists_disagree", list=listed.name, about=len(contradictions), first=contradictions[:_MOST_LOGGED])
    changed, notes = _fill_in_forms(ours, listed)
    counts = {"listed": len(listed.holders), "contradictions": len(contradictions), "forms_filled_in": len(changed)}
    return Intake(Difference(changed=changed, contradictions=contradictions, notes=notes), counts)


def _faults(listed: OfficialList, wish: Wish) -> list[str]:
    faults = listed.faults()
    if faults or wish.force:
        return faults
    return too_few(len(listed.holders), FEWEST[listed.chamber], "people")


def _sitting(seat: Seat) -> Legislator | None:
    # Also when the term ran out: the list may say who came after.
    return seat.current_term.legislator if seat.current_term else None


def _contradictions(ours: dict[SeatKey, Legislator | None], listed: OfficialList) -> Iterator[str]:
    for seat in sorted(ours.keys() | listed.holders.keys()):
        here, there = ours.get(seat), listed.holders.get(seat)
        if (here.bioguide_id if here else None) != (there.bioguide_id if there else None):
            yield f"{seat}: {here or 'nobody'} here, {there or 'nobody'} in {listed.name}"
        elif here and there and there.party and here.party_letter != there.party[:1]:
            yield f"{seat}: {here} is {here.party} here, {there.party[:20]} in {listed.name}"


def _fill_in_forms(
    ours: dict[SeatKey, Legislator | None], listed: OfficialList
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms that were filled in, and those that were not usable."""
    filled: list[Office] = []
    notes: list[str] = []
    for seat, member in listed.holders.items():
        person = ours.get(seat)
        if not (member.contact_form and person and person.bioguide_id == member.bioguide_id and _lacks_form(person)):
            continue
        form = _form(member)
        if is_link_to(DOMAINS[listed.chamber], form):
            person.office.contact_form = form
            filled.append(person.office)
        else:
            notes.append(f"{member.bioguide_id}: contact_form {member.contact_form[:80]!r} was left out")
    Office.objects.bulk_update(filled, ["contact_form"])
    lines = (f"{office.legislator.bioguide_id} contact_form:  -> {office.contact_form}" for office in filled)
    return tuple(lines), tuple(notes)


def _lacks_form(person: Legislator) -> bool:
    return hasattr(person, "office") and not person.office.contact_form


def _form(member: ListedMember) -> str:
    """The list is slow to follow its own offices to https."""
    address = member.contact_form
    return f"https://{address.removeprefix('http://')}" if address.startswith("http://") else address
