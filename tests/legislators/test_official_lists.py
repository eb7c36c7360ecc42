"""The lists of the Senate and of the Clerk: they contradict, they fill in forms, and they reseat nobody."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from django.core.management.base import CommandError

from campaign.legislators import importing, sources
from campaign.legislators.importing import ImportRefused, Outcome, Wish
from campaign.legislators.models import DataImport, Legislator, Office, Seat, Subject, Term
from campaign.legislators.official_lists import OfficialList
from campaign.legislators.records import MemberRecord
from tests.legislators.conftest import PublicFile, Source, facts_of_congress

pytestmark = pytest.mark.usefixtures("furnished")

JULY = date(2026, 7, 15)
MOODYS_FORM = "https://www.moody.senate.gov/contact/"

Sync = Callable[..., str]


def as_senator(record: MemberRecord) -> str:
    """A senator as the Senate's list writes them."""
    form = {"M001244": MOODYS_FORM}.get(record.bioguide_id, f"https://{record.bioguide_id.lower()}.senate.gov/form")
    return (
        f"<member><member_full>{escape(record.family_name)} ({record.party[0]}-{record.seat.state})</member_full>"
        f"<last_name>{escape(record.family_name)}</last_name><first_name>{escape(record.given_name)}</first_name>"
        f"<party>{record.party[0]}</party><state>{record.seat.state}</state><address>a street</address>"
        f"<phone>(202) 224-0000</phone><email>{escape(form)}</email><website>https://a.senate.gov</website>"
        f"<class>Class {'I' * record.seat.number}</class><bioguide_id>{record.bioguide_id}</bioguide_id></member>"
    )


def as_representative(record: MemberRecord) -> str:
    """A member of the House as the Clerk writes them."""
    state = "AQ" if record.seat.state == "AS" else record.seat.state
    return (
        f"<member><statedistrict>{state}{record.seat.number:02}</statedistrict><member-info>"
        f"<bioguideID>{record.bioguide_id}</bioguideID><official-name>{escape(record.official_name)}</official-name>"
        f"<party>{record.party[0]}</party><state postal-code='{state}'><state-fullname>x</state-fullname></state>"
        "<phone>(202) 225-0000</phone></member-info><committee-assignments><committee comcode='AG00' rank='1'/>"
        "</committee-assignments></member>"
    )


@pytest.fixture
def senate() -> str:
    """What the Senate's list says when it agrees with our facts."""
    members = "".join(map(as_senator, facts_of_congress().senators))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<contact_information>{members}</contact_information>'


@pytest.fixture
def clerk() -> str:
    """What the Clerk's list says when it agrees with our facts: four seats are vacant."""
    members = "".join(map(as_representative, facts_of_congress().representatives))
    vacant = "".join(
        f"<member><statedistrict>{seat}</statedistrict><member-info><bioguideID/><party/></member-info></member>"
        for seat in ("CA14", "FL20", "GA13", "TX23")
    )
    return f'<MemberData publish-date="July 6, 2026"><members>{members}{vacant}</members></MemberData>'


def arrival(text: str | bytes) -> importing.Arrival:
    return importing.Arrival(text.encode() if isinstance(text, str) else text, JULY, "a test")


def compare_senate(text: str | bytes, wish: Wish = importing.AS_IT_COMES) -> Outcome[OfficialList]:
    return importing.bring_in(sources.SENATE_LIST, arrival(text), wish)


def compare_clerk(text: str | bytes, wish: Wish = importing.AS_IT_COMES) -> Outcome[OfficialList]:
    return importing.bring_in(sources.CLERKS_LIST, arrival(text), wish)


def test_lists_that_agree_contradict_nothing(senate: str, clerk: str) -> None:
    assert compare_senate(senate).difference.contradictions == ()
    outcome = compare_clerk(clerk)
    assert (outcome.difference.contradictions, dict(outcome.counts)["listed"]) == ((), 437)


def test_the_senates_list_fills_in_the_forms_that_we_lack_and_overwrites_none(senate: str) -> None:
    lacking = Office.objects.of_senators().filter(contact_form="").count()
    ours = Office.objects.get(legislator__bioguide_id="M001176").contact_form
    difference = compare_senate(senate).difference
    assert f"M001244 contact_form:  -> {MOODYS_FORM}" in difference.changed
    assert len(difference.changed) == lacking > 1
    assert Office.objects.get(legislator__bioguide_id="M001244").contact_form == MOODYS_FORM
    assert Office.objects.get(legislator__bioguide_id="M001176").contact_form == ours
    assert not compare_senate(senate).difference


def test_a_form_that_was_filled_in_survives_the_next_import_of_the_main_file(
    senate: str, public_file: PublicFile
) -> None:
    compare_senate(senate)
    importing.read_file(sources.LEGISLATORS, public_file.write(), JULY)
    assert Office.objects.get(legislator__bioguide_id="M001244").contact_form == MOODYS_FORM


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ("http://www.moody.senate.gov/contact", "https://www.moody.senate.gov/contact"),
        ("https://moody.example.org/contact", ""),
        ("javascript:alert(1)", ""),
        ("mailto:moody@moody.senate.gov", ""),
    ],
)
def test_only_pages_of_the_senate_become_forms(senate: str, form: str, kept: str) -> None:
    difference = compare_senate(senate.replace(MOODYS_FORM, form)).difference
    assert Office.objects.get(legislator__bioguide_id="M001244").contact_form == kept
    assert (f"M001244: contact_form {form!r} was left out" in difference.notes) == (not kept)


def test_another_person_another_party_and_a_vacancy_are_told_and_change_nothing(senate: str) -> None:
    before = list(Term.objects.order_by("pk").values())
    told = senate.replace("M001176", "X000001").replace(">Merkley<", ">Newcomer<")
    told = told.replace("<party>D</party><state>OR</state>", "<party>R</party><state>OR</state>")
    member = next(m for m in facts_of_congress().senators if m.bioguide_id == "H001104")
    difference = compare_senate(told.replace(as_senator(member), "")).difference
    assert difference.contradictions == (
        "OH class 3: Jon Husted (H001104) here, nobody in the Senate's list",
        "OR class 2: Jeff Merkley (M001176) here, Jeff Newcomer (X000001) in the Senate's list",
        "OR class 3: Ron Wyden (W000779) is Democrat here, R in the Senate's list",
    )
    assert list(Term.objects.order_by("pk").values()) == before
    kept = DataImport.objects.latest_applied(Subject.SENATE_LIST)
    assert kept is not None
    assert kept.difference["contradictions"] == list(difference.contradictions)


def test_the_clerk_knows_of_vacancies_and_their_ends(clerk: str) -> None:
    newcomer = "<bioguideID>X000001</bioguideID><official-name>New Comer</official-name>"
    told = clerk.replace(
        "FL20</statedistrict><member-info><bioguideID/>", f"FL20</statedistrict><member-info>{newcomer}"
    )
    told = told.replace("<bioguideID>D000635</bioguideID>", "<bioguideID></bioguideID>")
    assert compare_clerk(told).difference.contradictions == (
        "FL-20: nobody here, New Comer (X000001) in the Clerk's list",
        "OR-3: Maxine Dexter (D000635) here, nobody in the Clerk's list",
    )
    assert Seat.objects.house().get(state="FL", district=20).is_vacant


def test_a_successor_in_the_list_is_told_when_our_term_ran_out(senate: str) -> None:
    Term.objects.filter(legislator__bioguide_id="M001176").update(ends_on="2026-06-30")
    told = senate.replace("M001176", "X000001")
    (line,) = compare_senate(told).difference.contradictions
    assert line.startswith("OR class 2: Jeff Merkley (M001176) here")


def test_a_short_list_is_not_believed_unless_forced(senate: str, clerk: str) -> None:
    short = senate[: senate.index("<member>", len(senate) // 2)] + "</contact_information>"
    with pytest.raises(ImportRefused, match=r"It lists \d\d people; fewer than 95 is not believed"):
        compare_senate(short)
    assert compare_senate(short, Wish(force=True)).difference.contradictions
    with pytest.raises(ImportRefused, match="It lists 1 people; fewer than 400 is not believed"):
        compare_clerk(f"<members>{as_representative(facts_of_congress().representatives[0])}</members>")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><members><member>&b;</member></members>'


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "This is no XML: 0 bytes"),
        (b"<!doctype html><title>404</title><br>", "This is no XML"),
        (b"[]", "This is no XML"),
        (b"\xff\xfe<\x00", "This is no UTF-8"),
        (LAUGHS.encode(), "declares entities"),
        (LAUGHS.encode("utf-16"), "This is no UTF-8"),
        (b"<a>" * 100_000, "nested deeper than 20 tags"),
        (b"<contact_information/>", "lists no members"),
        (b"<x><member><class>Class IV</class></member></x>", "has no class, but 'Class IV'"),
        (b"<x><member><class>Class I</class><state>XX</state></member></x>", "There is no seat XX class 1"),
        (b'<?xml version="1.0" encoding="utf-7"?><x>+ADw-member+AD4-</x>', "lists no members"),
    ],
)
def test_a_file_of_another_kind_changes_nothing_and_says_what_was_wrong(body: bytes, sentence: str) -> None:
    offices = list(Office.objects.order_by("pk").values())
    with pytest.raises(ImportRefused, match=sentence):
        compare_senate(body, Wish(force=True))
    assert list(Office.objects.order_by("pk").values()) == offices
    assert DataImport.objects.latest_applied(Subject.SENATE_LIST) is None


def test_two_holders_of_a_seat_are_refused(senate: str, clerk: str) -> None:
    with pytest.raises(ImportRefused, match="OR class 2 is listed more than once"):
        compare_senate(senate.replace("<state>OR</state>", "<state>OR</state>").replace(
            "</contact_information>",
            as_senator(next(m for m in facts_of_congress().senators if m.bioguide_id == "M001176"))
            + "</contact_information>",
        ))  # fmt: skip
    with pytest.raises(ImportRefused, match="There is no seat DC-1"):
        compare_clerk(clerk.replace(">DC00<", ">DC01<"))
    with pytest.raises(ImportRefused, match="has no district, but 'OREGON'"):
        compare_clerk(clerk.replace(">OR01<", ">OREGON<"))


def test_the_command_reads_the_file_and_both_lists(
    senate: str, clerk: str, public_file: PublicFile, tmp_path: Path, sync: Sync
) -> None:
    (tmp_path / "senate.xml").write_text(senate.replace("M001176", "X000001"))
    (tmp_path / "clerk.xml").write_text(clerk)
    words = ("--senate-file", str(tmp_path / "senate.xml"), "--clerk-file", str(tmp_path / "clerk.xml"))
    printed = sync("--file", str(public_file.write()), *words, "--dry-run")
    assert "! OR class 2: Jeff Merkley (M001176) here" in printed
    assert not DataImport.objects.filter(what=Subject.SENATE_LIST).exists()
    sync("--file", str(public_file.path), *words)
    assert DataImport.objects.filter(what__in=[Subject.SENATE_LIST, Subject.CLERKS_LIST]).count() == 2


def test_a_list_that_fails_undoes_nothing_of_the_rest(
    clerk: str, public_file: PublicFile, tmp_path: Path, sync: Sync
) -> None:
    (tmp_path / "senate.xml").write_text("<html>")
    (tmp_path / "clerk.xml").write_text(clerk)
    file = public_file.with_term("M001176", phone="202-224-0000").write()
    with pytest.raises(CommandError, match=r"^Senate List: Nothing changed\. This is no XML"):
        sync(
            "--file",
            str(file),
            "--senate-file",
            str(tmp_path / "senate.xml"),
            "--clerk-file",
            str(tmp_path / "clerk.xml"),
        )
    assert Office.objects.get(legislator__bioguide_id="M001176").phone == "202-224-0000"
    assert DataImport.objects.latest_applied(Subject.CLERKS_LIST) is not None


def test_the_lists_are_fetched_from_where_the_operator_says(senate: str, source: Source, sync: Sync) -> None:
    source.body, source.etag = senate.encode(), '"senate"'
    url = source.url
    with pytest.raises(CommandError) as caught:
        sync("--url", url, "--senate-url", url)
    assert "This is no JSON" in str(caught.value)
    latest = DataImport.objects.latest_applied(Subject.SENATE_LIST)
    assert latest is not None
    assert (latest.source, latest.etag) == (url, '"senate"')


def test_people_whom_only_a_list_knows_are_not_made(senate: str) -> None:
    people = Legislator.objects.count()
    compare_senate(senate.replace("M001176", "X000001"))
    assert Legislator.objects.count() == people
