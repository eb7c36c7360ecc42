"""Putting people onto their committees, in one transaction and a fixed number of queries."""

from collections.abc import Iterable
from typing import Any

from campaign.legislators.committees import CommitteeRecord, Directory, MembershipRecord
from campaign.legislators.differences import Notes, take_over
from campaign.legislators.doubting import too_few
from campaign.legislators.importing import ImportRefused, Intake, Wish
from campaign.legislators.models import FOREIGN_RELATIONS, Committee, CommitteeMembership, Legislator
from campaign.legislators.terms import congress_on

FEWEST_ON_FOREIGN_RELATIONS = 10
MOST_ENDING = 1 / 3
_OF_A_COMMITTEE = ["name", "chamber", "parent", "closed_on"]
_OF_A_MEMBERSHIP = ["side", "rank", "title", "seen_on"]

Key = tuple[str, str]


def convene(directory: Directory, wish: Wish) -> Intake:
    """Make committees and memberships what the directory says. Nothing is deleted; what ended is closed.

    Of people whom we don't know it is said that they were left out. The same directory a second time changes nothing.
    Raises ImportRefused. Must run inside a transaction.
    """
    open_ones = list(CommitteeMembership.objects.open().select_related("committee", "legislator"))
    sitting = {(place.committee.code, place.legislator.bioguide_id): place for place in open_ones}
    if faults := _faults(directory, wish, sitting):
        raise ImportRefused(*faults)
    notes = Notes()
    committees = _committees(directory, notes)
    _end(directory, sitting, notes)
    _go_on(directory, sitting, notes)
    _begin(directory, sitting, committees, notes)
    counts = {
        "committees": Committee.objects.filter(closed_on=None).count(),
        "memberships": CommitteeMembership.objects.open().count(),
        "on_foreign_relations": len(directory.on(FOREIGN_RELATIONS)),
    }
    return Intake(notes.as_difference(), counts)


def _faults(directory: Directory, wish: Wish, sitting: dict[Key, CommitteeMembership]) -> list[str]:
    """Contradictions, which no wish overrides; then what only looks wrong."""
    faults = directory.faults()
    if faults or wish.force:
        return faults
    number, whose = len(directory.on(FOREIGN_RELATIONS)), f"members of Foreign Relations ({FOREIGN_RELATIONS})"
    faults += too_few(number, FEWEST_ON_FOREIGN_RELATIONS, whose)
    # A new Congress makes its committees anew: who was seen in the old one was bound to leave.
    congress = congress_on(directory.as_of)
    of_this_congress = {key for key, place in sitting.items() if congress_on(place.seen_on) == congress}
    ending = _ending(directory, of_this_congress)
    if len(ending) > len(of_this_congress) * MOST_ENDING:
        faults.append(f"{len(ending)} of {len(of_this_congress)} memberships would end; that is not believed.")
    return faults


def _ending(directory: Directory, keys: Iterable[Key]) -> set[Key]:
    """Those of the keys that the directory would have and has not."""
    speaks_of = {committee.code for committee in directory.committees}
    listed = {membership.key for membership in directory.memberships}
    return {key for key in keys if key not in listed and (directory.is_whole or key[0] in speaks_of)}


def _committees(directory: Directory, notes: Notes) -> dict[str, Committee]:
    known = {committee.code: committee for committee in Committee.objects.all()}
    wanted = {record.code: record for record in directory.committees}
    _found(known, [record for record in wanted.values() if not record.parent], notes)
    _found(known, [record for record in wanted.values() if record.parent], notes)
    changed = []
    for code, committee in known.items():
        if code in wanted and _follows(committee, wanted[code], known):
            notes.changed.append(f"{code}: {wanted[code].name}")
            changed.append(committee)
        elif code not in wanted and directory.is_whole and committee.closed_on is None:
            notes.left.append(f"{code}: {committee.name}")
            committee.closed_on = directory.as_of
            changed.append(committee)
    Committee.objects.bulk_update(changed, _OF_A_COMMITTEE)
    return known


def _found(known: dict[str, Committee], records: list[CommitteeRecord], notes: Notes) -> None:
    missing = [record for record in records if record.code not in known]
    notes.joined += [f"{record.code}: {record.name}" for record in missing]
    made = Committee.objects.bulk_create(
        Committee(code=record.code, name=record.name, chamber=record.chamber, parent=known.get(record.parent))
        for record in missing
    )
    known |= {committee.code: committee for committee in made}


def _follows(committee: Committee, record: CommitteeRecord, known: dict[str, Committee]) -> bool:
    """Make it what the record says. Whether that changed anything."""
    parent = known[record.parent].pk if record.parent else None
    said = {"name": record.name, "chamber": record.chamber, "parent_id": parent, "closed_on": None}
    return bool(take_over(committee, said))


def _end(directory: Directory, sitting: dict[Key, CommitteeMembership], notes: Notes) -> None:
    ending = [sitting[key] for key in sorted(_ending(directory, sitting))]
    notes.left += [f"{place.committee.code}: {place.legislator}" for place in ending]
    ids = [place.pk for place in ending]
    CommitteeMembership.objects.filter(pk__in=ids).update(closed_on=directory.as_of)


def _go_on(directory: Directory, sitting: dict[Key, CommitteeMembership], notes: Notes) -> None:
    changed = []
    congress = congress_on(directory.as_of)
    for record in directory.memberships:
        place = sitting.get(record.key)
        if place is None:
            continue
        before = _line(place)
        differs = take_over(place, _said(record))
        if differs:
            notes.changed.append(f"{record.code} {record.bioguide_id}: {before} -> {_line(place)}")
        # Seen in this Congress: the next import may doubt that they left.
        is_new_congress = congress_on(place.seen_on) != congress
        if is_new_congress:
            place.seen_on = directory.as_of
        if differs or is_new_congress:
            changed.append(place)
    CommitteeMembership.objects.bulk_update(changed, _OF_A_MEMBERSHIP)


def _begin(
    directory: Directory, sitting: dict[Key, CommitteeMembership], committees: dict[str, Committee], notes: Notes
) -> None:
    new: list[MembershipRecord] = [record for record in directory.memberships if record.key not in sitting]
    people = {person.bioguide_id: person for person in _people({record.bioguide_id for record in new})}
    unknown = sorted({record.bioguide_id for record in new} - people.keys())
    notes.notes += [
        f"{bioguide_id} sits on a committee, is nobody whom we know and was left out" for bioguide_id in unknown
    ]
    known = [record for record in new if record.bioguide_id in people]
    notes.joined += [f"{r.code}: {people[r.bioguide_id]}, {_line(r)}" for r in known]
    CommitteeMembership.objects.bulk_create(
        CommitteeMembership(
            committee=committees[record.code],
            legislator=people[record.bioguide_id],
            seen_on=directory.as_of,
            **_said(record),
        )
        for record in known
    )


def _people(bioguide_ids: set[str]) -> Iterable[Legislator]:
    return Legislator.objects.filter(bioguide_id__in=bioguide_ids)


def _said(record: MembershipRecord) -> dict[str, Any]:
    return {"side": record.side, "rank": record.rank, "title": record.title}


def _line(place: MembershipRecord | CommitteeMembership) -> str:
    return f"{place.side} {place.rank}" + (f", {place.title}" if place.title else "")
