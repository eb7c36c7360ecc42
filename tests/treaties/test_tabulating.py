"""Olive brings positions as a CSV: she sees what it would change, and it is entered whole or not at all."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.legislators.models import Legislator, Term
from campaign.treaties import positioning, tabulating
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.positioning import Statement
from campaign.treaties.tabulating import NotSound
from campaign.treaties.taking_turns import ChangedMeanwhile
from tests.treaties.conftest import in_the_turn_of_another

HEAD = "bioguide_id,position,date,source_url,note\n"
MERKLEY = "M001176,opposes,2026-05-06,https://example.org/speech,On the floor\n"
WYDEN = "W000779,leans_against,2026-05-07,https://example.org/letter,\n"


def troubles(treaty: Treaty, text: str | bytes) -> list[tuple[int, str, str]]:
    """What is wrong, where; such a sheet is never entered."""
    content = text if isinstance(text, bytes) else text.encode()
    sheet = tabulating.read(treaty, content)
    if sheet.troubles:
        with pytest.raises(NotSound):
            tabulating.enter_all(treaty, sheet, None)
    assert not treaty.positions.exists()
    return [(trouble.line, trouble.column, trouble.code) for trouble in sheet.troubles]


def enter(treaty: Treaty, text: str, by) -> int:
    return tabulating.enter_all(treaty, tabulating.read(treaty, text.encode()), by)


def test_a_sheet_is_read_beside_what_stands_and_entered_whole(treaty, merkley, olive):
    positioning.enter(treaty, Statement(merkley, Stance.UNDECIDED, date(2026, 1, 2), "https://example.org/1"), olive)
    sheet = tabulating.read(treaty, (HEAD + MERKLEY + WYDEN).encode())
    assert [(row.line, row.bioguide_id, row.before and row.before.stance, row.is_change) for row in sheet.rows] == [
        (2, "M001176", "undecided", True),
        (3, "W000779", None, True),
    ]
    assert treaty.positions.current().get().stance == "undecided", "looking changes nothing"
    assert tabulating.enter_all(treaty, sheet, olive) == 2
    stands = {position.legislator.bioguide_id: position for position in treaty.positions.current()}
    assert {each: position.stance for each, position in stands.items()} == {
        "M001176": "opposes",
        "W000779": "leans_against",
    }
    assert (stands["M001176"].note, stands["M001176"].entered_by) == ("On the floor", olive)
    assert treaty.positions.exclude(superseded_at=None).get().stance == "undecided"


def test_the_same_sheet_again_changes_nothing(treaty, olive):
    text = HEAD + MERKLEY + WYDEN
    sheet = tabulating.read(treaty, text.encode())
    assert tabulating.enter_all(treaty, sheet, olive) == 2
    before = list(Position.objects.values())
    assert tabulating.enter_all(treaty, sheet, olive) == 0, "the button was pressed twice"
    assert enter(treaty, text, olive) == 0
    assert list(Position.objects.values()) == before


def test_rows_that_say_what_stands_are_left_alone(treaty, olive):
    enter(treaty, HEAD + MERKLEY, olive)
    assert [row.bioguide_id for row in tabulating.read(treaty, (HEAD + MERKLEY + WYDEN).encode()).changes] == [
        "W000779"
    ]
    assert enter(treaty, HEAD + MERKLEY + WYDEN, olive) == 1


def test_reading_and_entering_take_a_few_queries_whatever_the_length(treaty, olive, django_assert_max_num_queries):
    senators = Legislator.objects.filter(terms__closed_on=None, terms__seat__chamber="senate")
    lines = [f"{each.bioguide_id},opposes,2026-05-06,https://example.org/{each.pk}," for each in senators]
    content = (HEAD + "\n".join(lines)).encode()
    with django_assert_max_num_queries(3):
        sheet = tabulating.read(treaty, content)
    with django_assert_max_num_queries(7):
        assert tabulating.enter_all(treaty, sheet, olive) == 100


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + (HEAD + MERKLEY).encode(),
        (HEAD + MERKLEY).replace("\n", "\r\n").encode(),
        (HEAD + MERKLEY).replace("\n", "\r").encode(),
        (HEAD + MERKLEY).replace(",", ";").encode(),
        (HEAD + MERKLEY).replace(",", "\t").encode(),
        ("\n,,,,\n" + HEAD + ",,,,\n" + MERKLEY + "\n").encode(),
        (HEAD.replace("note", "note,,") + MERKLEY.replace("floor", "floor,,")).encode(),
        (HEAD.upper() + MERKLEY.replace("M001176", " m001176 ")).encode(),
        (
            b"Name,State,Bioguide_ID,Position,Date,Source_URL,Note\n"
            b'"Merkley, Jeff",OR,M001176,Opposes,2026-05-06,https://example.org/speech,On the floor\n'
        ),
    ],
)
def test_spreadsheets_write_it_in_their_ways(treaty, content):
    sheet = tabulating.read(treaty, content)
    assert sheet.troubles == ()
    (row,) = sheet.rows
    assert row.statement
    assert (row.statement.legislator.bioguide_id, row.statement.stance) == ("M001176", "opposes")
    assert (row.statement.source_url, row.statement.note) == ("https://example.org/speech", "On the floor")


@pytest.mark.parametrize(
    ("word", "stance"),
    [
        ("leans_against", Stance.LEANS_AGAINST),
        ("Leans against", Stance.LEANS_AGAINST),
        ("LEANS-FOR", Stance.LEANS_FOR),
        (" supports ", Stance.SUPPORTS),
        ("Undecided", Stance.UNDECIDED),
    ],
)
def test_positions_are_understood_by_value_and_by_name(treaty, word, stance):
    (row,) = tabulating.read(treaty, (HEAD + MERKLEY.replace("opposes", word)).encode()).rows
    assert row.statement
    assert row.statement.stance == stance


def test_unknown_without_a_date_takes_back_as_of_today_and_again_changes_nothing(treaty, olive):
    assert enter(treaty, HEAD + "M001176,unknown,,,\n", olive) == 0, "nothing was known"
    enter(treaty, HEAD + MERKLEY, olive)
    assert enter(treaty, HEAD + "M001176,unknown,,,\n", olive) == 1
    position = treaty.positions.current().get()
    assert (position.stance, position.stated_on) == ("unknown", timezone.now().date())
    Position.objects.update(stated_on="2026-05-06")
    assert enter(treaty, HEAD + "M001176,unknown,,,\n", olive) == 0


TOMORROW = (timezone.now() + timedelta(days=1)).date()


@pytest.mark.parametrize(
    ("row", "trouble"),
    [
        (MERKLEY.replace("M001176", "X999999"), ("bioguide_id", "unknown_person")),
        (MERKLEY.replace("M001176", "M0011760"), ("bioguide_id", "unknown_person")),
        (MERKLEY.replace("M001176", "Jeff Merkley"), ("bioguide_id", "unknown_person")),
        (MERKLEY.replace("M001176", "\uff2d001176"), ("bioguide_id", "unknown_person")),
        (MERKLEY.replace("M001176", ""), ("bioguide_id", "required")),
        (MERKLEY.replace("opposes", "against"), ("position", "unknown_position")),
        (MERKLEY.replace("opposes", ""), ("position", "required")),
        (MERKLEY.replace("2026-05-06", ""), ("date", "required")),
        (MERKLEY.replace("2026-05-06", "5/6/2026"), ("date", "not_a_day")),
        (MERKLEY.replace("2026-05-06", "2026-02-30"), ("date", "not_a_day")),
        (MERKLEY.replace("2026-05-06", "20260506"), ("date", "not_a_day")),
        (MERKLEY.replace("2026-05-06", "\u0662026-05-06"), ("date", "not_a_day")),
        (MERKLEY.replace("2026-05-06", "1066-05-06"), ("date", "too_early")),
        (MERKLEY.replace("2026-05-06", f"{TOMORROW:%Y-%m-%d}"), ("date", "in_the_future")),
        (MERKLEY.replace("https://example.org/speech", ""), ("source_url", "required")),
        (MERKLEY.replace("https://example.org/speech", "the news"), ("source_url", "not_a_web_address")),
        (MERKLEY.replace("https:", "javascript:"), ("source_url", "not_a_web_address")),
        (MERKLEY.replace("speech", "x" * 500), ("source_url", "too_long")),
        (MERKLEY.replace("On the floor", "x" * 301), ("note", "too_long")),
        (MERKLEY.replace("On the floor", "\u202eon the floor"), ("note", "hidden_characters")),
        (MERKLEY.replace("On the floor", "On, the floor"), ("", "too_many_cells")),
    ],
)
def test_each_trouble_is_told_with_its_line_and_column_and_nothing_is_entered(treaty, row, trouble):
    assert troubles(treaty, HEAD + WYDEN + row) == [(3, *trouble)]


def test_a_representative_and_who_left_are_told_and_nothing_is_entered(treaty):
    representative = Legislator.objects.filter(terms__closed_on=None, terms__seat__chamber="house").first()
    Term.objects.open().filter(legislator__bioguide_id="W000779").update(closed_on="2026-06-01")
    text = HEAD + MERKLEY.replace("M001176", representative.bioguide_id) + WYDEN + MERKLEY
    assert troubles(treaty, text) == [(2, "bioguide_id", "not_a_senator"), (3, "bioguide_id", "not_a_senator")]


def test_a_person_who_is_there_twice_is_told_with_both_lines(treaty):
    sheet = tabulating.read(treaty, (HEAD + MERKLEY + WYDEN + MERKLEY.replace("opposes", "supports")).encode())
    (trouble,) = sheet.troubles
    assert (trouble.line, trouble.code) == (4, "person_twice")
    assert "line 2" in str(trouble.detail)


def test_several_troubles_of_a_line_are_told_at_once(treaty):
    assert troubles(treaty, HEAD + "M001176,hates,yesterday,somewhere,\n") == [
        (2, "position", "unknown_position"),
        (2, "date", "not_a_day"),
        (2, "source_url", "not_a_web_address"),
    ]


def test_lines_are_counted_as_an_editor_counts_them(treaty):
    text = HEAD + '\nM001176,opposes,2026-05-06,https://example.org/speech,"two\nlines"\n\n' + WYDEN.replace("W", "X")
    assert troubles(treaty, text) == [(6, "bioguide_id", "unknown_person")]


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", (0, "", "empty")),
        (b" \r\n ", (0, "", "empty")),
        (b"x" * (48 * 1024 + 1), (0, "", "too_large")),
        ((HEAD + MERKLEY).encode("utf-16"), (1, "", "not_utf8")),
        ((HEAD + MERKLEY).encode() + "W000779,opposes,,,Caf\xe9".encode("latin-1"), (3, "", "not_utf8")),
        ((HEAD + MERKLEY.replace("floor", "\0")).encode(), (0, "", "not_text")),
        (b"\x89PNG\r\n\x1a\n\x00\x00", (1, "", "not_utf8")),
        (b"PK\x03\x04\x14\x00\x06\x00", (0, "", "not_text")),
        (HEAD.encode(), (0, "", "no_rows")),
        (b"<!doctype html><title>Not found</title>", (1, "bioguide_id", "column_missing")),
        (HEAD.replace("position", "stance").encode() + MERKLEY.encode(), (1, "position", "column_missing")),
        (HEAD.replace("note", "comment").encode() + MERKLEY.encode(), (1, "comment", "column_unknown")),
        (HEAD.replace("note", "date").encode() + MERKLEY.encode(), (1, "date", "column_twice")),
        ((HEAD + MERKLEY + 'W000779,"opposes').encode(), (3, "", "bad_quotes")),
        ((HEAD + "\n".join(f"X{number:06}" for number in range(501))).encode(), (0, "", "too_many_rows")),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_its_one_reason(treaty, content, trouble):
    assert troubles(treaty, content) == [trouble]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: (HEAD + text).encode("utf-8", "replace")))
)
def test_any_bytes_give_an_answer(treaty, content):
    sheet = tabulating.read(treaty, content)
    assert sheet.troubles or sheet.rows


def test_what_changed_after_the_preview_is_told_and_not_overwritten(treaty, wyden, olive, vera):
    sheet = tabulating.read(treaty, (HEAD + MERKLEY + WYDEN).encode())
    positioning.enter(treaty, Statement(wyden, Stance.SUPPORTS, date(2026, 5, 8), "https://example.org/new"), vera)
    with pytest.raises(ChangedMeanwhile):
        tabulating.enter_all(treaty, sheet, olive)
    assert treaty.positions.get().stance == "supports"


def test_a_sheet_read_anew_is_held_against_the_digest_of_the_one_looked_over(treaty, wyden, olive):
    content = (HEAD + MERKLEY + WYDEN).encode()
    looked_over = tabulating.read(treaty, content).digest
    positioning.enter(treaty, Statement(wyden, Stance.SUPPORTS, date(2026, 5, 8), "https://example.org/new"), olive)
    with pytest.raises(ChangedMeanwhile):
        tabulating.enter_all(treaty, tabulating.read(treaty, content), olive, previewed=looked_over)
    other = tabulating.read(treaty, (HEAD + MERKLEY).encode())
    with pytest.raises(ChangedMeanwhile):
        tabulating.enter_all(treaty, other, olive, previewed=tabulating.read(treaty, content).digest)
    anew = tabulating.read(treaty, content)
    assert tabulating.enter_all(treaty, anew, olive, previewed=tabulating.read(treaty, content).digest) == 2


def test_who_left_the_senate_after_the_preview_stops_the_sheet(treaty, olive):
    sheet = tabulating.read(treaty, (HEAD + MERKLEY + WYDEN).encode())
    Term.objects.open().filter(legislator__bioguide_id="W000779").update(closed_on="2026-06-01")
    with pytest.raises(ChangedMeanwhile):
        tabulating.enter_all(treaty, sheet, olive)
    assert not treaty.positions.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_sheets_at_once_one_is_entered_and_the_other_told(treaty, olive, vera):
    one, other = (HEAD + MERKLEY + WYDEN).encode(), (HEAD + MERKLEY.replace("opposes", "supports")).encode()
    late = tabulating.read(treaty, other)
    came = in_the_turn_of_another(
        treaty,
        lambda: tabulating.enter_all(treaty, tabulating.read(treaty, one), olive),
        lambda: tabulating.enter_all(treaty, late, vera),
    )
    assert isinstance(came, ChangedMeanwhile)
    assert {position.entered_by for position in treaty.positions.all()} == {olive}


def test_the_exported_sheet_has_a_row_for_each_senator_and_unedited_changes_nothing(treaty, merkley, wyden, olive):
    positioning.enter(
        treaty,
        Statement(merkley, Stance.OPPOSES, date(2026, 5, 6), "https://example.org/1", "=1+1, \u201cquoted\u201d"),
        olive,
    )
    positioning.enter(treaty, Statement(wyden, Stance.UNKNOWN, date(2026, 5, 6), "", "'+1 asked\ntwice"), olive)
    content = tabulating.as_csv(treaty)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 100
    row = next(row for row in rows if row["bioguide_id"] == "M001176")
    assert row == {
        "bioguide_id": "M001176",
        "name": "Jeff Merkley",
        "state": "OR",
        "position": "opposes",
        "date": "2026-05-06",
        "source_url": "https://example.org/1",
        "note": "'=1+1, \u201cquoted\u201d",
    }
    sheet = tabulating.read(treaty, content)
    assert (sheet.troubles, sheet.changes) == ((), ())
    assert tabulating.enter_all(treaty, sheet, olive) == 0


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'=", "''-"])
def test_no_cell_of_the_export_runs_in_a_spreadsheet_and_each_comes_back_as_it_was(treaty, merkley, olive, sign):
    note = f"{sign}HYPERLINK(0)"
    positioning.enter(treaty, Statement(merkley, Stance.UNKNOWN, date(2026, 5, 6), "", note), olive)
    content = tabulating.as_csv(treaty)
    assert f"'{note}" in content.decode()
    assert not tabulating.read(treaty, content).changes
