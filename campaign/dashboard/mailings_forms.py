"""What organizers fill in about a mailing: whom it goes to and what it says."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaign.lib import languages, text, usps
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings import rendering
from campaign.mailings.drafting import Draft, Whom, Words
from campaign.mailings.fields import Cause
from campaign.mailings.models import LONGEST_BODY, LONGEST_SUBJECT, Mailing, Wrote
from campaign.mailings.rendering import Source
from campaign.partners.models import Partner
from campaign.petitions.models import Petition

USUAL_SAMPLE, LARGEST_SAMPLE = 10, 50
_STATES = [(state, name) for state, name in usps.CHOICES if state in usps.RESIDENCES]


class PetitionChoice(forms.ModelChoiceField):
    """A petition by its ask."""

    def label_from_instance(self, obj: Petition) -> str:
        """In the reader's language."""
        return obj.text_in().title


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST_BODY})


class MailingForm(forms.Form):
    """A mailing: its audience, its words, and the words of a version B where two are compared."""

    title = forms.CharField(
        label=_("Name, for the desk only"), max_length=120, help_text=_("Like: What the committee said in March.")
    )
    petition = PetitionChoice(
        label=_("Petition"),
        queryset=Petition.objects.none(),
        empty_label=None,
        help_text=_("It goes to people who signed this petition, confirmed it and asked for updates."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=languages.offered, help_text=_("Only those who signed in this language get it.")
    )
    wrote = forms.ChoiceField(label=_("Letters"), choices=Wrote.choices, required=False)
    confirmed_since = forms.DateField(
        label=_("Confirmed since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("Only those who confirmed on this day (UTC) or later."),
    )
    partner = forms.ModelChoiceField(
        label=_("Partner"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("everybody, whichever site they signed on"),
        help_text=_("Only those who signed on this partner's site."),
    )
    states = forms.MultipleChoiceField(
        label=_("States"), choices=_STATES, required=False, widget=forms.CheckboxSelectMultiple
    )
    subject_a = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body_a = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=_area(16),
        help_text=_("Markdown: a blank line begins a paragraph, ## a heading, [words](https://…) a link."),
    )
    subject_b = forms.CharField(
        label=_("Subject of B"), max_length=LONGEST_SUBJECT, required=False, help_text=_("Empty: the same as A.")
    )
    body_b = forms.CharField(
        label=_("Text of B"),
        max_length=LONGEST_BODY,
        required=False,
        widget=_area(10),
        help_text=_("Empty: the same as A."),
    )
    sample_percent = forms.IntegerField(
        label=_("Share of each version in the test, in per cent"),
        required=False,
        min_value=1,
        max_value=LARGEST_SAMPLE,
        initial=USUAL_SAMPLE,
        help_text=_("With 10, a tenth gets A, a tenth gets B, and the rest waits for the choice."),
    )
    # What the form was made upon: somebody else's change meanwhile is not written over.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    WHOM = ("petition", "language", "wrote", "confirmed_since", "partner")
    WORDS = ("subject_a", "body_a")
    COMPARED = ("subject_b", "body_b", "sample_percent")

    def __init__(self, *args: Any, upon: Mailing | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if upon is not None:  # whose petition stays: it is another mailing otherwise
            self.fields["petition"].disabled = True
            self.initial["petition"] = upon.petition_id
        petitions = Petition.objects.with_texts().exclude(opened_at=None).order_by("closed_at", "-created_at")
        self.fields["petition"].queryset = petitions  # type: ignore[attr-defined]
        self.fields["partner"].queryset = Partner.objects.order_by("name")  # type: ignore[attr-defined]
        for name in ("subject_a", "subject_b"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def whom(self) -> list[forms.BoundField]:
        """The fields that choose the audience, but for the states."""
        return [self[name] for name in self.WHOM]

    @property
    def words(self) -> list[forms.BoundField]:
        """What it says."""
        return [self[name] for name in self.WORDS]

    @property
    def compared(self) -> list[forms.BoundField]:
        """What version B says, and how many get it first."""
        return [self[name] for name in self.COMPARED]

    @property
    def has_b(self) -> bool:
        """Whether anything of a version B was typed, finished or not."""
        return any((self[name].value() or "").strip() for name in ("subject_b", "body_b"))

    @property
    def chosen_states(self) -> list[str]:
        """The names of the states that are ticked, finished or not."""
        return [usps.NAMES[state] for state in self["states"].value() or [] if state in usps.NAMES]

    def clean(self) -> dict[str, Any]:
        """Tidy what was typed; a version B that says what A says is none."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("title", "subject_a", "subject_b", "body_a", "body_b"):
            if name in cleaned:
                self._tidy(name, cleaned)
        if cleaned.get("subject_b") or cleaned.get("body_b"):
            self._complete_b(cleaned)
        if "petition" in cleaned and "language" in cleaned:
            self._try_out(cleaned)
        return cleaned

    def _tidy(self, name: str, cleaned: dict[str, Any]) -> None:
        value = cleaned[name] if name.startswith("body") else " ".join(cleaned[name].split())
        found = text.paragraphs(name, value, len(value), links=True)
        if isinstance(found, Refusal):
            self.add_error(name, str(found.detail))
        else:
            cleaned[name] = found

    def _complete_b(self, cleaned: dict[str, Any]) -> None:
        b = {name: cleaned.get(f"{name}_b") or cleaned.get(f"{name}_a", "") for name in ("subject", "body")}
        if b == {name: cleaned.get(f"{name}_a", "") for name in b}:
            self.add_error("subject_b", _("B says the same as A. Change one of them, or empty both fields of B."))
        if cleaned.get("sample_percent") is None and "sample_percent" not in self.errors:
            self.add_error("sample_percent", _("Please say how many get each version first: 1 to 50 per cent."))

    def _try_out(self, cleaned: dict[str, Any]) -> None:
        """What can't be rendered stands beside its field, with its place: unknown fields, links that lead nowhere."""
        cause = Cause.of(cleaned["petition"], cleaned["language"])
        typed = {name: cleaned.get(name, "") for name in (*self.WORDS, *self.COMPARED)}
        for name in ("a", "b") if typed["subject_b"] or typed["body_b"] else ("a",):
            subject, body = (typed[f"{each}_{name}"] or typed[f"{each}_a"] for each in ("subject", "body"))
            try:
                rendering.compiled(Source.about(subject, body, cause))
            except Refused as refused:
                for refusal in refused.refusals:
                    if typed[f"{refusal.field}_{name}"]:  # a fault that B has from A is A's
                        self.add_error(f"{refusal.field}_{name}", str(refusal.detail))

    def tell(self, refused: Refused) -> None:
        """Put what a deed refused beside its field."""
        for refusal in refused.refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.detail))

    @property
    def has_petitions(self) -> bool:
        """Whether anybody can be written to at all."""
        return bool(self.fields["petition"].choices)  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """What was typed, checked."""
        typed = self.cleaned_data
        b = {name: typed[f"{name}_b"] or typed[f"{name}_a"] for name in ("subject", "body")}
        is_compared = bool(typed["subject_b"] or typed["body_b"])
        whom = Whom(
            language=typed["language"],
            states=tuple(typed["states"]),
            confirmed_since=typed["confirmed_since"],
            wrote=typed["wrote"],
            partner=typed["partner"],
            sample_percent=typed["sample_percent"] if is_compared else 0,
        )
        a = Words(typed["subject_a"], typed["body_a"])
        return Draft(title=typed["title"], whom=whom, a=a, b=Words(**b) if is_compared else None)

    def sketched_petition(self) -> Petition | None:
        """The petition that is chosen so far."""
        chosen = str(self["petition"].value() or "")
        petitions = self.fields["petition"].queryset  # type: ignore[attr-defined]
        return next((each for each in petitions if str(each.pk) == chosen), None) or next(iter(petitions), None)

    def sketched_language(self) -> str:
        """The language that is chosen so far."""
        chosen = str(self["language"].value() or "")
        return chosen if chosen in dict(languages.offered()) else "en"

    def sketched_words(self) -> list[tuple[str, Words]]:
        """What was typed so far, finished or not."""
        typed = {name: (self[name].value() or "").replace("\r\n", "\n") for name in (*self.WORDS, *self.COMPARED[:2])}
        found = [("A", Words(typed["subject_a"], typed["body_a"]))]
        if self.has_b:
            b = Words(typed["subject_b"].strip() or typed["subject_a"], typed["body_b"].strip() or typed["body_a"])
            found.append(("B", b))
        return found

    def is_upon(self, mailing: Mailing) -> bool:
        """Whether the form was made upon the mailing as it stands now; says so where it was not."""
        seen = self.cleaned_data["seen"]
        if seen in ("", mailing.digest):
            return True
        self.add_error(None, _("Somebody changed this mailing meanwhile. Look at it before you save yours over it."))
        assert isinstance(self.data, QueryDict)  # noqa: S101 for the type checker
        typed = self.data.copy()
        typed["seen"] = mailing.digest
        self.data = typed
        return False

    @classmethod
    def empty(cls, petition_slug: str) -> "MailingForm":
        """A new one, about the petition with this address if there is one."""
        petition = Petition.objects.filter(slug=petition_slug).first() if petition_slug else None
        return cls(initial={"petition": petition.pk} if petition else {})

    @classmethod
    def of(cls, mailing: Mailing) -> "MailingForm":
        """As it stands now."""
        kept = {name: getattr(mailing, name) for name in ("title", "language", "wrote", "confirmed_since", "states")}
        initial: dict[str, Any] = kept | {"petition": mailing.petition_id, "partner": mailing.partner_id}
        for version in mailing.versions.all():
            initial |= {f"{name}_{version.name.lower()}": getattr(version, name) for name in ("subject", "body")}
        if mailing.is_compared:
            initial["sample_percent"] = mailing.sample_percent
        return cls(initial=initial | {"seen": mailing.digest}, upon=mailing)
