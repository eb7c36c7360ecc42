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


def enter(treaty: Treaty, statement: Statement, by: Organizer | None) -> Position:
    """Keep the statement as the senator's position; the earlier one stays in the history with the moment it ended.

    The same again changes nothing and returns what stands. Two organizers at once: one waits for the other, and both
    statements are kept, the later one standing. Raises Refused: `stance`, `stated_on`, `source_url`, `note`,
    `legislator`.
    """
    statement = checked(statement)
    _refuse_who_is_no_senator(statement.legislator)
    with transaction.atomic():
        take_turns(treaty)
        before = treaty.positions.current().filter(legislator=statement.legislator).first()
        return put(treaty, statement, before, by)


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


def take_turns(treaty: Treaty) -> None:
    """Whoever changes this treaty's positions or stages waits here for who came before; readers wait for nobody."""
    Treaty.objects.select_for_update(no_key=True).only("pk").get(pk=treaty.pk)


def put(treaty: Treaty, statement: Statement, before: Position | None, by: Organizer | None) -> Position:
    """Write a checked statement over what stands, in the turn of `take_turns`."""
    if before is not None:
        if statement.says_the_same_as(before):
            return before
        Position.objects.filter(pk=before.pk).update(superseded_at=Now())
    position = Position.objects.create(
        treaty=treaty,
        legislator=statement.legislator,
        stance=statement.stance,
        stated_on=statement.stated_on,
        source_url=statement.source_url,
        note=statement.note,
        entered_by=by,
    )
    log.info(
        "position entered",
        treaty=treaty.slug,
        legislator=statement.legislator.bioguide_id,
        stance=str(statement.stance),
        organizer=by.pk if by else None,
    )
    return position


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
