"""Putting the people of a roster into their seats, in one transaction and a fixed number of queries."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from campaign.legislators import apportionment
from campaign.legislators.differences import Difference, Notes, take_over
from campaign.legislators.models import Legislator, Office, Seat, Term
from campaign.legislators.records import MemberRecord, SeatKey
from campaign.legislators.rosters import Roster

_OF_A_PERSON = ("given_name", "family_name", "official_name", "party")
_OF_AN_OFFICE = ("phone", "website", "contact_form", "address")
_OF_A_TERM = ("starts_on", "ends_on", "appointed")


def seat_everyone(roster: Roster, seats: Iterable[Seat], sitting: Iterable[Term]) -> Difference:
    """Make the seats, people, terms and offices what the roster says. People are kept, terms are closed.

    Given are all our seats and open terms. Every seat that the law knows is there afterwards; one that the roster does
    not name becomes vacant. A form, telephone number or address that the roster does not say is kept, as is every
    e-mail address an organizer entered. The same roster a second time changes nothing. Must run inside a transaction.
    """
    notes = Notes()
    places = _seats(roster, seats)
    people = _people(roster, notes)
    _offices(roster, people, notes)
    _terms(roster, places, people, sitting, notes)
    notes.notes += roster.notes
    return notes.as_difference()


def _seats(roster: Roster, seats: Iterable[Seat]) -> dict[SeatKey, Seat]:
    known = {SeatKey.of(seat): seat for seat in seats}
    wanted = apportionment.house_seats() | {record.seat for record in roster.records}
    made = Seat.objects.bulk_create(key.as_seat() for key in sorted(wanted - known.keys()))
    return known | {SeatKey.of(seat): seat for seat in made}


def _people(roster: Roster, notes: Notes) -> dict[str, Legislator]:
    wanted = {record.bioguide_id: record for record in roster.records}
    known = {person.bioguide_id: person for person in Legislator.objects.filter(bioguide_id__in=wanted)}
    changed = [person for key, person in known.items() if _follows(person, wanted[key], _OF_A_PERSON, notes)]
    Legislator.objects.bulk_update(changed, _OF_A_PERSON)
    made = Legislator.objects.bulk_create(
        Legislator(bioguide_id=key, **_said(record, _OF_A_PERSON)) for key, record in wanted.items() if key not in known
    )
    return known | {person.bioguide_id: person for person in made}


def _offices(roster: Roster, people: dict[str, Legislator], notes: Notes) -> None:
    wanted = {people[record.bioguide_id].pk: record for record in roster.records}
    known = {office.legislator_id: office for office in Office.objects.filter(legislator__in=wanted)}
    changed = []
    for key, office in known.items():
        said = [name for name in _OF_AN_OFFICE if getattr(wanted[key], name)]
        if _follows(office, wanted[key], said, notes):
            changed.append(office)
    Office.objects.bulk_update(changed, _OF_AN_OFFICE)
    Office.objects.bulk_create(
        Office(legislator_id=key, **_said(record, _OF_AN_OFFICE)) for key, record in wanted.items() if key not in known
    )


def _said(record: MemberRecord, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _follows(row: models.Model, record: MemberRecord, names: Iterable[str], notes: Notes) -> bool:
    """Make the row what the record says. Whether that changed anything."""
    lines = take_over(row, _said(record, names))
    notes.changed += [f"{record.bioguide_id} {line}" for line in lines]
    return bool(lines)


def _terms(
    roster: Roster,
    seats: dict[SeatKey, Seat],
    people: dict[str, Legislator],
    sitting: Iterable[Term],
    notes: Notes,
) -> None:
    current = {term.seat_id: term for term in sitting}
    wanted = {seats[record.seat].pk: record for record in roster.records}
    earlier = Term.objects.closed().filter(legislator__in=people.values()).select_related("legislator")
    closed = {(term.seat_id, term.legislator.bioguide_id, term.starts_on): term for term in earlier}
    going_on = {seat for seat, term in current.items() if seat in wanted and _goes_on(term, wanted[seat], closed)}
    _correct([(current[seat], wanted[seat]) for seat in going_on], notes)
    # Closed before others begin: the database allows one holder at every moment.
    _close([term for seat, term in current.items() if seat not in going_on], wanted, roster, notes)
    beginning = {seat: record for seat, record in wanted.items() if seat not in going_on}
    for seat, record in beginning.items():
        stays = seat in current and current[seat].legislator.bioguide_id == record.bioguide_id
        (notes.renewed if stays else notes.joined).append(str(record))
    _begin(beginning, closed, people)


def _goes_on(term: Term, record: MemberRecord, closed: dict[tuple[int, str, date], Term]) -> bool:
    """The same person in the same term. A start that moves while the end stays is a correction, not a new term."""
    same_person = term.legislator.bioguide_id == record.bioguide_id
    renewed = record.starts_on > term.starts_on and record.ends_on != term.ends_on
    earlier = (term.seat_id, record.bioguide_id, record.starts_on) in closed
    return same_person and not renewed and not earlier


def _correct(pairs: Iterable[tuple[Term, MemberRecord]], notes: Notes) -> None:
    changed = [term for term, said in pairs if _follows(term, said, _OF_A_TERM, notes)]
    Term.objects.bulk_update(changed, _OF_A_TERM)


def _close(terms: list[Term], wanted: dict[int, MemberRecord], roster: Roster, notes: Notes) -> None:
    elsewhere = {record.bioguide_id: record for record in roster.records}
    for term in terms:
        successor, moved = wanted.get(term.seat_id), elsewhere.get(term.legislator.bioguide_id)
        # A vacated seat: nobody tells the day. It was no later than the import's, nor than the end of the term.
        day = moved or successor
        term.closed_on = max(term.starts_on, day.starts_on if day else min(roster.as_of, term.runs_out_on))
        if successor is None or successor.bioguide_id != term.legislator.bioguide_id:
            notes.left.append(f"{SeatKey.of(term.seat)}: {term.legislator}")
    Term.objects.bulk_update(terms, ["closed_on"])


def _begin(
    beginning: dict[int, MemberRecord], closed: dict[tuple[int, str, date], Term], people: dict[str, Legislator]
) -> None:
    new: list[Term] = []
    reopened: list[Term] = []
    for seat, record in beginning.items():
        # A term that an import closed by mistake goes on.
        term = closed.get((seat, record.bioguide_id, record.starts_on))
        person = people[record.bioguide_id]
        (reopened if term else new).append(term or Term(seat_id=seat, legislator=person, starts_on=record.starts_on))
    for term in [*new, *reopened]:
        said = beginning[term.seat_id]
        term.ends_on, term.appointed, term.closed_on = said.ends_on, said.appointed, None
    Term.objects.bulk_update(reopened, ["ends_on", "appointed", "closed_on"])
    Term.objects.bulk_create(new)
