"""Syncing treaties with Congress: what it did with those that it received, and which may be the one that we wait for.

Only what Congress itself says in words that we know becomes a stage. All else is told, for an organizer to decide.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaign.legislators import fetching, importing
from campaign.legislators.differences import Difference
from campaign.legislators.importing import AS_IT_COMES, Arrival, Intake, NotReadable, Outcome, Source, Wish
from campaign.legislators.models import DataImport, Subject
from campaign.legislators.terms import congress_on
from campaign.lib.refusals import Refused
from campaign.treaties import answers, milestones, staging
from campaign.treaties.answers import MOST_IN_A_LIST, Answers, Record
from campaign.treaties.checking import LONGEST_STAGE_NOTE
from campaign.treaties.milestones import Reached
from campaign.treaties.models import Stage, Treaty
from campaign.treaties.staging import Change

MOST_BYTES = 8 * 1024 * 1024
# Words of half of all treaties: who shares only these shares nothing.
_COMMON = re.compile(
    "accession|against|agreement|america|american|amending|amendments?|among|between|certain|combating|committed"
    "|concerning|conventions?|cooperation|countr(y|ies)|crimes?|governments?|from|international|means|nations|other"
    "|parties|protocols?|regarding|relating|republic|respect|signed|states|strengthening|their|treat(y|ies)|united|with"
)


class NotEnabled(Exception):
    """The operator gave no key for api.congress.gov."""

    def __str__(self) -> str:
        return "Not enabled: set CONGRESS_API_KEY."


def is_on() -> bool:
    """Whether Congress may be asked."""
    return bool(settings.CONGRESS_API_KEY)


def refresh(url: str = "", wish: Wish = AS_IT_COMES) -> Outcome[Answers]:
    """Ask Congress about our treaties and take in what is new. The second time nothing is new.

    One answer that cannot be read refuses them all. Raises NotEnabled, fetching.TryLater and ImportRefused.
    """
    if not is_on():
        raise NotEnabled
    base, now = (url or settings.CONGRESS_API_URL).rstrip("/"), timezone.now()
    source, body = TREATIES, b""
    try:
        body = json.dumps(list(_ask_all(base))).encode()
    except (fetching.Refused, NotReadable) as error:
        source = replace(TREATIES, read=_failing(NotReadable(str(error))))
    except fetching.TryLater as error:
        source = replace(TREATIES, read=_failing(error))
    return importing.bring_in(source, Arrival(body, now.date(), f"{base}/treaty", checked_at=now), wish)


def candidates_for(slug: str) -> tuple[str, ...]:
    """What the last sync found in Congress that may be this treaty. One query."""
    last = DataImport.objects.latest_applied(Subject.TREATIES)
    notes = last.difference.get("notes", ()) if last else ()
    beginning = _candidate_for(slug)
    return tuple(note.removeprefix(beginning) for note in notes if note.startswith(beginning))


def _candidate_for(slug: str) -> str:
    """How a note about a candidate begins. Kept ones are found by it: notes of another form are found no more."""
    return f"{slug}: candidate "


def _ask_all(base: str) -> Iterator[dict[str, Any]]:
    """The answers about each treaty that Congress received, and about all of this Congress while we wait for one."""
    treaties = list(Treaty.objects.order_by("slug"))
    for treaty in treaties:
        if treaty.number:
            yield from _ask(base, f"{treaty.congress_received}/{treaty.number}")
            yield from _ask(base, f"{treaty.congress_received}/{treaty.number}/actions")
    if all(treaty.number for treaty in treaties):
        return
    listing = _ask(base, str(congress_on(timezone.now().date())))
    yield from listing
    taken = {(treaty.congress_received, treaty.number) for treaty in treaties}
    for record in answers.understood(listing).listed:
        if (record.congress, record.number) not in taken and not record.suffix:
            yield from _ask(base, f"{record.congress}/{record.number}")  # a list tells no titles


def _ask(base: str, path: str) -> list[dict[str, Any]]:
    """One answer. The key goes in a header: addresses are logged and kept."""
    url = f"{base}/treaty/{path}?format=json&limit={MOST_IN_A_LIST}"
    download = fetching.fetch(url, most_bytes=MOST_BYTES, headers={"X-Api-Key": settings.CONGRESS_API_KEY})
    try:
        return answers.parsed(download.body if download else b"")
    except NotReadable as error:
        raise NotReadable(f"{base}/treaty/{path}: {error}") from error


def _failing(error: Exception) -> Callable[[Arrival], Answers]:
    """Reads nothing, so that the import notes why."""

    def read(_arrival: Arrival) -> Answers:
        raise error

    return read


def _read(arrival: Arrival) -> Answers:
    return answers.read(arrival.body)


def _take_in(found: Answers, wish: Wish) -> Intake:
    differences = []
    # Locked before their stages are read: an organizer who enters one meanwhile waits, or is seen.
    for treaty in Treaty.objects.select_for_update(no_key=True).with_story().order_by("pk"):
        if not treaty.number:
            differences.append(Difference(notes=tuple(_candidates(treaty, found))))
            continue
        record = found.of(treaty.congress_received, treaty.number)
        if record is None:
            differences.append(Difference(notes=(f"{treaty.slug}: {treaty.document} is not among the answers.",)))
        else:
            differences.append(_follow(treaty, record, wish))
    counts = {
        "treaties": len(found.treaties),
        "actions": sum(len(record.actions or ()) for record in found.treaties),
        "listed": len(found.listed),
    }
    return Intake(_together(differences), counts)


def _follow(treaty: Treaty, record: Record, wish: Wish) -> Difference:
    """Enter the stages that Congress says our treaty reached."""
    contradictions = []
    if record.titles and not _shared_words(treaty, record):
        other = f"{treaty.slug}: {record.document} is called “{record.titles[0]}”. Is the number right?"
        if not wish.force:
            return Difference(contradictions=(f"{other} No stage was taken from it.",))
        contradictions.append(other)
    reached, unknown = milestones.reached(record)
    changed, notes = _enter_all(treaty, record, reached)
    notes += [f"{treaty.slug}: {line}" for line in unknown]
    if record.has_parts:
        notes.append(f"{treaty.slug}: {record.document} was divided; what became of its parts is not followed.")
    if record.actions is not None:
        contradictions += _not_in_congress(treaty, reached)
    return Difference(changed=tuple(changed), contradictions=tuple(contradictions), notes=tuple(notes))


def _enter_all(treaty: Treaty, record: Record, reached: list[Reached]) -> tuple[list[str], list[str]]:
    """What was entered, and what was not and why. What stands already is not told."""
    changed, notes = [], []
    standing = {(change.stage, change.happened_on) for change in treaty.standing_changes}
    retracted = {(change.stage, change.happened_on) for change in treaty.stage_changes.all()} - standing
    for milestone in reached:
        stage, day = milestone.stage, milestone.day
        line, key = f"{treaty.slug}: {stage.value} on {day}", (stage.value, day)
        if key in standing:
            continue
        if key in retracted:
            notes.append(f"{line} was retracted and is not entered again.")
            continue
        words = milestone.words[:LONGEST_STAGE_NOTE]
        try:
            staging.enter(treaty, Change(stage, day, record.url, words), None)
            changed.append(line)
        except Refused as refused:
            notes += [f"{line} is not entered: {each.field} {each.code}." for each in refused.refusals]
    return changed, notes


def _not_in_congress(treaty: Treaty, reached: list[Reached]) -> list[str]:
    """What we say of Congress and Congress does not."""
    said = {(each.stage.value, each.day) for each in reached}
    ours = [change for change in treaty.standing_changes if Stage(change.stage) in milestones.OF_CONGRESS]
    return [
        f"{treaty.slug}: we have {change.stage} on {change.happened_on}, Congress does not."
        for change in ours
        if (change.stage, change.happened_on) not in said
    ]


def _candidates(treaty: Treaty, found: Answers) -> Iterator[str]:
    """Treaties that share a telling word with one that we wait for. An organizer decides; nothing is linked."""
    for record in found.treaties + found.listed:
        words = _shared_words(treaty, record)
        if words:
            called = record.titles[0] if record.titles else record.topic
            shared = ", ".join(sorted(words))
            yield f"{_candidate_for(treaty.slug)}{record.document}, “{called}” ({shared}), {record.url}"


def _shared_words(treaty: Treaty, record: Record) -> set[str]:
    text = treaty.text_in("en")
    return _words(f"{text.title} {text.short_title}") & _words(" ".join((*record.titles, record.topic)))


def _words(text: str) -> set[str]:
    """The telling words of a title: not the short ones, nor those that half of all treaties have."""
    return {word for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if not _COMMON.fullmatch(word)}


def _together(differences: list[Difference]) -> Difference:
    return Difference(
        changed=tuple(line for each in differences for line in each.changed),
        contradictions=tuple(line for each in differences for line in each.contradictions),
        notes=tuple(dict.fromkeys(line for each in differences for line in each.notes)),
    )


TREATIES: Source[Answers] = Source(
    subject=Subject.TREATIES, url=settings.CONGRESS_API_URL, read=_read, take_in=_take_in, most_bytes=MOST_BYTES
)
