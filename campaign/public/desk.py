"""What lies before somebody who writes to their senators: a sheet for each seat, as drafted, typed, or already gone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.legislators import aging
from campaign.legislators.models import Legislator, Seat, Subject
from campaign.letters import channels, holding, writing
from campaign.letters.models import ChannelName, Hold, Letter, LetterTemplate
from campaign.letters.writing import Manuscript
from campaign.lib import emails
from campaign.lib.refusals import Refused
from campaign.petitions.models import Petition
from campaign.public.fields import Field, Text
from campaign.supporters.models import Supporter


@dataclass(frozen=True)
class Way:
    """How a letter to this office will travel, said before anything is sent."""

    name: str
    is_sandbox: bool
    sender: str
    reply_to: str


@dataclass(frozen=True)
class Sheet:
    """One seat's letter. Without a holder there is nothing to fill in; a letter that has gone can't be changed.

    `hold` says why what is sent now would wait.
    """

    seat: Seat
    holder: Legislator | None
    subject: Field
    body: Field
    way: Way | None = None
    hold: Hold | None = None
    gone: Letter | None = None
    is_left_out: bool = False
    manuscript: Manuscript | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is to be written."""
        return self.holder is not None and self.gone is None

    @property
    def troubles(self) -> list[tuple[Field, Text]]:
        """What has to be mended on it."""
        return [(each, sentence) for each in (self.subject, self.body) for sentence in each.errors]


@dataclass(frozen=True)
class Desk:
    """All sheets, and the templates to begin from."""

    supporter: Supporter
    templates: list[LetterTemplate]
    template: LetterTemplate | None
    sheets: tuple[Sheet, ...]

    @property
    def open_sheets(self) -> list[Sheet]:
        """Those that wait to be written."""
        return [sheet for sheet in self.sheets if sheet.is_open]

    @property
    def manuscripts(self) -> list[Manuscript]:
        """What is fit to be sent."""
        return [sheet.manuscript for sheet in self.sheets if sheet.manuscript]

    @property
    def troubles(self) -> list[tuple[Field, Text]]:
        """What has to be mended, on all of them."""
        return [trouble for sheet in self.sheets for trouble in sheet.troubles]


def lay(petition: Petition, supporter: Supporter, tone: str = "") -> Desk:
    """The desk as it is found: what was written before, else a draft from the template of this tone."""
    templates = writing.templates_for(petition, get_language() or "en")
    chosen = next((each for each in templates if str(each.pk) == tone), None)
    template = chosen or (templates[0] if templates else None)
    letters = {letter.seat_id: letter for letter in Letter.objects.of_supporter(supporter.pk).filter(petition=petition)}
    age = aging.age_of(Subject.LEGISLATORS)
    sheets = []
    for seat in writing.seats_of(supporter):
        letter = letters.get(seat.pk)
        kept = letter if letter and (letter.has_gone or chosen is None) else None
        sheet = _sheet(seat, kept, template, supporter)
        sheets.append(replace(sheet, way=_way(seat.holder, supporter, letter), hold=holding.hold_of_seat(seat, age)))
    return Desk(supporter, templates, template, tuple(sheets))


def typed_on(desk: Desk, typed: Mapping[str, str]) -> Desk:
    """The desk with what came back from the page, checked: each sheet has a manuscript or says what to mend."""
    language = desk.template.language if desk.template else get_language() or "en"
    sheets = tuple(_typed(sheet, typed, desk.template, language) if sheet.is_open else sheet for sheet in desk.sheets)
    return replace(desk, sheets=sheets)


def _sheet(seat: Seat, kept: Letter | None, template: LetterTemplate | None, supporter: Supporter) -> Sheet:
    subject, body = _words(seat, kept, template, supporter)
    holder = seat.holder
    return Sheet(
        seat=seat,
        holder=holder,
        subject=Field(f"subject-{seat.pk}", _("Subject"), subject),
        body=Field(f"body-{seat.pk}", _("Your letter"), body, kind="lines", rows=18),
        gone=kept if kept and kept.has_gone else None,
    )


def _words(seat: Seat, kept: Letter | None, template: LetterTemplate | None, supporter: Supporter) -> tuple[str, str]:
    if kept is not None:
        return kept.subject or "", kept.body or ""
    if template is None:
        return "", ""
    draft = writing.draft(template, seat, supporter)
    return draft.subject, draft.body


def _way(holder: Legislator | None, supporter: Supporter, letter: Letter | None) -> Way | None:
    if holder is None:
        return None
    name = channels.best_for(holder, letter).name
    is_mail = name == ChannelName.EMAIL
    return Way(
        name=name,
        is_sandbox=is_mail and holder.office.is_sandbox,
        sender=emails.named(f"{supporter.name} via {settings.ORGANIZATION_NAME}", settings.LETTERS_ADDRESS),
        reply_to=emails.named(supporter.name, supporter.email),
    )


def _typed(sheet: Sheet, typed: Mapping[str, str], template: LetterTemplate | None, language: str) -> Sheet:
    subject, body = typed.get(sheet.subject.name, ""), typed.get(sheet.body.name, "")
    sheet = replace(
        sheet,
        subject=replace(sheet.subject, value=subject),
        body=replace(sheet.body, value=body),
        is_left_out=f"leave-out-{sheet.seat.pk}" in typed,
    )
    if sheet.is_left_out:
        return sheet
    try:
        title, words = writing.check(sheet.seat, subject, body)
    except Refused as refused:
        errors = refused.by_field()
        return replace(
            sheet,
            subject=replace(sheet.subject, errors=tuple(errors.get(sheet.subject.name, ()))),
            body=replace(sheet.body, errors=tuple(errors.get(sheet.body.name, ()))),
        )
    return replace(sheet, manuscript=Manuscript(sheet.seat, title, words, language, template))
