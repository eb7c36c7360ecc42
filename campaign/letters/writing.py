"""Writing to senators: drafts from a template, the constituent's own text, and the way out."""

import uuid
from dataclasses import dataclass

import structlog
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.delivery.models import Delivery, Status
from campaign.legislators import lookup
from campaign.legislators.lookup import Constituency
from campaign.legislators.models import Seat
from campaign.letters import channels, placeholders
from campaign.letters.models import Letter, LetterDispatch, LetterTemplate, Said, digest_of
from campaign.lib import text
from campaign.lib.refusals import Refusal, Refused
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Supporter
from campaign.supporters.wordings import LETTERS

LONGEST_SUBJECT, SHORTEST_BODY, LONGEST_BODY = 160, 50, 10_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Draft:
    """A text for one seat, before the constituent made it theirs."""

    seat: Seat
    subject: str
    body: str


@dataclass(frozen=True)
class Manuscript:
    """What the constituent wants to say to one seat: tidied, and fit to be sent."""

    seat: Seat
    subject: str
    body: str
    language: str = "en"
    template: LetterTemplate | None = None


class MayNotWrite(Exception):
    """The signature that a letter rests on does not stand, or the petition is closed."""


def templates_for(petition: Petition, language: str) -> list[LetterTemplate]:
    """What is offered in this language, else in English."""
    offered = list(petition.letter_templates.offered())
    return [each for each in offered if each.language == language] or [
        each for each in offered if each.language == "en"
    ]


def constituency_of(supporter: Supporter) -> Constituency:
    """Who speaks for a supporter. The state alone decides: the ZIP checked it when they signed."""
    return lookup.find(supporter.state)


def seats_of(supporter: Supporter) -> tuple[Seat, ...]:
    """The senators' seats that speak for a supporter, with their holders; none for DC and the territories.

    From the database and not from the lookup's memory: an office's address may have been entered a moment ago.
    """
    return tuple(Seat.objects.senate().of_state(supporter.state).with_holders())


def draft(template: LetterTemplate, seat: Seat, supporter: Supporter) -> Draft:
    """The template filled for this seat's holder and this constituent."""
    values = {
        "salutation": seat.salutation,
        "senator": seat.holder.official_name if seat.holder else "",
        "state": seat.state_name,
        "given_name": supporter.given_name,
        "family_name": supporter.family_name,
        "postal_code": supporter.postal_code,
        "petition": template.petition.text_in(template.language).title,
    }
    subject = placeholders.fill(template.subject, values)
    return Draft(seat, subject[:LONGEST_SUBJECT], placeholders.fill(template.body, values))


def check(seat: Seat, subject: str, body: str) -> tuple[str, str]:
    """Subject and body tidied. Raises Refused, with fields named `subject-<seat>` and `body-<seat>`."""
    refusals: list[Refusal] = []
    title = text.paragraphs(f"subject-{seat.pk}", " ".join(subject.split()), LONGEST_SUBJECT, links=True)
    words = text.paragraphs(f"body-{seat.pk}", body, LONGEST_BODY, links=True)
    if isinstance(title, str) and not title:
        title = Refusal(f"subject-{seat.pk}", "required", _("Please give your letter a subject."))
    if isinstance(words, str) and len(words) < SHORTEST_BODY:
        words = Refusal(f"body-{seat.pk}", "too_short", _("Please write a little more: a sentence or two is enough."))
    for read in (title, words):
        if isinstance(read, Refusal):
            refusals.append(read)
        elif "{{" in read:
            sentence = _("A gap of the template is still in it: please replace what stands in {{ }}.")
            refusals.append(Refusal(f"body-{seat.pk}", "unfilled", sentence))
    if refusals or isinstance(title, Refusal) or isinstance(words, Refusal):
        raise Refused(tuple(refusals))
    return title, words


@transaction.atomic
def send(signature_id: uuid.UUID, manuscript: Manuscript) -> LetterDispatch:
    """Keep the letter, exactly as written, and give it to the best channel there is for the office.

    The second time replaces the text as long as the letter has not gone; afterwards it changes nothing and answers
    where the letter is. A letter that a channel failed goes through the next. Raises MayNotWrite without a signature
    that stands, or to a seat that is vacant.
    """
    signature = Signature.objects.locked(signature_id)
    holder = manuscript.seat.holder
    if not signature.confirmed_at or signature.withdrawn_at or not signature.petition.is_open or holder is None:
        raise MayNotWrite
    letter, made = Letter.objects.select_for_update(of=("self",)).get_or_create(
        petition=signature.petition,
        supporter=signature.supporter,
        seat=manuscript.seat,
        defaults=_content(manuscript),
    )
    # One look for both questions: between two a worker could take the letter.
    models.prefetch_related_objects([letter], "dispatches__delivery")
    if not made and (letter.has_gone or not _still_held(letter)):
        return letter.dispatches.latest("created_at")
    if not made:
        Letter.objects.filter(pk=letter.pk).update(**_content(manuscript), written_at=timezone.now())
        letter.refresh_from_db()
    dispatch = channels.best_for(holder, letter).dispatch(letter, holder)
    _let_go_of_other_ways(letter, dispatch)
    log.info("letter dispatched", letter=str(letter.pk), channel=dispatch.channel, seat=manuscript.seat.pk)
    return dispatch


def _still_held(letter: Letter) -> bool:
    """Whether no worker has what we hold back of this letter; until we commit none gets it, and then it looks anew."""
    held = [dispatch.delivery_id for dispatch in letter.dispatches.all() if dispatch.is_held and dispatch.delivery_id]
    waiting = Delivery.objects.filter(pk__in=held, status=Status.DEFERRED)
    return waiting.update(next_at=Now()) == len(held)


def _let_go_of_other_ways(letter: Letter, dispatch: LetterDispatch) -> None:
    """What we hold back of another channel never leaves: the office would get the letter twice."""
    for other in letter.dispatches.exclude(pk=dispatch.pk).select_related("delivery"):
        if other.delivery and other.is_held:
            other.delivery.move(Status.SUPPRESSED, reason="goes another way", finished_at=Now(), lease_until=None)


def _content(manuscript: Manuscript) -> dict[str, object]:
    return {
        "template": manuscript.template,
        "language": manuscript.language,
        "subject": manuscript.subject,
        "body": manuscript.body,
        "sha256": digest_of(manuscript.subject, manuscript.body),
        "wording": LETTERS,
    }


@transaction.atomic
def say(dispatch: LetterDispatch, what: Said) -> bool:
    """Keep what the constituent said about a hand-off, and once it is sent, whose office it went to.

    "Sent" is final: what comes later changes nothing, False.
    """
    rows = LetterDispatch.objects.filter(pk=dispatch.pk, channel="handoff").exclude(said=Said.SENT)
    is_kept = bool(rows.update(said=what, said_at=timezone.now()))
    if is_kept and what == Said.SENT:
        dispatch.now_to(dispatch.letter.addressee(dispatch.legislator))
    return is_kept
