"""How one senator stands, entered by hand; a sheet of many, looked over and entered whole; the sheet to begin with."""

import html
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from structlog.testing import capture_logs

from campaign.legislators.models import Legislator, Term
from campaign.organizers.models import Organizer
from campaign.treaties import positioning
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.positioning import Statement
from tests.dashboard.conftest import at_desk, post_in_threads

PAGE = "/dashboard/treaties/a-convention/"
WYDEN = PAGE + "positions/W000779/"
SHEET = PAGE + "positions/import/"
CSV = PAGE + "positions.csv"
SOURCE = "https://example.org/speech"
SAID = {"stance": "opposes", "stated_on": "2026-05-06", "source_url": SOURCE, "note": "On the floor"}
HEAD = "bioguide_id,position,date,source_url,note\n"
LINES = (
    HEAD
    + "M001176,opposes,2026-05-06,https://example.org/speech,On the floor\n"
    + "W000779,leans_against,2026-05-07,https://example.org/letter,\n"
)


@pytest.fixture
def wyden(db: None) -> Legislator:
    """A senator of Oregon."""
    return Legislator.objects.get(bioguide_id="W000779")


def say(treaty: Treaty, senator: Legislator, stance: Stance, by: Organizer) -> Position | None:
    return positioning.enter(treaty, Statement(senator, stance, date(2026, 5, 1), SOURCE), by)


def seen_in(page: str) -> str:
    """The row that a form was made upon."""
    found = re.search(r'name="seen"(?: value="(\d*)")?', page)
    assert found is not None
    return found[1] or ""


def second_step(page: str) -> dict[str, str]:
    """What the button below a preview sends."""
    text = re.search(r'name="pasted" value="([^"]*)"', page)
    digest = re.search(r'name="digest" value="([^"]*)"', page)
    assert text is not None
    assert digest is not None
    # As a browser does it: line ends become \\r\\n.
    return {"pasted": html.unescape(text[1]).replace("\n", "\r\n"), "digest": digest[1], "sure": "1"}


def test_olive_enters_a_position_and_everybody_reads_who_said_what_and_where(
    desk: Client, treaty: Treaty, wyden: Legislator, olive: Organizer
):
    page = desk.get(WYDEN).content.decode()
    assert "Nobody entered a position yet" in page
    with capture_logs() as lines:
        answer = desk.post(WYDEN, SAID | {"seen": seen_in(page)}, follow=True)
    page = answer.content.decode()
    assert "The position is kept" in page
    assert "olive@example.org" in page
    position = treaty.positions.current().get()
    assert (position.stance, position.stated_on, position.entered_by) == ("opposes", date(2026, 5, 6), olive)
    told = next(line for line in lines if line["event"] == "position entered")
    assert (told["legislator"], told["organizer"]) == ("W000779", olive.pk)


def test_the_same_again_changes_nothing_and_says_so(desk: Client, treaty: Treaty, wyden: Legislator):
    desk.post(WYDEN, SAID)
    page = desk.get(WYDEN).content.decode()
    answer = desk.post(WYDEN, SAID | {"seen": seen_in(page)}, follow=True)
    assert "Nothing changed: this is what stood here already" in answer.content.decode()
    assert Position.objects.count() == 1


def test_unknown_where_nothing_is_known_changes_nothing_and_says_so(desk: Client, treaty: Treaty, wyden: Legislator):
    answer = desk.post(WYDEN, SAID | {"stance": "unknown", "source_url": "", "note": ""}, follow=True)
    assert "Nothing changed: this is what stood here already" in answer.content.decode()
    assert not Position.objects.exists()


def test_what_was_entered_before_stays_below(desk: Client, treaty: Treaty, wyden: Legislator, olga: Organizer):
    first = say(treaty, wyden, Stance.UNDECIDED, olga)
    desk.post(WYDEN, SAID | {"seen": first.pk})
    history = desk.get(WYDEN).content.decode().split('id="history"')[1]
    assert history.index("Opposes") < history.index("Undecided")
    assert history.count("stands") == 1
    assert history.index("olive@example.org") < history.index("olga@example.org")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stance": "shouts"}, "stance"),
        ({"stated_on": "2126-01-01"}, "stated_on"),
        ({"stated_on": "yesterday"}, "stated_on"),
        ({"stated_on": ""}, "stated_on"),
        ({"source_url": ""}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "https://example.org/\0"}, "source_url"),
        ({"note": "x" * 301}, "note"),
        ({"note": "hid\u202eden"}, "note"),
        ({"seen": "1e9"}, None),
        ({"seen": "9" * 40}, None),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    desk: Client, treaty: Treaty, wyden: Legislator, wrong: dict[str, str], field: str | None
):
    answer = desk.post(WYDEN, SAID | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert field is None or f'id="id_{field}_error"' in page
    assert not Position.objects.exists()
    if field != "stance":
        assert '<option value="opposes" selected>' in page


def test_whoever_is_overtaken_sees_what_it_is_now_and_keeps_what_they_typed(
    desk: Client, treaty: Treaty, wyden: Legislator, olga: Organizer
):
    seen = seen_in(desk.get(WYDEN).content.decode())
    other = say(treaty, wyden, Stance.SUPPORTS, olga)
    answer = desk.post(WYDEN, SAID | {"seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed it meanwhile" in page
    assert "Now: Supports" in page
    assert '<option value="opposes" selected>' in page
    assert 'value="On the floor"' in page
    assert treaty.positions.current().get() == other
    # Looked at, it may be said again.
    assert desk.post(WYDEN, SAID | {"seen": seen_in(page)}).status_code == 302
    assert treaty.positions.current().get().stance == "opposes"


def test_a_slip_does_not_hide_that_somebody_else_was_faster(desk: Client, treaty: Treaty, wyden, olga):
    seen = seen_in(desk.get(WYDEN).content.decode())
    say(treaty, wyden, Stance.SUPPORTS, olga)
    page = desk.post(WYDEN, SAID | {"seen": seen, "stated_on": ""}).content.decode()
    assert seen_in(page) == seen
    assert "Somebody changed it meanwhile" in desk.post(WYDEN, SAID | {"seen": seen_in(page)}).content.decode()


def test_of_who_left_the_senate_the_history_is_shown_and_nothing_more_is_entered(desk: Client, treaty, wyden, olga):
    say(treaty, wyden, Stance.OPPOSES, olga)
    Term.objects.filter(legislator=wyden).update(closed_on="2026-07-01")
    page = desk.get(WYDEN).content.decode()
    assert "Does not sit in the Senate any more" in page
    assert 'name="stance"' not in page
    assert "What was entered" in page
    position = treaty.positions.get()
    answer = desk.post(WYDEN, SAID | {"stance": "supports", "seen": position.pk})
    assert answer.status_code == 422
    assert "Only who sits in the Senate has a position" in answer.content.decode()


def test_representatives_have_no_position(desk: Client, treaty: Treaty):
    member = Legislator.objects.exclude(terms__seat__chamber="senate").first()
    bioguide_id = member.bioguide_id if member else "A000000"
    assert desk.get(f"{PAGE}positions/{bioguide_id}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_organizers_at_once_one_is_told(treaty: Treaty, wyden: Legislator, olive: Organizer, olga: Organizer):
    statuses = post_in_threads((at_desk(olive), WYDEN, SAID), (at_desk(olga), WYDEN, SAID | {"stance": "supports"}))
    assert statuses == [302, 422]
    assert Position.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_sheets_at_once_one_is_entered_whole_and_the_other_not_at_all(
    treaty: Treaty, olive: Organizer, olga: Organizer
):
    one, two = at_desk(olive), at_desk(olga)
    first = second_step(one.post(SHEET, {"pasted": LINES}).content.decode())
    second = second_step(two.post(SHEET, {"pasted": LINES.replace("opposes", "supports")}).content.decode())
    assert post_in_threads((one, SHEET, first), (two, SHEET, second)) == [302, 422]
    assert Position.objects.count() == 2
    assert Position.objects.values("entered_by").distinct().count() == 1


def test_a_sheet_is_shown_line_by_line_and_nothing_is_written(desk: Client, treaty, wyden, olga):
    say(treaty, wyden, Stance.UNDECIDED, olga)
    answer = desk.post(SHEET, {"pasted": LINES})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Change the positions of 2 senators?" in page
    row = page.split("<tbody")[1].split("</tr>")[1]
    assert row.index("Undecided") < row.index("Leans against")
    assert Position.objects.count() == 1


def test_what_was_shown_is_entered_in_the_second_step(desk: Client, treaty: Treaty, olive: Organizer):
    page = desk.post(SHEET, {"pasted": LINES}).content.decode()
    with capture_logs() as lines:
        answer = desk.post(SHEET, second_step(page), follow=True)
    assert "The positions of 2 senators" in answer.content.decode()
    assert set(treaty.positions.current().values_list("stance", "entered_by")) == {
        ("opposes", olive.pk),
        ("leans_against", olive.pk),
    }
    told = next(line for line in lines if line["event"] == "positions entered")
    assert (told["changed"], told["organizer"]) == (2, olive.pk)


def test_the_second_step_twice_changes_nothing_the_second_time(desk: Client, treaty: Treaty):
    step = second_step(desk.post(SHEET, {"pasted": LINES}).content.decode())
    desk.post(SHEET, step)
    assert "Nothing changed" in desk.post(SHEET, step, follow=True).content.decode()
    assert Position.objects.count() == 2


def test_a_file_from_a_spreadsheet_comes_back_from_its_preview_as_it_was(desk: Client, treaty: Treaty):
    windows = ("\ufeff" + LINES.replace("On the floor", '"On the ""floor"" & <b>more</b>"')).replace("\n", "\r\n")
    upload = SimpleUploadedFile("positions.csv", windows.encode(), "text/csv")
    page = desk.post(SHEET, {"file": upload}).content.decode()
    assert "<b>more" not in page
    assert desk.post(SHEET, second_step(page)).status_code == 302
    assert treaty.positions.get(stance="opposes").note == 'On the "floor" & <b>more</b>'


@pytest.mark.parametrize("digest", ["", "none", "0" * 64, "x" * 65, "\u202e", "'; DROP TABLE"])
def test_nothing_is_entered_that_nobody_looked_over(desk: Client, treaty: Treaty, digest: str):
    answer = desk.post(SHEET, {"pasted": LINES, "digest": digest, "sure": "1"})
    assert answer.status_code == 422
    assert "Nothing was entered" in answer.content.decode()
    assert not Position.objects.exists()
    # What it shows now was looked over.
    assert desk.post(SHEET, second_step(answer.content.decode())).status_code == 302


def test_another_sheet_than_the_one_looked_over_is_not_entered(desk: Client, treaty: Treaty):
    step = second_step(desk.post(SHEET, {"pasted": LINES}).content.decode())
    other = step | {"pasted": step["pasted"].replace("opposes", "supports")}
    assert desk.post(SHEET, other).status_code == 422
    assert not Position.objects.exists()


def test_a_sheet_is_not_entered_over_what_somebody_else_entered_meanwhile(desk: Client, treaty, wyden, olga):
    step = second_step(desk.post(SHEET, {"pasted": LINES}).content.decode())
    say(treaty, wyden, Stance.SUPPORTS, olga)
    answer = desk.post(SHEET, step)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "somebody changed a position meanwhile" in page
    assert "Supports" in page
    assert treaty.positions.current().get().stance == "supports"
    assert desk.post(SHEET, second_step(page)).status_code == 302


def test_one_wrong_line_keeps_all_of_it_out_and_says_where(desk: Client, treaty: Treaty):
    answer = desk.post(SHEET, {"pasted": LINES + "Z999999,opposes,2026-05-06,https://example.org/x,\n", "sure": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 4" in page
    assert "bioguide_id" in page
    assert "Z999999" in page.split("<textarea")[1]
    assert 'name="sure"' not in page
    assert not Position.objects.exists()


NOT_SHEETS = {
    "an HTML page": b"<!doctype html><title>Sorry</title>",
    "binary": bytes(range(256)) * 16,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "a zip": b"PK\x03\x04" + b"\xff" * 64,
    "NUL": (HEAD + "M001176,op\0poses,2026-05-06,https://example.org/x,\n").encode(),
    "UTF-16": LINES.encode("utf-16"),
    "other columns": b"name,state\nWyden,OR\n",
    "a column twice": b"bioguide_id,position,position\nW000779,opposes,supports\n",
    "a formula for a column": b"bioguide_id,position,=1+1\nW000779,unknown,2\n",
    "no rows": HEAD.encode(),
    "spaces": b" \r\n \r\n",
    "open quotes": (HEAD + 'M001176,"opposes').encode(),
    "formulas": (HEAD + "\"=cmd|' /C calc'!A0\",opposes,2026-05-06,https://example.org/x,\n").encode(),
    "a formula for a source": (HEAD + "M001176,opposes,2026-05-06,=HYPERLINK(1),\n").encode(),
    "50 kB": (HEAD + "x" * 50 * 1024).encode(),
    "500 rows and more": (HEAD + "W000779,unknown,,,\n" * 501).encode(),
}


@pytest.mark.parametrize("content", NOT_SHEETS.values(), ids=NOT_SHEETS)
def test_what_is_no_sheet_is_refused_with_a_sentence(desk: Client, treaty: Treaty, content: bytes):
    answer = desk.post(SHEET, {"file": SimpleUploadedFile("positions.csv", content), "sure": "1"})
    assert answer.status_code == 422
    assert 'class="trouble"' in answer.content.decode()
    assert not Position.objects.exists()


def test_a_sheet_that_is_too_large_is_told_in_one_sentence_however_it_came(desk: Client, treaty: Treaty):
    large = HEAD + "x" * 50 * 1024
    for brought in ({"file": SimpleUploadedFile("positions.csv", large.encode())}, {"pasted": large}):
        answer = desk.post(SHEET, brought)
        assert answer.status_code == 422
        assert "This file is too large. At most 48 KiB." in answer.content.decode()


def test_a_megabyte_is_refused_before_anybody_reads_it(desk: Client, treaty: Treaty):
    answer = desk.post(SHEET, {"file": SimpleUploadedFile("positions.csv", b"x" * 1024 * 1024)})
    assert answer.status_code == 413
    assert "64 KiB" in answer.content.decode()


def test_a_sheet_of_the_largest_size_goes_both_ways(desk: Client, treaty: Treaty):
    body = HEAD + "M001176,opposes,2026-05-06,https://example.org/x,y\n"
    padded = body + "\n".join(["" * 5] * 2) + " " * (48 * 1024 - len(body) - 2)
    page = desk.post(SHEET, {"file": SimpleUploadedFile("positions.csv", padded.encode())}).content.decode()
    assert desk.post(SHEET, second_step(page)).status_code == 302


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nb.csv", "=1+1.csv", "x" * 400])
def test_the_name_of_a_file_means_nothing(desk: Client, treaty: Treaty, name: str):
    answer = desk.post(SHEET, {"file": SimpleUploadedFile(name, LINES.encode())})
    assert answer.status_code in {200, 422}


def test_without_a_file_and_text_olive_is_asked_for_one(desk: Client, treaty: Treaty):
    answer = desk.post(SHEET, {})
    assert answer.status_code == 422
    assert "Please choose a file, or paste its text below" in answer.content.decode()


def test_the_download_comes_back_and_changes_nothing(desk: Client, treaty: Treaty, wyden: Legislator, olga: Organizer):
    positioning.enter(treaty, Statement(wyden, Stance.OPPOSES, date(2026, 5, 1), SOURCE, "=1+1"), olga)
    answer = desk.get(CSV)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="a-convention-positions-[0-9-]{10}\.csv"', answer["Content-Disposition"])
    text = answer.content.decode("utf-8-sig")
    assert "W000779,Ron Wyden,OR,opposes,2026-05-01,https://example.org/speech,'=1+1" in text
    assert text.count("\r\n") == 101
    page = desk.post(SHEET, {"file": SimpleUploadedFile("back.csv", answer.content)}).content.decode()
    assert "This sheet changes nothing" in page


def test_a_viewer_may_download_and_not_bring_in(viewing: Client, treaty: Treaty):
    assert viewing.get(CSV).status_code == 200
    assert viewing.post(SHEET, {"pasted": LINES}).status_code == 403
    assert viewing.post(WYDEN, SAID).status_code == 403
    assert not Position.objects.exists()
