"""Drafting a mailing: what it says and whom it goes to, until it starts."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaign.lib import languages, text, usps
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings.models import LONGEST_BODY, LONGEST_SUBJECT, MOST_PER_CENT, Mailing, MailingVersion, Wrote
from campaign.organizers.models import Organizer
from campaign.partners.models import Partner
from campaign.petitions.models import Petition

log = structlog.get_logger(__name__)
LONGEST_TITLE = 120


class NoLongerPossible(Exception):
    """The mailing has started or was cancelled: what was approved is what goes out."""


class ChangedMeanwhile(Exception):
    """Somebody changed the mailing since it was read: what they wrote would be lost."""


@dataclass(frozen=True)
class Words:
    """What a version says: a subject, and a text in Markdown; both may hold merge fields."""

    subject: str
    body: str


@dataclass(frozen=True)
class Whom:
    """Whom a mailing goes to. No states: people of all states."""

    language: str = "en"
    states: tuple[str, ...] = ()
    confirmed_since: date | None = None
    wrote: str = ""
    partner: Partner | None = None
    sample_percent: int = 0


@dataclass(frozen=True)
class Draft:
    """A mailing as an organizer wrote it. `b` is there where two versions are compared on a sample."""

    title: str
    whom: Whom
    a: Words
    b: Words | None = None


def begin(petition: Petition, draft: Draft, by: Organizer) -> Mailing:
    """A new mailing; nobody gets it yet. The second time makes another one. Raises Refused."""
    tidied = _tidied(draft)
    with transaction.atomic():
        mailing = Mailing.objects.create(petition=petition, edited_by=by, **_columns(tidied))
        _put(mailing, tidied)
    log.info("mailing drafted", mailing=str(mailing.pk), organizer=by.pk)
    return mailing


@transaction.atomic
def edit(mailing_id: uuid.UUID, draft: Draft, by: Organizer, seen: str = "") -> bool:
    """Keep what was changed. That takes back the request for approval, the approval and the schedule.

    The second time there is nothing new: False, and all stay. `seen` is the digest of what was changed. Raises Refused,
    NoLongerPossible, and ChangedMeanwhile.
    """
    tidied = _tidied(draft)
    mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
    if not mailing.may_change:
        raise NoLongerPossible
    before = mailing.digest
    if draft_of(mailing) == tidied:
        return False
    if seen and seen != before:
        raise ChangedMeanwhile
    for name, value in _columns(tidied).items():
        setattr(mailing, name, value)
    mailing.save(update_fields=list(_columns(tidied)))
    _put(mailing, tidied)
    mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.digest != before:
        Mailing.objects.filter(pk=mailing_id).update(edited_by=by, edited_at=Now(), **NOTHING_ASKED)
        log.info("mailing edited", mailing=str(mailing_id), organizer=by.pk)
    return True


NOTHING_ASKED: dict[str, Any] = {
    "asked_by": None,
    "asked_at": None,
    "approved_by": None,
    "approved_at": None,
    "approved_digest": "",
    "approved_title": "",
    "scheduled_at": None,
    "scheduled_by": None,
}


def draft_of(mailing: Mailing) -> Draft:
    """What the form begins with."""
    said = {each.name: Words(each.subject, each.body) for each in mailing.versions.all()}
    whom = Whom(
        mailing.language,
        tuple(mailing.states),
        mailing.confirmed_since,
        mailing.wrote,
        mailing.partner,
        mailing.sample_percent,
    )
    return Draft(title=mailing.title, a=said.get("A", Words("", "")), b=said.get("B"), whom=whom)


def faults(draft: Draft) -> list[Refusal]:
    """What can't even be kept: too long, letters that can't be seen, values that are none of the choices.

    Merge fields are looked at when somebody asks for approval: an unfinished text may be kept.
    """
    found = _line("title", draft.title, LONGEST_TITLE) + _faults_of_words(draft.a, "a") + _faults_of_whom(draft.whom)
    if draft.whom.sample_percent and draft.b is None:
        found.append(Refusal("subject_b", "required", _("Write version B as well, or compare nothing.")))
    if draft.whom.sample_percent and draft.b is not None:
        found += _faults_of_words(draft.b, "b")
    return found


def _faults_of_words(words: Words, name: str) -> list[Refusal]:
    found = _line(f"subject_{name}", words.subject, LONGEST_SUBJECT)
    body = text.paragraphs(f"body_{name}", words.body, LONGEST_BODY, links=True)
    if isinstance(body, Refusal):
        return [*found, body]
    return found if body else [*found, Refusal(f"body_{name}", "required", _("Please fill this in."))]


def _line(name: str, value: str, longest: int) -> list[Refusal]:
    if not value.strip():
        return [Refusal(name, "required", _("Please fill this in."))]
    if "\n" in value.strip() or "\r" in value.strip():
        return [Refusal(name, "one_line", _("This has to stand in one line."))]
    if len(value.strip()) > longest:
        sentence: str | Promise = format_lazy(
            _("This is {length} characters long; at most {longest} fit. Please shorten it."),
            length=len(value.strip()),
            longest=longest,
        )
        return [Refusal(name, "too_long", sentence)]
    line = text.paragraphs(name, value, longest, links=True)
    return [line] if isinstance(line, Refusal) else []


def _faults_of_whom(whom: Whom) -> list[Refusal]:
    found = []
    if whom.language not in dict(languages.offered()):
        found.append(Refusal("language", "unknown_language", _("Choose one of the languages.")))
    if not set(whom.states) <= set(usps.NAMES):
        found.append(Refusal("states", "unknown_state", _("Choose states from the list.")))
    if whom.wrote not in Wrote.values:
        found.append(Refusal("wrote", "unknown_choice", _("Choose one of these.")))
    if not 0 <= whom.sample_percent <= MOST_PER_CENT:
        found.append(Refusal("sample_percent", "out_of_range", _("Each version goes to at most 50 per cent.")))
    return found


def _tidied(draft: Draft) -> Draft:
    """As it is kept: line ends, composed letters, states in their order; without comparing there is no B."""
    if found := faults(draft):
        raise Refused(tuple(found))
    whom = draft.whom
    states = tuple(sorted(set(whom.states)))
    b = draft.b if whom.sample_percent else None
    kept = Whom(whom.language, states, whom.confirmed_since, whom.wrote, whom.partner, whom.sample_percent)
    title = str(text.paragraphs("title", draft.title, LONGEST_TITLE, links=True))
    return Draft(title=title, a=_tidied_words(draft.a), b=_tidied_words(b) if b else None, whom=kept)


def _tidied_words(words: Words) -> Words:
    subject = text.paragraphs("subject", words.subject, LONGEST_SUBJECT, links=True)
    body = text.paragraphs("body", words.body, LONGEST_BODY, links=True)
    return Words(str(subject), str(body))


def _columns(draft: Draft) -> dict[str, Any]:
    whom = draft.whom
    return {
        "title": draft.title,
        "language": whom.language,
        "states": list(whom.states),
        "confirmed_since": whom.confirmed_since,
        "wrote": whom.wrote,
        "partner": whom.partner,
        "sample_percent": whom.sample_percent,
    }


def _put(mailing: Mailing, draft: Draft) -> None:
    for name, words in (("A", draft.a), ("B", draft.b)):
        if words is None:
            mailing.versions.filter(name=name).delete()
            continue
        said = {"subject": words.subject, "body": words.body}
        MailingVersion.objects.update_or_create(mailing=mailing, name=name, defaults=said)
