"""Both houses of Congress in one file: people who move, seats that stay when nobody holds them, and the 3 January."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.legislators import importing
from campaign.legislators.importing import ImportRefused
from campaign.legislators.models import CommitteeMembership, DataImport, Legislator, Office, Seat, Subject, Term
from campaign.legislators.sources import LEGISLATORS
from tests.legislators.conftest import PublicFile

pytestmark = pytest.mark.usefixtures("furnished")

JULY = date(2026, 7, 15)
JANUARY = date(2027, 1, 5)


@pytest.fixture
def january_file(public_file: PublicFile) -> PublicFile:
    """Every term that ran out on 3 January 2027 began anew, and fifty people have successors."""
    new = 0
    for person in list(public_file.people):
        term = person["terms"][-1]
        if term["end"] != "2027-01-03":
            continue
        years = 6 if term["type"] == "sen" else 2
        changes = {"start": "2027-01-03", "end": f"{2027 + years}-01-03", "how": None}
        if new < 50 and term["type"] == "rep":
            new += 1
            public_file.replace(person["id"]["bioguide"], f"X{new:06d}", f"Newcomer {new}", **changes)
        else:
            term.update(changes)
    return public_file


def house_seat(state: str, district: int) -> Seat:
    return Seat.objects.house().with_holders().get(state=state, district=district)


def test_a_representative_who_leaves_leaves_a_vacant_seat(public_file: PublicFile) -> None:
    difference = importing.read_file(LEGISLATORS, public_file.without("D000635").write(), JULY).difference
    assert difference.left == ("OR-3: Maxine Dexter (D000635)",)
    seat = house_seat("OR", 3)
    assert (seat.holder, seat.is_vacant) == (None, True)
    assert Legislator.objects.filter(bioguide_id="D000635").exists()


def test_a_representative_who_becomes_a_senator_leaves_the_house(public_file: PublicFile) -> None:
    public_file.without("M001176")
    public_file.of("D000635")["terms"][-1] = {
        "type": "sen", "class": 2, "state": "OR", "party": "Democrat", "start": "2026-07-01", "end": "2027-01-03",
        "how": "appointment", "phone": "202-224-0000",
    }  # fmt: skip
    file = public_file.write()
    difference = importing.read_file(LEGISLATORS, file, JULY).difference
    assert difference.joined == ("OR class 2: Maxine Dexter (D000635)",)
    assert set(difference.left) == {"OR class 2: Jeff Merkley (M001176)", "OR-3: Maxine Dexter (D000635)"}
    dexter = Legislator.objects.get(bioguide_id="D000635")
    assert Seat.objects.senate().get(state="OR", senate_class=2).holder == dexter
    assert house_seat("OR", 3).is_vacant
    old = Term.objects.get(legislator=dexter, seat__chamber="house")
    assert old.closed_on == date(2026, 7, 1)
    assert not importing.read_file(LEGISLATORS, file, JULY).difference


def test_a_vacant_district_gets_its_member(public_file: PublicFile) -> None:
    newcomer = dict(public_file.of("D000635"))
    newcomer |= {"id": {"bioguide": "X000001"}, "name": {"first": "New", "last": "Comer"}}
    newcomer["terms"] = [newcomer["terms"][-1] | {"state": "FL", "district": 20, "start": "2026-07-14"}]
    public_file.people.append(newcomer)
    assert importing.read_file(LEGISLATORS, public_file.write(), JULY).difference.joined == (
        "FL-20: New Comer (X000001)",
    )
    assert not house_seat("FL", 20).is_vacant


def test_in_january_successors_are_believed_without_force(january_file: PublicFile) -> None:
    file = january_file.write()
    with CaptureQueriesContext(connection) as queries:
        difference = importing.read_file(LEGISLATORS, file, JANUARY).difference
    assert len(queries) <= 30
    assert (len(difference.joined), len(difference.left)) == (50, 50)
    assert len(difference.renewed) == 387 + 33
    closed = Term.objects.closed().filter(seat__chamber="house")
    assert set(closed.values_list("closed_on", flat=True)) == {date(2027, 1, 3)}
    assert not importing.read_file(LEGISLATORS, file, JANUARY).difference


def test_in_july_the_same_file_is_not_believed(january_file: PublicFile) -> None:
    with pytest.raises(ImportRefused, match="50 members of Congress would leave at once"):
        importing.read_file(LEGISLATORS, january_file.write(), JULY)


def test_a_file_of_june_imported_in_january_fills_no_seat_whose_term_ran_out(public_file: PublicFile) -> None:
    importing.read_file(LEGISLATORS, public_file.write(), date(2027, 1, 4))
    merkley = Term.objects.get(legislator__bioguide_id="M001176")
    assert (merkley.closed_on, merkley.has_run_out(date(2027, 1, 4))) == (None, True)


def test_the_offices_in_washington_are_taken_over(public_file: PublicFile) -> None:
    file = public_file.with_term(
        "D000635", address="1 Longworth House Office Building Washington DC 20515-3703"
    ).write()
    importing.read_file(LEGISLATORS, file, JULY)
    assert Office.objects.get(legislator__bioguide_id="D000635").address.startswith("1 Longworth")
    importing.read_file(LEGISLATORS, public_file.with_term("D000635", address="", phone="").write(), JULY)
    office = Office.objects.get(legislator__bioguide_id="D000635")
    assert (office.address[:11], office.phone) == ("1 Longworth", "202-225-4811")


@pytest.mark.parametrize(
    ("key", "slip"),
    [
        ("url", "http://dexter.house.gov"),
        ("contact_form", "hhttps://dexter.house.gov/contact"),
        ("phone", "(202) 225-4811 ext. 3"),
        ("address", "x" * 201),
        ("address", "1 Longworth\nBuilding"),
    ],
)
def test_a_slip_of_the_source_costs_only_the_line_it_is_in(public_file: PublicFile, key: str, slip: str) -> None:
    difference = importing.read_file(
        LEGISLATORS, public_file.with_term("D000635", **{key: slip}).write(), JULY
    ).difference
    assert not difference
    assert difference.notes == (f"D000635: {key} {slip[:80]!r} was left out",)
    latest = DataImport.objects.latest_applied(Subject.LEGISLATORS)
    assert latest is not None
    assert latest.difference["notes"] == list(difference.notes)


def test_an_import_of_all_537_costs_few_queries(public_file: PublicFile) -> None:
    file = public_file.replace("H001104", "S009999", "Successor").with_term("M001176", phone="202-224-0000").write()
    with CaptureQueriesContext(connection) as queries:
        importing.read_file(LEGISLATORS, file, JULY)
    assert len(queries) <= 30


def test_the_first_import_of_all_537_costs_few_queries(public_file: PublicFile) -> None:
    for model in (CommitteeMembership, Term, Office, Legislator, Seat, DataImport):
        model.objects.all().delete()
    file = public_file.write()
    with CaptureQueriesContext(connection) as queries:
        importing.read_file(LEGISLATORS, file, JULY)
    assert len(queries) <= 30
    assert (Legislator.objects.count(), Seat.objects.count()) == (537, 541)


def test_a_refused_file_is_noted_with_its_reasons(public_file: PublicFile) -> None:
    file = public_file.with_term("D000635", district=1).write()
    with pytest.raises(ImportRefused):
        importing.read_file(LEGISLATORS, file, JULY)
    refused = DataImport.objects.exclude(refused_because="").get()
    assert (refused.what, refused.as_of, refused.refused_because) == ("legislators", JULY, "OR-1 has 2 holders")
    assert len(refused.sha256) == 64
