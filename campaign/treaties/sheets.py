"""Sheets: a CSV as somebody's spreadsheet wrote it, as cells under their columns, with the line each begins on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.lib.cells import unguarded

MOST_BYTES = 48 * 1024
MOST_ROWS = 500
COLUMNS = ("bioguide_id", "position", "date", "source_url", "note")
NEEDED = ("bioguide_id", "position")
# For the eyes of whoever edits the sheet; what they say is not read.
FOR_THE_EYE = ("name", "state", "party")
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Trouble:
    """What is wrong, on which line and in which column; no column where it is the whole line, line 0 the whole file."""

    line: int
    column: str
    code: str
    detail: str | Promise


@dataclass(frozen=True)
class Line:
    """One row: the line of the file it begins on, and its cells by their columns."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()


class Unreadable(Exception):
    """The file is no sheet of positions; nothing of it is used."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def lines_of(content: bytes) -> list[Line]:
    """The rows of the file; empty ones are left out. Raises Unreadable for one of which no row can be trusted."""
    text = _text(content)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=heading.count)
    rows = _rows(text, separator)
    columns = _columns(next(rows, (0, [])))
    found = [_line(number, columns, cells) for number, cells in rows]
    if len(found) > MOST_ROWS:
        raise Unreadable(_whole("too_many_rows", _("These are too many rows. At most 500.")))
    if not found:
        raise Unreadable(_whole("no_rows", _("There is no row below the headings.")))
    return found


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable(_whole("too_large", _("This file is too large. At most 48 KiB.")))
    if not content.strip():
        raise Unreadable(_whole("empty", _("This file is empty.")))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        detail = _("This line is not UTF-8. Save the sheet as “CSV UTF-8”.")
        raise Unreadable(Trouble(line, "", "not_utf8", detail)) from error
    if "\0" in text:
        raise Unreadable(_whole("not_text", _("This file is no text. Save the sheet as “CSV UTF-8”.")))
    return text


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            detail = _("From this line on the quotation marks do not match.")
            raise Unreadable(Trouble(begins, "", "bad_quotes", detail)) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _columns(heading: tuple[int, list[str]]) -> list[str]:
    number, cells = heading
    columns = [cell.strip().lower() for cell in cells]
    while columns and not columns[-1]:  # a spreadsheet writes empty columns behind the last one
        columns.pop()
    for column in NEEDED:
        if column not in columns:
            raise Unreadable(Trouble(number, column, "column_missing", _("This column is missing in the headings.")))
    for column in columns:
        if column not in COLUMNS + FOR_THE_EYE:
            raise Unreadable(Trouble(number, column[:40], "column_unknown", _("We do not know this column.")))
        if columns.count(column) > 1:
            raise Unreadable(Trouble(number, column, "column_twice", _("This column is there twice.")))
    return columns


def _line(number: int, columns: list[str], cells: list[str]) -> Line:
    found = {column: unguarded(cell.strip()) for column, cell in zip(columns, cells, strict=False)}
    if any(cell.strip() for cell in cells[len(columns) :]):
        detail = _("This line has more cells than there are headings. Is a comma outside of quotation marks?")
        return Line(number, found, (Trouble(number, "", "too_many_cells", detail),))
    return Line(number, found)


def _whole(code: str, detail: str | Promise) -> Trouble:
    return Trouble(0, "", code, detail)
