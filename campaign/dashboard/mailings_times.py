"""When a mailing leaves: times of UTC, and the same on the clocks of the country."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

SOON = timedelta(minutes=10)
AHEAD = timedelta(days=366)
EAST, WEST = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")


def on_walls(moment: datetime) -> dict[str, str]:
    """The same moment in the east and in the west; the day as well where it is another one."""
    found = {}
    for name, zone in (("east", EAST), ("west", WEST)):
        there = moment.astimezone(zone)
        day = "" if there.date() == moment.date() else date_format(there, "l") + " "
        found[name] = day + date_format(there, "H:i")
    return found


def clocks(moment: datetime) -> str:
    """A time of UTC on two clocks that people in the country have on their walls."""
    return str(_("That is %(east)s in New York and %(west)s in Los Angeles.")) % on_walls(moment)


def said(moment: datetime) -> str:
    """What is said once somebody chose when."""
    if moment <= timezone.now():
        return str(_("It begins within seconds."))
    if moment <= timezone.now() + SOON:
        return str(_("It leaves in ten minutes. Until then you can take it back."))
    at = date_format(moment, pgettext("of a day and a time", "l, j F Y, H:i"))
    return str(_("It leaves on %(at)s UTC.")) % {"at": at} + " " + clocks(moment)


class When(forms.Form):
    """When a mailing leaves."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("soon", _("In ten minutes: until then you can take it back")),
            ("now", _("Now")),
            ("at", _("At this time:")),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    time = forms.TimeField(
        label=_("Time (UTC)"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )

    def clean(self) -> dict[str, Any]:
        """A time that is to come, and not so far away that it is a slip."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") != "at" and {"day", "time"} & set(self.changed_data):
            self.add_error("when", _("You typed a time. Choose “At this time”, or empty it."))
        if cleaned.get("when") != "at" or self.errors:
            return cleaned
        for name in ("day", "time"):
            if cleaned.get(name) is None:
                self.add_error(name, _("Please fill this in, or choose another answer above."))
        if not self.errors and not timezone.now() < self.moment <= timezone.now() + AHEAD:
            self.add_error("day", _("Please choose a time that is to come, within a year."))
        return cleaned

    @classmethod
    def of(cls, moment: datetime | None, typed: Mapping[str, Any] | None = None) -> "When":
        """What is typed, or as it was said before; in ten minutes where nothing was."""
        if moment is None or moment <= timezone.now():
            return cls(typed, initial={"when": "soon"})
        utc = moment.astimezone(UTC)
        return cls(
            typed, initial={"when": "at", "day": utc.date(), "time": utc.time().replace(second=0, microsecond=0)}
        )

    @property
    def clock(self) -> list[forms.BoundField]:
        """The fields of a time."""
        return [self["day"], self["time"]]

    @property
    def moment(self) -> datetime:
        """When it leaves."""
        typed = self.cleaned_data
        if typed["when"] == "at":
            return datetime.combine(typed["day"], typed["time"], UTC)
        return timezone.now() + (SOON if typed["when"] == "soon" else timedelta(0))
