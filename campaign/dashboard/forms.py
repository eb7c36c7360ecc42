"""What organizers fill in: every value tidied like a stranger's, every fault beside its field."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaign.legislators.models import Seat
from campaign.letters import offering
from campaign.letters.models import LetterTemplate
from campaign.lib import emails, languages, text, usps
from campaign.lib.refusals import Refusal
from campaign.petitions import exporting
from campaign.petitions.drafting import Draft, Wording
from campaign.petitions.models import Petition, PetitionText
from campaign.treaties.models import Treaty

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = {"new"}
ADDRESS_MALFORMED = _("Please use small letters, digits and hyphens, and another word than “new”.")
ADDRESS_TAKEN = _("Another petition has this address. Please choose another one.")


class _TidyForm(forms.ModelForm):
    """A form whose text holds nothing that can't be seen, with line ends as \\n. Links are the organizer's business."""

    def clean(self) -> dict[str, Any]:
        """Tidy what was typed."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and name in self.tidied():
                one_line = not isinstance(self.fields[name].widget, forms.Textarea)
                typed = " ".join(value.split()) if one_line else value
                found = text.paragraphs(name, typed, len(typed), links=True)
                if isinstance(found, Refusal):
                    self.add_error(name, str(found.detail))
                else:
                    cleaned[name] = found
        return cleaned

    def tidied(self) -> tuple[str, ...]:
        """The fields with text in them."""
        return ()


class TreatyChoice(forms.ModelChoiceField):
    """A treaty by the name people use."""

    def label_from_instance(self, obj: Treaty) -> str:
        """In the reader's language."""
        return obj.text_in().short_title


class PetitionForm(forms.ModelForm):
    """Where a petition lives, how many shall sign, and which treaty it is about."""

    class Meta:
        model = Petition
        fields = ["slug", "goal", "treaty"]
        field_classes = {"treaty": TreatyChoice}
        help_texts = {
            "slug": _(
                "Small letters, digits and hyphens, like withhold-consent. It can't change once the petition was open."
            ),
            "goal": _("How many signatures the bar on the page counts towards."),
            "treaty": _("Its page then says where each senator stands. Leave it open if the petition is about none."),
        }
        error_messages = {"slug": {"unique": ADDRESS_TAKEN, "invalid": ADDRESS_MALFORMED}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].disabled = self.instance.opened_at is not None
        self.fields["slug"].widget.attrs["autocapitalize"] = "none"
        self.fields["goal"].widget.attrs["inputmode"] = "numeric"
        treaties = Treaty.objects.prefetch_related("texts")
        self.fields["treaty"].queryset = treaties  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        """Links should be easy to read aloud."""
        slug: str = self.cleaned_data["slug"]
        if not self.fields["slug"].disabled and (not _SLUG.fullmatch(slug) or slug in _RESERVED):
            raise forms.ValidationError(ADDRESS_MALFORMED)
        return slug


class PetitionTextForm(_TidyForm):
    """A petition's words in one language."""

    class Meta:
        model = PetitionText
        fields = ["title", "target", "summary", "argument", "other_side", "standing"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "argument": forms.Textarea(attrs={"rows": 12}),
            "other_side": forms.Textarea(attrs={"rows": 8}),
            "standing": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "title": _("Like: Senators, withhold consent to the Convention."),
            "target": _("Like: The United States Senate."),
            "summary": _("Plain words, no links. At most 600 characters."),
            "argument": _("Markdown: a blank line begins a paragraph, ## a heading, [words](https://…) a link."),
            "standing": _("Say as of which day, and link the source."),
        }

    def tidied(self) -> tuple[str, ...]:
        """All of it."""
        return ("title", "target", "summary", "argument", "other_side", "standing")

    def wording(self, language: str) -> Wording:
        """What was typed, checked."""
        return Wording(language=language, **{name: self.cleaned_data[name] for name in self.tidied()})

    def sketch(self) -> PetitionText:
        """What was typed so far, finished or not, for the preview."""
        typed = {name: self.data.get(name) or "" for name in self.fields}
        return PetitionText(language=self.instance.language, **typed)


def draft_of(petition: PetitionForm, words: PetitionTextForm) -> Draft:
    """Both forms together, checked."""
    typed = petition.cleaned_data
    return Draft(slug=typed["slug"], goal=typed["goal"], treaty=typed["treaty"], wording=words.wording("en"))


class LetterTemplateForm(_TidyForm):
    """Words we offer to a constituent."""

    class Meta:
        model = LetterTemplate
        fields = ["tone", "language", "subject", "body", "position"]
        widgets = {"body": forms.Textarea(attrs={"rows": 16})}
        labels = {"position": _("place in the list")}
        help_texts = {
            "tone": _("What tells it from the others, like: Civil liberties."),
            "position": _("The lowest number is offered first."),
        }

    def tidied(self) -> tuple[str, ...]:
        """What constituents and offices read."""
        return ("tone", "subject", "body")

    def clean(self) -> dict[str, Any]:
        """A placeholder we don't know is a fault of its field."""
        cleaned = super().clean()
        written = offering.Offer("", "", cleaned.get("subject", ""), cleaned.get("body", ""))
        for refusal in offering.faults(written):
            self.add_error(refusal.field, str(refusal.detail))
        return cleaned

    def offer(self) -> offering.Offer:
        """What was typed, checked."""
        return offering.Offer(**{name: self.cleaned_data[name] for name in self.fields})

    def sketch(self) -> LetterTemplate:
        """What was typed so far, for the preview."""
        typed = {name: self.data.get(name) or "" for name in ("tone", "subject", "body")}
        language = self.data.get("language") or "en"
        return LetterTemplate(petition=self.instance.petition, language=language, **typed)


class SeatForm(forms.Form):
    """For which seat a letter template is previewed."""

    seat = forms.TypedChoiceField(label=_("Preview for"), coerce=int, required=False)
    seat.widget.attrs["form"] = "words"

    def __init__(self, *args: Any, seats: list[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = [(seat.pk, _seat_name(seat)) for seat in seats]  # type: ignore[attr-defined]


def _seat_name(seat: Seat) -> str:
    return f"{seat.label}: {seat.holder.official_name}" if seat.holder else f"{seat.label} ({_('vacant')})"


_STATUS_NAMES = {
    "confirmed": _("confirmed"),
    "pending": _("pending"),
    "quarantined": _("quarantined"),
    "invalidated": _("invalidated"),
    "withdrawn": _("withdrawn"),
}


class FilterForm(forms.Form):
    """Which signatures to look at."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    source = forms.CharField(label=_("Source"), required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses = [(name, _STATUS_NAMES[name]) for name in exporting.STATUSES]
        self.fields["status"].choices = [("", _("Any")), *statuses]  # type: ignore[attr-defined]
        states = [(state, name) for state, name in usps.CHOICES if state in usps.RESIDENCES]
        self.fields["state"].choices = [("", _("Any")), *states]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, str]:
        """What was chosen, without what was left open."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class FindForm(forms.Form):
    """One person, by their exact address: names are sealed and can't be searched."""

    email = forms.CharField(label=_("Find by e-mail address"), max_length=emails.LONGEST)
    email.widget.input_type = "email"

    def clean_email(self) -> str:
        """The address as it is kept."""
        return _tidy_email(self.cleaned_data["email"])


class OfficeEmailForm(forms.Form):
    """An address of a senator's office, which somebody here found."""

    email = forms.CharField(label=_("The office's e-mail address"), max_length=emails.LONGEST)
    email.widget.input_type = "email"

    def clean_email(self) -> str:
        """The address as it is kept."""
        return _tidy_email(self.cleaned_data["email"])


def _tidy_email(typed: str) -> str:
    try:
        return emails.tidy(typed)
    except emails.BadMailbox as error:
        sentence = _("We can't write to this address. It should look like name@example.org.")
        raise forms.ValidationError(sentence) from error


def other_languages() -> list[tuple[str, Any]]:
    """The languages a petition may be put into besides English."""
    return [(code, name) for code, name in languages.offered() if code != "en"]
