"""Tabulating: positions as a CSV that an organizer edits, looks over, and enters whole or not at all."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaign.legislators.models import Legislator
from campaign.lib.cells import safe_cell
from campaign.lib.refusals import Refused
from campaign.organizers.models import Organizer
from campaign.treaties import counting, positioning, sheets
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.positioning import Statement
from campaign.treaties.sheets import Line, Trouble
from campaign.treaties.taking_turns import ChangedMeanwhile, take_turns

log = structlog.get_logger(__name__)
EXPORTED = ("bioguide_id", "name", "state", "position", "date", "source_url", "note")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_SHOWN = 20  # of an id that is none, so much that it can be found
_COLUMN_OF = {"stance": "position", "stated_on": "date", "source_url": "source_url", "note": "note"}


@dataclass(frozen=True)
class Row:
    """A line of the sheet: what it says of whom, what stands until now, and what is wrong with it."""

    line: int
    bioguide_id: str
    statement: Statement | None = None
    before: Position | None = None
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether entering it would change something."""
        return self.statement is not None and not self.statement.says_the_same_as(self.before)


@dataclass(frozen=True)
class Sheet:
    """A file as it was read. The digest is of the file and of all positions that stood when it was read."""

    rows: tuple[Row, ...] = ()
    troubles_of_file: tuple[Trouble, ...] = ()
    digest: str = ""
    fingerprint: str = ""

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Everything that is wrong, from the top down."""
        return self.troubles_of_file + tuple(trouble for row in self.rows for trouble in row.troubles)

    @property
    def changes(self) -> tuple[Row, ...]:
        """The rows that would change something."""
        return tuple(row for row in self.rows if row.is_change)


class NotSound(Exception):
    """The sheet has troubles; nothing of it is entered."""


def read(treaty: Treaty, content: bytes) -> Sheet:
    """What the file says, beside what stands. It changes nothing and raises nothing: what is wrong is in the sheet.

    Three queries.
    """
    fingerprint = sha256(content).hexdigest()
    try:
        lines = sheets.lines_of(content)
    except sheets.Unreadable as error:
        return Sheet(troubles_of_file=(error.trouble,), fingerprint=fingerprint)
    people = _People.of(lines)
    standing = _standing(treaty)
    first_lines: dict[str, int] = {}
    rows = tuple(_row(line, people, standing, first_lines) for line in lines)
    return Sheet(rows, (), _digest(fingerprint, standing), fingerprint)


def enter_all(treaty: Treaty, sheet: Sheet, by: Organizer, *, previewed: str = "") -> int:
    """Enter all changes of a sheet in one transaction, whole or not at all. How many positions changed?

    `previewed` is the digest of the sheet that the organizer looked over, where this one was read anew. The second time
    nothing is left to change: 0. Raises NotSound for a sheet with troubles, and ChangedMeanwhile where a position is
    not what the organizer saw.
    """
    if sheet.troubles:
        raise NotSound
    with transaction.atomic():
        take_turns(treaty)
        standing = _standing(treaty)
        said = [row.statement for row in sheet.rows if row.statement]
        new = [each for each in said if not each.says_the_same_as(standing.get(each.legislator.pk))]
        if not new:
            return 0
        legislators = [each.legislator for each in new]
        still_senators = positioning.senators_among(legislators) == {each.pk for each in legislators}
        if _digest(sheet.fingerprint, standing) != (previewed or sheet.digest) or not still_senators:
            raise ChangedMeanwhile
        ended = [standing[each.pk].pk for each in legislators if each.pk in standing]
        Position.objects.filter(pk__in=ended).update(superseded_at=Now())
        Position.objects.bulk_create(each.as_position(treaty, by) for each in new)
    log.info("positions entered", treaty=treaty.slug, changed=len(new), organizer=by.pk)
    return len(new)


def as_csv(treaty: Treaty) -> bytes:
    """The positions that stand, a row for each senator, to edit and bring back. Unedited, it changes nothing."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(EXPORTED)
    for standing in counting.roll_call(treaty):
        if standing.holder is None:
            continue
        position = standing.position
        said = (position.stated_on, position.source_url, position.note) if position else ("", "", "")
        whom = (standing.holder.bioguide_id, standing.holder.official_name, standing.seat.state)
        writer.writerow([safe_cell(cell) for cell in (*whom, standing.stance.value, *said)])
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another encoding


@dataclass(frozen=True)
class _People:
    """Those whom a sheet names, and who of them is a senator."""

    by_id: Mapping[str, Legislator]
    senators: set[int]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_People":
        ids = {_id(line) for line in lines}
        by_id = {each.bioguide_id: each for each in Legislator.objects.filter(bioguide_id__in=ids)}
        return cls(by_id, positioning.senators_among(by_id.values()))


def _row(line: Line, people: _People, standing: Mapping[int, Position], first_lines: dict[str, int]) -> Row:
    bioguide_id = _id(line)
    legislator = people.by_id.get(bioguide_id)
    before = standing.get(legislator.pk) if legislator else None
    found = [*line.troubles, *_who_is_wrong(line, legislator, people, first_lines)]
    statement = None
    if legislator and not found:
        said = _said(line, legislator, before)
        statement, found = (None, said) if isinstance(said, list) else (said, [])
    return Row(line.number, bioguide_id[:_ID_SHOWN], statement, before, tuple(found))


def _who_is_wrong(
    line: Line, legislator: Legislator | None, people: _People, first_lines: dict[str, int]
) -> list[Trouble]:
    bioguide_id = _id(line)
    first = first_lines.setdefault(bioguide_id, line.number)
    code, detail = "", ""
    if not bioguide_id:
        code, detail = "required", _("Who is it? Please fill in the Bioguide id.")
    elif legislator is None:
        code, detail = "unknown_person", _("We know nobody with this Bioguide id.")
    elif legislator.pk not in people.senators:
        code, detail = "not_a_senator", _("This person does not sit in the Senate now.")
    elif first != line.number:
        code, detail = "person_twice", _("This person is on line {line} already.").format(line=first)
    return [Trouble(line.number, "bioguide_id", code, detail)] if code else []


def _said(line: Line, legislator: Legislator, before: Position | None) -> Statement | list[Trouble]:
    """What the line says of somebody whom we know, or all that is wrong with it."""
    stance, stated_on = _stance(line), _day(line)
    troubles = [each for each in (stance, stated_on) if isinstance(each, Trouble)]
    if stance == Stance.UNKNOWN and stated_on is None:
        was_unknown = before is not None and before.stance == Stance.UNKNOWN
        stated_on = before.stated_on if before and was_unknown else timezone.now().date()
    if stated_on is None:
        troubles.append(Trouble(line.number, "date", "required", _("Please say since when, like 2026-11-23.")))
    wanted = Statement(
        legislator,
        Stance.UNKNOWN if isinstance(stance, Trouble) else stance,
        stated_on if isinstance(stated_on, date) else timezone.now().date(),
        line.cells.get("source_url", ""),
        line.cells.get("note", ""),
    )
    try:
        statement = positioning.checked(wanted)
    except Refused as error:
        more = (Trouble(line.number, _COLUMN_OF[each.field], each.code, each.detail) for each in error.refusals)
        return [*troubles, *more]
    return troubles or statement


def _stance(line: Line) -> Stance | Trouble:
    word = _plain(line.cells.get("position", ""))
    if not word:
        return Trouble(line.number, "position", "required", _("Please fill in the position, or delete the line."))
    found = _words().get(word)
    if found:
        return found
    detail = _("Use one of: {positions}.").format(positions=", ".join(Stance.values))
    return Trouble(line.number, "position", "unknown_position", detail)


def _day(line: Line) -> date | Trouble | None:
    text = line.cells.get("date", "")
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    detail = _("Write the day as 2026-11-23. Spreadsheets like to change that: format the column as text.")
    return Trouble(line.number, "date", "not_a_day", detail)


def _id(line: Line) -> str:
    return line.cells.get("bioguide_id", "").upper()


@cache
def _words() -> dict[str, Stance]:
    """What people call the positions: our values, and their names in every language."""
    found = {_plain(stance.value): stance for stance in Stance}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(str(stance.label)): stance for stance in Stance}
    return found


def _plain(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())


def _standing(treaty: Treaty) -> dict[int, Position]:
    return {position.legislator_id: position for position in treaty.positions.current()}


def _digest(fingerprint: str, standing: Mapping[int, Position]) -> str:
    ids = " ".join(str(key) for key in sorted(position.pk for position in standing.values()))
    return sha256(f"{fingerprint} {ids}".encode()).hexdigest()
