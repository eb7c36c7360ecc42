"""Positioning: how a senator stands on a treaty, with a date and a source. What was said before is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaign.legislators.models import Chamber, Legislator, Term
from campaign.lib.refusals import Refusal, Refused
from campaign.organizers.models import Organizer
from campaign.treaties import checking
from campaign.treaties.models import Position, Stance, Treaty
from campaign.treaties.taking_turns import Seen, take_turns

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Statement:
    """How a senator stands, since when, and how we know."""

    legislator: Legislator
    stance: Stance
    stated_on: date
    source_url: str = ""
    note: str = ""

    def says_the_same_as(self, position: Position | None) -> bool:
        """Whether entering it would change nothing: it is what stands, or nothing is known and nothing is said."""
        if position is None:
            return self.stance == Stance.UNKNOWN and not (self.source_url or self.note)
        return (self.stance, self.stated_on, self.source_url, self.note) == (
            position.stance,
            position.stated_on,
            position.source_url,
            position.note,
        )

    def as_position(self, treaty: Treaty, by: Organizer) -> Position:
        """The row that keeps it, not saved yet."""
        return Position(
            treaty=treaty,
            legislator=self.legislator,
            stance=self.stance,
            stated_on=self.stated_on,
            source_url=self.source_url,
            note=self.note,
            entered_by=by,
        )


def enter(treaty: Treaty, statement: Statement, by: Organizer, seen: Seen | None = None) -> Position | None:
    """Keep the statement as the senator's position; the earlier one stays in the history with the moment it ended.

    Returns what stands then. The same again changes nothing, nor does an “unknown” without a source and a note where
    nothing is known. Two organizers at once: one waits for the other, and both statements are kept, the later one
    standing. Raises Refused: `stance`, `stated_on`, `source_url`, `note`, `legislator`; and ChangedMeanwhile where
    another position stands than the one `seen`.
    """
    statement = checked(statement)
    _refuse_who_is_no_senator(statement.legislator)
    with transaction.atomic():
        take_turns(treaty)
        standing = treaty.positions.current().filter(legislator=statement.legislator)
        before = standing.first()
        if seen:
            seen.compare(before)
        if statement.says_the_same_as(before):
            return before
        standing.update(superseded_at=Now())
        position = statement.as_position(treaty, by)
        position.save()
    log.info(
        "position entered",
        treaty=treaty.slug,
        legislator=statement.legislator.bioguide_id,
        stance=str(statement.stance),
        organizer=by.pk,
    )
    return position


def checked(statement: Statement) -> Statement:
    """The statement as it will be kept. Raises Refused. Whether its legislator is a senator is not asked here."""
    refusals = [
        checking.day("stated_on", statement.stated_on),
        checking.source("source_url", statement.source_url.strip()),
        _missing_source(statement),
        None if statement.stance in Stance.values else Refusal("stance", "unknown_position", _("No such position.")),
    ]
    note = checking.note("note", statement.note, checking.LONGEST_NOTE)
    found = [refusal for refusal in [*refusals, note] if isinstance(refusal, Refusal)]
    if found or isinstance(note, Refusal):
        raise Refused(tuple(found))
    stance = Stance(statement.stance)
    return replace(statement, stance=stance, source_url=statement.source_url.strip(), note=note)


def senators_among(legislators: Iterable[Legislator]) -> set[int]:
    """The keys of those who sit in the Senate. Whose term ran out still does, until somebody tells who came after."""
    open_terms = Term.objects.open().filter(seat__chamber=Chamber.SENATE, legislator__in=list(legislators))
    return set(open_terms.values_list("legislator_id", flat=True))


def _missing_source(statement: Statement) -> Refusal | None:
    if statement.stance == Stance.UNKNOWN or statement.source_url.strip():
        return None
    return Refusal("source_url", "required", _("A position needs its source. Without one, it is unknown."))


def _refuse_who_is_no_senator(legislator: Legislator) -> None:
    if not senators_among([legislator]):
        raise Refused((Refusal("legislator", "not_a_senator", _("Only who sits in the Senate has a position.")),))
