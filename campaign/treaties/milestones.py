"""Milestones: which of Congress's own words say that a treaty reached a stage."""

import re
from datetime import date
from typing import NamedTuple

from campaign.treaties.answers import Record
from campaign.treaties.models import Stage

# How Congress begins to say it. "Not agreed to", "motion to" and everything else that we have not met fit none.
_BEGINNINGS = (
    (
        Stage.IN_COMMITTEE,
        re.compile(
            r"(received in the senate and |automatically )?(re-?)?referred to the committee on foreign rel", re.I
        ),
    ),
    (Stage.ON_THE_CALENDAR, re.compile(r"placed on (the )?senate executive calendar\b", re.I)),
    (Stage.VOTE, re.compile(r"treaty moved through its parliamentary stages up to and including presentation", re.I)),
    (
        Stage.CONSENTED,
        re.compile(
            r"resolution of (advice and consent to )?ratification agreed to( as amended)? in (the )?senate\b", re.I
        ),
    ),
    (Stage.RETURNED, re.compile(r"(treaty )?returned to the president\b", re.I)),
    (Stage.WITHDRAWN, re.compile(r"(treaty )?withdrawn by the president\b", re.I)),
)
# Where Congress itself keeps the record; whether we signed and whether the President ratified is not in it.
OF_CONGRESS = {stage for stage, _beginning in _BEGINNINGS} | {Stage.TRANSMITTED}
ORDER = {stage.value: place for place, stage in enumerate(Stage)}


class Reached(NamedTuple):
    """A stage that Congress says a treaty reached, and its words."""

    day: date
    place: int
    stage: Stage
    words: str


def reached(record: Record) -> tuple[list[Reached], list[str]]:
    """The stages in the order they were reached, each as often as it was, and the actions that we do not understand."""
    found: dict[tuple[date, Stage], Reached] = {}
    notes = []
    if record.transmitted_on:
        found[record.transmitted_on, Stage.TRANSMITTED] = _at(record.transmitted_on, Stage.TRANSMITTED, "")
    for action in record.actions or ():
        stage = next((stage for stage, beginning in _BEGINNINGS if beginning.match(action.text)), None)
        if stage:
            found.setdefault((action.day, stage), _at(action.day, stage, action.text))
        else:
            notes.append(f"{action.day}, not understood: {action.text[:200]}")
    return sorted(found.values()), notes


def _at(day: date, stage: Stage, words: str) -> Reached:
    return Reached(day, ORDER[stage], stage, words)
