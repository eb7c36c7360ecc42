"""What organizers fill in about treaties: how a senator stands, which stage was reached, a whole sheet of positions.

Dates, sources and notes are checked by the deeds; what they refuse is put beside its field.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.lib.refusals import Refused
from campaign.treaties import checking
from campaign.treaties.models import Position, Stage, StageChange, Stance, Treaty


class _DeedForm(forms.Form):
    """A form whose values a deed checks."""

    def tell(self, refused: Refused) -> None:
        """Put what a deed refused beside its field."""
        for refusal in refused.refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.detail))


class _MadeUponForm(_DeedForm):
    """`seen` is the row that the form was made upon; empty where there was none."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=2**62)

    @property
    def row_seen(self) -> int | None:
        """The key of the row that the form was made upon."""
        seen: int | None = self.cleaned_data["seen"]
        return seen

    def is_now_upon(self, row: Position | StageChange | None) -> None:
        """The next try of a form that was overtaken starts from this row, which its page shows."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = typed | {"seen": str(row.pk) if row else ""}


def _date_field(label: Any, help_text: Any) -> forms.DateField:
    # Browsers take and send the value of such a field as 2026-03-04, in every language.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, input_formats=["%Y-%m-%d"])


def _source_field(help_text: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=pgettext_lazy("of a fact", "Source"),
        max_length=checking.LONGEST_SOURCE,
        required=required,
        help_text=help_text,
        widget=forms.URLInput,
    )


def _note_field(longest: int, help_text: Any) -> forms.CharField:
    return forms.CharField(label=_("Note"), max_length=longest, required=False, help_text=help_text)


class PositionForm(_MadeUponForm):
    """How one senator stands."""

    stance = forms.ChoiceField(label=_("Position"), choices=Stance.choices)
    stated_on = _date_field(_("Date"), _("The day they said or did it."))
    source_url = _source_field(
        _("The address of a public page that says so. Only “Unknown” needs none."), required=False
    )
    note = _note_field(checking.LONGEST_NOTE, _("Public, at most 300 characters."))
    field_order = ("stance", "stated_on", "source_url", "note", "seen")

    @classmethod
    def of(cls, position: Position | None) -> "PositionForm":
        """As it stands now."""
        if position is None:
            return cls(initial={"stance": Stance.UNKNOWN})
        kept = {name: getattr(position, name) for name in ("stance", "stated_on", "source_url", "note")}
        return cls(initial=kept | {"seen": position.pk})


class StageForm(_MadeUponForm):
    """A stage that a treaty reached."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    happened_on = _date_field(_("Date"), _("The day it happened."))
    source_url = _source_field(_("The address of a public page that says so."), required=True)
    note = _note_field(checking.LONGEST_STAGE_NOTE, _("Public, at most 500 characters."))
    field_order = ("stage", "happened_on", "source_url", "note", "seen")

    @classmethod
    def upon(cls, current: StageChange | None) -> "StageForm":
        """An empty one, made upon what stands now."""
        return cls(initial={"seen": current.pk if current else None})


class RollForm(forms.Form):
    """Which of the hundred seats to look at."""

    q = forms.CharField(label=_("State or name"), required=False, max_length=60)
    position = forms.ChoiceField(
        label=_("Position"), required=False, choices=[("", _("Any")), *Stance.choices, ("nobody", _("No holder known"))]
    )
    committee = forms.BooleanField(label=_("Foreign Relations only"), required=False)
    q.widget.input_type = "search"


class NumberForm(_DeedForm):
    """Which treaty document a treaty became."""

    congress_received = forms.IntegerField(label=_("Congress"), help_text=_("The one that received it, like 119."))
    number = forms.IntegerField(label=_("Number"), help_text=_("Of Treaty Document 119-1 it is 1."))

    @classmethod
    def of(cls, treaty: Treaty) -> "NumberForm":
        """As it is now."""
        return cls(initial={"congress_received": treaty.congress_received, "number": treaty.number})


class SheetForm(forms.Form):
    """A CSV of positions, as a file or pasted."""

    file = forms.FileField(label=_("CSV file"), required=False)
    pasted = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file.widget.attrs["accept"] = ".csv,text/csv,text/plain"

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("file") is None and not self.errors and not (cleaned.get("pasted") or "").strip():
            self.add_error("file", _("Please choose a file, or paste its text below."))
        return cleaned

    def content(self) -> bytes:
        """What is to be read; of the file where both were given. The same when a browser brings it back as text."""
        found = self.cleaned_data.get("file")
        return _as_browsers_bring_it(found.read() if found is not None else self.cleaned_data["pasted"].encode())


def _as_browsers_bring_it(content: bytes) -> bytes:
    """A browser sends every line end as \\r\\n, whatever the file had: what comes back must be what was looked over."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removeprefix(b"\xef\xbb\xbf")
