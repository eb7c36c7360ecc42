"""The page of a treaty: the same for everybody until somebody asks for their own senators, a state, other numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from campaign.lib import usps
from campaign.lib.kept import Kept
from campaign.lib.markdown import as_html
from campaign.lib.text import LONGEST_SLUG
from campaign.public import boards, drawing, finding, showing
from campaign.public.boards import KEPT_FOR_SECONDS, Board, Row
from campaign.public.fields import STATES
from campaign.public.finding import Finding
from campaign.public.stages import line_of
from campaign.public.thirds import Thirds, thirds_of

ASKED = ("state", "postal_code", "present")
SENATE_STATES = tuple((code, name) for code, name in usps.CHOICES if code in usps.STATES)
_Key = tuple[str, str]


@dataclass(frozen=True)
class Question:
    """What the address asks for. A ZIP, even an empty one, means "find mine"; a state alone filters the table."""

    finding: Finding
    thirds: Thirds
    is_find: bool
    only: str
    is_filter_refused: bool

    @property
    def is_refused(self) -> bool:
        """Whether something was typed that has to be mended."""
        return self.finding.is_refused or self.thirds.is_refused or self.is_filter_refused


def question(board: Board, typed: Mapping[str, str]) -> Question:
    """What this query asks of this board. Nothing in it breaks: what can't be read is told beside its field."""
    is_find, state = "postal_code" in typed, typed.get("state", "")
    only = "" if is_find or not state else usps.state_from(state) or ""
    return Question(
        finding=finding.find(board, typed) if is_find else finding.blank(),
        thirds=thirds_of(board.count, typed),
        is_find=is_find,
        only=only,
        is_filter_refused=bool(state) and not is_find and not only,
    )


def page_of(slug: str) -> str | None:
    """The page that asks nothing, as HTML; None where there is no such treaty."""
    return _pages.get((slug, translation.get_language())) if len(slug) <= LONGEST_SLUG else None


def context_of(board: Board, asked: Question) -> dict[str, object]:
    """What the page's template shows, in the active language."""
    text = board.treaty.text_in()
    rows: Sequence[Row] = board.rows_in(asked.only) if asked.only else board.rows
    mine = asked.finding.mine or frozenset(row.seat.pk for row in rows if asked.only)
    return {
        "treaty": board.treaty,
        "text": text,
        "summary": as_html(text.summary),
        "url": board.treaty.get_absolute_url(),
        "line": line_of(board.treaty),
        "board": board,
        "asked": asked,
        "seats": _table(board, rows, mine, is_find=asked.is_find),
        "only_name": usps.NAMES.get(asked.only, ""),
        "states": STATES,
        "senate_states": SENATE_STATES,
        "drawing": drawing.hundred_seats(board.rows, mine, asked.thirds.full.to_block, board.in_words),
        "petitions": [(petition, petition.text_in()) for petition in board.petitions if petition.texts.all()],
    }


def _table(board: Board, rows: Sequence[Row], mine: Collection[int], *, is_find: bool) -> SafeString:
    """The rows of the table. Those that mark nobody are the same for all and written once."""
    plain = _plain_rows.get((board, translation.get_language()))
    parts = [
        _write(row, is_marked=True, is_yours=is_find) if row.seat.pk in mine else plain[row.seat.pk] for row in rows
    ]
    return SafeString("".join(parts))


def _write(row: Row, **marks: bool) -> str:
    return render_to_string("public/treaty_row.html", {"row": row, **marks})


def _write_all(key: tuple[Board, str]) -> dict[int, str]:
    board, language = key
    with translation.override(language):
        return {row.seat.pk: _write(row) for row in board.rows}


def _ask_for_page(key: _Key) -> str | None:
    slug, language = key
    board = boards.board_of(slug)
    if board is None:
        return None
    with translation.override(language):
        context = context_of(board, question(board, {}))
        return showing.for_nobody("public/treaty.html", context, board.treaty.get_absolute_url(), language)


_plain_rows: Kept[tuple[Board, str], dict[int, str]] = Kept(_write_all, seconds=KEPT_FOR_SECONDS, most=16)
_pages: Kept[_Key, str | None] = Kept(_ask_for_page, seconds=KEPT_FOR_SECONDS, most=32)
