"""Putting the people of a roster into their seats, in one transaction and a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import models

from campaign.legislators.importing import Difference
from campaign.legislators.models import Chamber, Legislator, Office, Seat, Term
from campaign.legislators.rosters import Roster, SenatorRecord

_OF_A_PERSON = ("given_name", "family_name", "official_name", "party")
_OF_AN_OFFICE = ("phone", "website", "contact_form")
_OF_A_TERM = ("starts_on", "ends_on", "appointed")


@dataclass
class _Notes:
    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def leaving(roster: Roster) -> set[str]:
    """The bioguide ids of those who sit now and are not in the roster."""
    sitting = Legislator.objects.in_office().values_list("bioguide_id", flat=True)
    return set(sitting) - {record.bioguide_id for record in roster.records}


def misplaced(roster: Roster) -> list[str]:
    """Seats of the roster that cannot be, since their state already has its two in other classes."""
    known: dict[str, set[int]] = {}
    for state, senate_class in Seat.objects.senate().values_list("state", "senate_class"):
        known.setdefault(state, set()).add(senate_class or 0)
    return [
        f"{record.state} has no seat of class {record.senate_class}, but {sorted(known[record.state])}"
        for record in roster.records
        if len(known.get(record.state, ())) == 2 and record.senate_class not in known[record.state]
    ]


def seat_everyone(roster: Roster) -> Difference:
    """Make the seats, people, terms and offices what the roster says. People are kept, terms are closed.

    A seat that the roster does not name becomes vacant. A form, telephone number or address that the roster does not
    say is kept, as is every e-mail address an organizer entered. The same roster a second time changes nothing.
    Must run inside a transaction.
    """
    notes = _Notes()
    seats = _seats(roster)
    people = _people(roster, notes)
    _offices(roster, people, notes)
    _terms(roster, seats, people, notes)
    return Difference(**{kind: tuple(lines) for kind, lines in vars(notes).items()})


def _seats(roster: Roster) -> dict[tuple[str, int], Seat]:
    known = {(seat.state, seat.senate_class or 0): seat for seat in Seat.objects.senate()}
    missing = [key for key in (record.seat for record in roster.records) if key not in known]
    made = Seat.objects.bulk_create(
        Seat(chamber=Chamber.SENATE, state=state, senate_class=number) for state, number in missing
    )
    return known | dict(zip(missing, made, strict=True))


def _people(roster: Roster, notes: _Notes) -> dict[str, Legislator]:
    wanted = {record.bioguide_id: record for record in roster.records}
    known = {person.bioguide_id: person for person in Legislator.objects.filter(bioguide_id__in=wanted)}
    changed = [
        person for key, person in known.items() if _take_over(person, wanted[key], _OF_A_PERSON, key, notes.changed)
    ]
    Legislator.objects.bulk_update(changed, _OF_A_PERSON)
    made = Legislator.objects.bulk_create(
        Legislator(bioguide_id=key, **{name: getattr(record, name) for name in _OF_A_PERSON})
        for key, record in wanted.items()
        if key not in known
    )
    return known | {person.bioguide_id: person for person in made}


def _offices(roster: Roster, people: dict[str, Legislator], notes: _Notes) -> None:
    wanted = {people[record.bioguide_id].pk: record for record in roster.records}
    known = {office.legislator_id: office for office in Office.objects.filter(legislator__in=wanted)}
    changed = []
    for key, office in known.items():
        said = [name for name in _OF_AN_OFFICE if getattr(wanted[key], name)]
        if _take_over(office, wanted[key], said, wanted[key].bioguide_id, notes.changed):
            changed.append(office)
    Office.objects.bulk_update(changed, _OF_AN_OFFICE)
    Office.objects.bulk_create(
        Office(legislator_id=key, **{name: getattr(record, name) for name in _OF_AN_OFFICE})
        for key, record in wanted.items()
        if key not in known
    )


def _take_over(row: models.Model, record: SenatorRecord, names: Iterable[str], whose: str, lines: list[str]) -> bool:
    before = len(lines)
    for name in names:
        old, new = getattr(row, name), getattr(record, name)
        if old != new:
            lines.append(f"{whose} {name}: {old} -> {new}")
            setattr(row, name, new)
    return len(lines) > before


def _terms(roster: Roster, seats: dict[tuple[str, int], Seat], people: dict[str, Legislator], notes: _Notes) -> None:
    every = list(Term.objects.filter(seat__chamber=Chamber.SENATE).select_related("seat", "legislator"))
    current = {term.seat_id: term for term in every if term.closed_on is None}
    closed = {_key(term): term for term in every if term.closed_on is not None}
    wanted = {seats[record.seat].pk: record for record in roster.records}
    going_on = {seat for seat, term in current.items() if seat in wanted and _goes_on(term, wanted[seat], closed)}
    _correct([(current[seat], wanted[seat]) for seat in going_on], notes)
    # Closed before others begin: the database allows one holder at every moment.
    _close([term for seat, term in current.items() if seat not in going_on], wanted, roster.as_of, notes)
    beginning = {seat: record for seat, record in wanted.items() if seat not in going_on}
    for seat, record in beginning.items():
        stays = seat in current and current[seat].legislator.bioguide_id == record.bioguide_id
        (notes.renewed if stays else notes.joined).append(_line(record))
    _begin(beginning, closed, people)


def _key(term: Term) -> tuple[int, str, date]:
    return term.seat_id, term.legislator.bioguide_id, term.starts_on


def _goes_on(term: Term, record: SenatorRecord, closed: dict[tuple[int, str, date], Term]) -> bool:
    """The same person in the same term. A start that moves while the end stays is a correction, not a new term."""
    same_person = term.legislator.bioguide_id == record.bioguide_id
    renewed = record.starts_on > term.starts_on and record.ends_on != term.ends_on
    earlier = (term.seat_id, record.bioguide_id, record.starts_on) in closed
    return same_person and not renewed and not earlier


def _correct(pairs: Iterable[tuple[Term, SenatorRecord]], notes: _Notes) -> None:
    changed = [term for term, said in pairs if _take_over(term, said, _OF_A_TERM, said.bioguide_id, notes.changed)]
    Term.objects.bulk_update(changed, _OF_A_TERM)


def _close(terms: list[Term], wanted: dict[int, SenatorRecord], as_of: date, notes: _Notes) -> None:
    for term in terms:
        successor = wanted.get(term.seat_id)
        term.closed_on = max(term.starts_on, successor.starts_on if successor else as_of)
        if successor is None or successor.bioguide_id != term.legislator.bioguide_id:
            notes.left.append(f"{term.seat.state} class {term.seat.senate_class}: {term.legislator}")
    Term.objects.bulk_update(terms, ["closed_on"])


def _begin(
    beginning: dict[int, SenatorRecord], closed: dict[tuple[int, str, date], Term], people: dict[str, Legislator]
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


def _line(record: SenatorRecord) -> str:
    return f"{record.state} class {record.senate_class}: {record.official_name} ({record.bioguide_id})"
