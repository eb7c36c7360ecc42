"""Staging: where a treaty stands. The stage is that of the latest change which nobody retracted."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaign.lib.refusals import Refusal, Refused
from campaign.organizers.models import Organizer
from campaign.treaties import checking
from campaign.treaties.models import Stage, StageChange, Treaty
from campaign.treaties.taking_turns import Seen, take_turns

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Change:
    """A stage, when the treaty reached it, and how we know."""

    stage: Stage
    happened_on: date
    source_url: str
    note: str = ""


@dataclass(frozen=True)
class Tried:
    """A stage as entering it would keep it: whether it is new, and where the treaty would stand."""

    change: StageChange
    is_new: bool
    after: Stage


def enter(treaty: Treaty, change: Change, by: Organizer | None, seen: Seen | None = None) -> StageChange:
    """Keep that the treaty reached the stage. An earlier date than the latest one fills in the history.

    The same again changes nothing and returns what stands. Raises Refused: `stage` (also where the same stage stands on
    that day with another source or note: retract that first), `happened_on`, `source_url`, `note`; and ChangedMeanwhile
    where the treaty stands at another change than the one `seen`.
    """
    note = _checked(change)
    source_url = change.source_url.strip()
    with transaction.atomic():
        take_turns(treaty)
        if seen:
            seen.compare(_fresh(treaty).current_change)
        row, made = StageChange.objects.get_or_create(
            treaty=treaty,
            stage=change.stage,
            happened_on=change.happened_on,
            retracted_at=None,
            defaults={"source_url": source_url, "note": note, "entered_by": by},
        )
        if made:  # told once it stands: a try that is taken back leaves no line
            transaction.on_commit(partial(_tell, "stage entered", row, by))
    if not made and (row.source_url, row.note) != (source_url, note):
        detail = _("This stage is entered on that day already, with another source or note. Retract that one first.")
        raise Refused((Refusal("stage", "already_entered", detail),))
    return row


def try_out(treaty: Treaty, change: Change, by: Organizer, seen: Seen | None = None) -> Tried:
    """What would come of entering it; nothing of it is kept. Raises as `enter`."""
    with transaction.atomic():
        known = _fresh(treaty).standing_changes
        row = enter(treaty, change, by, seen)
        tried = Tried(row, row not in known, _fresh(treaty).stage)
        transaction.set_rollback(True)
    return tried


def retract(change: StageChange, by: Organizer) -> bool:
    """Take a change back; it stays in the history with who took it back. The second time nothing changes: False."""
    rows = StageChange.objects.standing().filter(pk=change.pk).update(retracted_at=Now(), retracted_by=by)
    if rows:
        _tell("stage retracted", change, by)
    return bool(rows)


def _fresh(treaty: Treaty) -> Treaty:
    return Treaty.objects.with_story().get(pk=treaty.pk)


def _checked(change: Change) -> str:
    """The note as it will be kept. Raises Refused."""
    source_url = change.source_url.strip()
    needed = _("A stage needs its source.")
    refusals = [
        None if change.stage in Stage.values else Refusal("stage", "unknown_stage", _("No such stage.")),
        checking.day("happened_on", change.happened_on),
        checking.source("source_url", source_url) if source_url else Refusal("source_url", "required", needed),
    ]
    note = checking.note("note", change.note, checking.LONGEST_STAGE_NOTE)
    found = [refusal for refusal in [*refusals, note] if isinstance(refusal, Refusal)]
    if found or isinstance(note, Refusal):
        raise Refused(tuple(found))
    return note


def _tell(what: str, change: StageChange, by: Organizer | None) -> None:
    log.info(what, treaty=change.treaty_id, stage=change.stage, change=change.pk, organizer=by.pk if by else None)
