"""The public file is fetched, checked and swapped in whole, or refused whole."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from campaign.legislators import importing
from campaign.legislators.importing import ImportRefused, Wish
from campaign.legislators.models import DataImport, Legislator, Office, Seat, Subject, Term
from campaign.legislators.sources import LEGISLATORS
from tests.legislators.conftest import PublicFile

pytestmark = pytest.mark.usefixtures("furnished")

JULY = date(2026, 7, 15)
Sync = Callable[..., str]
TYPO_OF_JUNE = "hhttps://fine.house.gov/address_authentication?form=/contact/email-me"


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Seat, Legislator, Term, Office)]


def test_a_file_that_says_what_we_have_changes_nothing(public_file: PublicFile) -> None:
    before = everything()
    for _ in range(2):
        outcome = importing.read_file(LEGISLATORS, public_file.write(), JULY)
        assert not outcome.difference
    assert everything() == before
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == JULY


def test_a_successor_takes_the_seat_and_the_predecessor_is_kept(public_file: PublicFile) -> None:
    file = public_file.replace("H001104", "S009999", "Successor", start="2026-11-20", end="2029-01-03").write()
    difference = importing.read_file(LEGISLATORS, file, date(2026, 11, 21)).difference
    assert difference.joined == ("OH class 3: New Successor (S009999)",)
    assert difference.left == ("OH class 3: Jon Husted (H001104)",)
    closed = Term.objects.get(legislator__bioguide_id="H001104")
    assert closed.closed_on == date(2026, 11, 20)
    assert closed.seat.holder == Legislator.objects.get(bioguide_id="S009999")
    assert not importing.read_file(LEGISLATORS, file, date(2026, 11, 21)).difference


def test_a_senator_who_leaves_without_a_successor_leaves_a_vacant_seat(public_file: PublicFile) -> None:
    difference = importing.read_file(LEGISLATORS, public_file.without("M001244").write(), JULY).difference
    assert (difference.joined, difference.left) == ((), ("FL class 3: Ashley Moody (M001244)",))
    assert Term.objects.get(legislator__bioguide_id="M001244").closed_on == JULY
    assert [seat.label for seat in Seat.objects.senate().vacant()] == ["Florida, class 3"]


def test_a_seat_found_empty_after_its_term_was_empty_from_the_day_the_term_ran_out(public_file: PublicFile) -> None:
    file = public_file.without("M001176").write()
    importing.read_file(LEGISLATORS, file, date(2027, 1, 10))
    assert Term.objects.get(legislator__bioguide_id="M001176").closed_on == date(2027, 1, 3)


def test_who_was_closed_by_mistake_sits_again_in_the_same_term(public_file: PublicFile) -> None:
    people = list(public_file.people)
    importing.read_file(LEGISLATORS, public_file.without("M001244").write(), JULY)
    public_file.people = people
    assert importing.read_file(LEGISLATORS, public_file.write(), JULY).difference.joined == (
        "FL class 3: Ashley Moody (M001244)",
    )
    assert Term.objects.filter(legislator__bioguide_id="M001244").count() == 1


def test_a_new_term_of_the_same_person_closes_the_old_one(public_file: PublicFile) -> None:
    file = public_file.with_term("M001176", start="2027-01-03", end="2033-01-03").write()
    difference = importing.read_file(LEGISLATORS, file, date(2027, 1, 5)).difference
    assert difference.renewed == ("OR class 2: Jeff Merkley (M001176)",)
    assert not difference.left
    old, new = Term.objects.filter(legislator__bioguide_id="M001176").order_by("starts_on")
    assert (old.closed_on, new.closed_on) == (date(2027, 1, 3), None)


def test_a_file_from_before_a_new_term_puts_the_old_one_back(public_file: PublicFile) -> None:
    today = public_file.write().read_bytes()
    importing.read_file(
        LEGISLATORS, public_file.with_term("M001176", start="2027-01-03", end="2033-01-03").write(), JULY
    )
    public_file.path.write_bytes(today)
    importing.read_file(LEGISLATORS, public_file.path, JULY)
    (sitting,) = Term.objects.open().filter(legislator__bioguide_id="M001176")
    assert (sitting.starts_on, sitting.ends_on) == (date(2021, 1, 3), date(2027, 1, 3))
    assert not importing.read_file(LEGISLATORS, public_file.path, JULY).difference


def test_corrections_are_taken_over_and_named(public_file: PublicFile) -> None:
    file = public_file.with_term("M001176", phone="202-224-0000", start="2021-01-04").write()
    assert importing.read_file(LEGISLATORS, file, JULY).difference.changed == (
        "M001176 phone: 202-224-3753 -> 202-224-0000",
        "M001176 starts_on: 2021-01-03 -> 2021-01-04",
    )
    assert Term.objects.get(legislator__bioguide_id="M001176").starts_on == date(2021, 1, 4)


def test_what_an_organizer_entered_and_what_the_file_lacks_is_kept(public_file: PublicFile) -> None:
    office = Office.objects.get(legislator__bioguide_id="M001176")
    office.enter_email("staff@merkley.senate.gov", by="olive@example.org")
    importing.read_file(
        LEGISLATORS, public_file.with_term("M001176", contact_form="", party="Independent").write(), JULY
    )
    office.refresh_from_db()
    assert (office.email, office.email_entered_by) == ("staff@merkley.senate.gov", "olive@example.org")
    assert office.contact_form == "https://www.merkley.senate.gov/contact/"
    assert office.legislator.party == "Independent"


def lacks_six(file: PublicFile) -> PublicFile:
    return file.without("M001176", "W000779", "M001244", "H001104", "A000383", "R000618")


def lacks_most_of_the_house(file: PublicFile) -> PublicFile:
    file.people = [person for person in file.people if person["terms"][-1].get("district") in (None, *range(1, 15))]
    return file


def has_a_seventh_district_of_oregon(file: PublicFile) -> PublicFile:
    return file.with_term("D000635", district=7)


def is_at_large_where_there_are_six(file: PublicFile) -> PublicFile:
    return file.with_term("D000635", district=0)


def has_a_district_of_dc(file: PublicFile) -> PublicFile:
    return file.with_term("N000147", district=1)


def has_two_of_one_district(file: PublicFile) -> PublicFile:
    return file.with_term("D000635", district=1)


def represents_palau(file: PublicFile) -> PublicFile:
    return file.with_term("N000147", state="PW")


def leads_a_representative_to_the_senate(file: PublicFile) -> PublicFile:
    return file.with_term("D000635", url="https://dexter.senate.gov")


def leads_through_a_backslash(file: PublicFile) -> PublicFile:
    return file.with_term("M001176", url="https://example.org\\.senate.gov")


def is_of_a_party_with_a_long_name(file: PublicFile) -> PublicFile:
    return file.with_term("M001176", party="P" * 41)


def has_three_of_oregon(file: PublicFile) -> PublicFile:
    return file.with_term("M001244", state="OR", **{"class": 1})


def has_two_holders(file: PublicFile) -> PublicFile:
    return file.with_term("W000779", **{"class": 2})


def has_eleven_newcomers(file: PublicFile) -> PublicFile:
    for number, person in enumerate(file.people[1:12]):
        file.replace(person["id"]["bioguide"], f"X{number:06d}", "Newcomer")
    return file


def lists_one_twice(file: PublicFile) -> PublicFile:
    file.people.append(file.of("M001176"))
    return file


def is_of_a_class_that_oregon_lacks(file: PublicFile) -> PublicFile:
    return file.with_term("M001176", **{"class": 1})


def leads_elsewhere(file: PublicFile) -> PublicFile:
    return file.with_term("M001176", contact_form="https://merkley.senate.gov.example/")


def runs_a_script(file: PublicFile) -> PublicFile:
    return file.with_term("M001176", contact_form="javascript:alert(1)//.senate.gov")


def has_a_control_character(file: PublicFile) -> PublicFile:
    file.of("M001176")["name"]["last"] = "Merk\0ley"
    return file


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lacks_six, "It lists 94 senators; fewer than 95 is not believed."),
        (lacks_most_of_the_house, "It lists 332 representatives; fewer than 400 is not believed."),
        (has_a_seventh_district_of_oregon, "OR-7 is no district: OR has 6."),
        (is_at_large_where_there_are_six, "OR-0 is no district: OR has 6."),
        (has_eleven_newcomers, "11 members of Congress would leave at once; more than 10 is not believed."),
    ],
)
def test_what_looks_wrong_is_refused_whole_unless_forced(
    public_file: PublicFile, change: Callable[[PublicFile], PublicFile], sentence: str
) -> None:
    before = everything()
    file = change(public_file).write()
    with pytest.raises(ImportRefused) as caught:
        importing.read_file(LEGISLATORS, file, JULY)
    assert sentence in caught.value.faults
    assert everything() == before
    assert sentence in DataImport.objects.latest("pk").refused_because
    assert DataImport.objects.as_of(Subject.LEGISLATORS) != JULY
    assert importing.read_file(LEGISLATORS, file, JULY, Wish(force=True)).difference.left


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (has_three_of_oregon, "OR has 3 Senate seats"),
        (has_two_holders, "OR class 2 has 2 holders"),
        (lists_one_twice, "M001176 is listed 2 times"),
        (is_of_a_class_that_oregon_lacks, "OR has no seat of class 1, but [2, 3]"),
        (leads_elsewhere, "is no https address of senate.gov"),
        (runs_a_script, "is no https address of senate.gov"),
        (has_a_control_character, "is no name"),
        (has_a_district_of_dc, "there is no House seat 'DC' 1"),
        (represents_palau, "there is no House seat 'PW' 0"),
        (has_two_of_one_district, "OR-1 has 2 holders"),
        (leads_a_representative_to_the_senate, "is no https address of house.gov"),
        (leads_through_a_backslash, "is no https address of senate.gov"),
        (is_of_a_party_with_a_long_name, "is no party's name"),
        (lambda file: file.with_term("M001244", end="9999-12-31"), "no term lasts from"),
    ],
)
def test_what_contradicts_itself_is_refused_even_when_forced(
    public_file: PublicFile, change: Callable[[PublicFile], PublicFile], sentence: str
) -> None:
    before = everything()
    file = change(public_file).write()
    for wish in (Wish(), Wish(force=True)):
        with pytest.raises(ImportRefused, match=sentence.replace("[", r"\[")):
            importing.read_file(LEGISLATORS, file, JULY, wish)
    assert everything() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>404</title>",
        b'[{"id": {"bioguide"',
        b"{}",
        b"[1]",
        b"[null]",
        b'[{"terms": []}]',
        b'[{"id": {}, "name": {}, "terms": [{"type": "sen"}]}]',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"NaN",
    ],
)
def test_a_file_of_another_kind_changes_nothing_and_says_what_was_wrong(tmp_path: Path, body: bytes) -> None:
    before = everything()
    file = tmp_path / "bad.json"
    file.write_bytes(body)
    with pytest.raises(ImportRefused, match=r"This is no JSON|a list of people|Person 1 of the file"):
        importing.read_file(LEGISLATORS, file, JULY)
    assert everything() == before


def test_a_file_of_half_a_gigabyte_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as large:
        large.truncate(500 * 1024 * 1024)
    with pytest.raises(ImportRefused, match="larger than 32 MB"):
        importing.read_file(LEGISLATORS, file)


def test_a_dry_run_prints_the_difference_and_writes_nothing(public_file: PublicFile, sync: Sync) -> None:
    before, imports = everything(), DataImport.objects.count()
    printed = sync("--file", str(public_file.without("M001244").write()), "--as-of", "2026-07-15", "--dry-run")
    assert "- FL class 3: Ashley Moody (M001244)" in printed
    assert "nothing was written" in printed
    assert (everything(), DataImport.objects.count()) == (before, imports)


def test_the_command_prints_what_changed_and_then_that_nothing_did(public_file: PublicFile, sync: Sync) -> None:
    file = str(public_file.with_term("M001176", phone="202-224-0000").write())
    assert "~ M001176 phone: 202-224-3753 -> 202-224-0000" in sync("--file", file)
    assert "Nothing changed." in sync("--file", file)
    assert sync("--file", file, "--quiet") == ""


def test_the_command_says_in_one_line_why_it_refused(public_file: PublicFile, sync: Sync) -> None:
    with pytest.raises(CommandError, match=r"^Nothing changed\. It lists 94 senators"):
        sync("--file", str(lacks_six(public_file).write()))
    with pytest.raises(CommandError, match=r"^Nothing changed\. .*No such file"):
        sync("--file", "nowhere.json")


def test_the_real_file_of_june_says_what_our_facts_say() -> None:
    file = Path(__file__).parents[3] / "shared/data/congress-legislators/legislators-current.json"
    if not file.exists():
        pytest.skip("the public data file is not beside the project; download it into ../shared/data to run this")
    assert not (difference := importing.read_file(LEGISLATORS, file, date(2026, 6, 15)).difference)
    assert difference.lines() == [f"* F000484: contact_form {TYPO_OF_JUNE!r} was left out"]
    assert len(json.loads(file.read_bytes())) == 537
