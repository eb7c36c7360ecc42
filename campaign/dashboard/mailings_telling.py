"""What the pages of mailings say in words: whom one goes to, why it stands still, what the next step does."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard.mailings_finding import is_spiking
from campaign.lib import usps
from campaign.mailings.comparing import ENOUGH
from campaign.mailings.models import Mailing, Stage, Wrote
from campaign.mailings.progress import Arm, Progress, evidence_of
from campaign.organizers.models import Organizer


@dataclass(frozen=True)
class Notice:
    """Something somebody has to know, with what to do."""

    title: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class Sure:
    """The page between a button and what can't be undone: what it does and to how many people."""

    title: str
    sentences: Sequence[str]
    button: str
    back: str
    too_late: str = ""


def grouped(number: int) -> str:
    """4213 as 4,213."""
    return f"{number:,}"


def whom(mailing: Mailing) -> str:
    """Whom it goes to, in half a sentence."""
    said = [_("in %(language)s") % {"language": mailing.get_language_display()}]
    if mailing.states:
        names = sorted(usps.NAMES.get(state, state) for state in mailing.states)
        said.append(_("living in %(states)s") % {"states": ", ".join(names)})
    if mailing.confirmed_since:
        day = date_format(mailing.confirmed_since, "DATE_FORMAT")
        said.append(_("confirmed on %(day)s or later") % {"day": day})
    if mailing.wrote:
        said.append(str(Wrote(mailing.wrote).label))
    if mailing.partner:
        said.append(_("signed on the site of %(partner)s") % {"partner": mailing.partner.name})
    return "; ".join(said)


def why_not_approve(mailing: Mailing, organizer: Organizer) -> str:
    """Why this person can't approve it; empty where they can."""
    if mailing.asked_by_id == organizer.pk:
        return _("You asked for approval, so somebody else has to read and approve it.")
    if mailing.edited_by_id == organizer.pk:
        return _("You changed it last, so somebody else has to read and approve it.")
    return ""


def held(mailing: Mailing) -> Notice | None:
    """What to know about a mailing that stopped by itself; None where it didn't."""
    series = mailing.series
    if series is None or series.held_at is None or not is_spiking(mailing):
        return None
    at = date_format(series.held_at, "DATETIME_FORMAT")
    if mailing.finished_at:
        return _too_late(at, is_bounced=series.held_reason == "bounces")
    if series.held_reason == "bounces":
        return Notice(
            _("Paused by itself at %(at)s UTC: too many bounces.") % {"at": at},
            [
                _("More than 5 % of the last 500 mails came back. Going on could get our mail refused everywhere."),
                _(
                    "Look first: did the addresses come from one partner or one day? Is our mail server refused by a"
                    " large provider? Then go on, or cancel it. Nothing leaves until you decide."
                ),
            ],
        )
    return Notice(
        _("Paused by itself at %(at)s UTC: too many complaints.") % {"at": at},
        [
            _("More than 0.3 % of the last 500 readers called it spam. They get nothing from us any more."),
            _(
                "Look first: does it say who we are and why they get it? Did these people ask for updates? Then go on,"
                " or cancel it. Nothing leaves until you decide."
            ),
        ],
    )


def _too_late(at: str, *, is_bounced: bool) -> Notice:
    """Nothing is left to pause; the next mailing can still be better."""
    if is_bounced:
        return Notice(
            _("Too many bounces, known at %(at)s UTC, when all of it had left.") % {"at": at},
            [_("More than 5 % of the last 500 mails came back. Look where these addresses came from before the next.")],
        )
    return Notice(
        _("Too many complaints, known at %(at)s UTC, when all of it had left.") % {"at": at},
        [_("More than 0.3 % of the last 500 readers called it spam. They get nothing from us any more.")],
    )


def how_far(mailing: Mailing, progress: Progress) -> str:
    """Where it stands, in a sentence or two."""
    status, total = mailing.status, grouped(progress.audience)
    done = grouped(progress.audience - progress.waiting)
    if status == Stage.FINISHED:
        return _("Finished: all %(total)s mails are done.") % {"total": total}
    if status == Stage.CANCELLED:
        return _("Cancelled: %(done)s of %(total)s mails had left.") % {
            "done": grouped(progress.accepted),
            "total": total,
        }
    if status == Stage.PAUSED:
        return _("Paused: %(done)s of %(total)s mails are done, the others wait.") % {"done": done, "total": total}
    if status == Stage.DECIDING and not progress.waiting:
        return _("The test is out: %(done)s mails are done. The rest waits for the choice.") % {"done": done}
    if mailing.queued_at is None:
        return _("The audience is being queued: %(total)s so far.") % {"total": total}
    said = _("Running: %(done)s of %(total)s mails are done.") % {"done": done, "total": total}
    if progress.ends_at and progress.ends_at > timezone.now():
        said += " " + _("About %(time)s to go.") % {"time": timeuntil(progress.ends_at, depth=1)}
    return said


def verdict(mailing: Mailing, arms: Sequence[Arm]) -> str:
    """How far the comparison is, in a sentence; empty where it is over."""
    if mailing.chosen:
        return ""
    so_far = {f"wrote_{arm.name.lower()}": grouped(arm.wrote) for arm in arms}
    strength = f"{min(evidence_of(mailing), ENOUGH):.1f}"
    said = _(
        "Letters so far: %(wrote_a)s after A, %(wrote_b)s after B. The lead weighs %(strength)s; %(enough)s is enough."
    )
    return said % (so_far | {"strength": strength, "enough": f"{ENOUGH:.0f}"})


def cancelling(mailing: Mailing, waiting: int, audience: int) -> Sure:
    """What cancelling does."""
    if mailing.started_at is None:
        sentences = [
            ngettext("%(n)s person gets nothing.", "%(n)s people get nothing.", audience) % {"n": grouped(audience)},
            _("Its words stay here to read. It can't be taken up again: write a new one instead."),
        ]
    else:
        sentences = [
            ngettext("%(n)s mail that still waits never leaves.", "%(n)s mails that still wait never leave.", waiting)
            % {"n": grouped(waiting)},
            _("What has left can't be called back."),
            _("It can't be taken up again. To stop for a while, pause it instead."),
        ]
    return Sure(
        title=_("Cancel “%(title)s”?") % {"title": mailing.title},
        sentences=sentences,
        button=_("Cancel the mailing"),
        back=_("Leave it as it is"),
        too_late="" if mailing.finished_at is None and mailing.cancelled_at is None else _("It is over already."),
    )


def going_on(mailing: Mailing, waiting: int) -> Sure:
    """What going on after a spike does."""
    return Sure(
        title=_("Let “%(title)s” go on?") % {"title": mailing.title},
        sentences=[
            *(notice.sentences if (notice := held(mailing)) else ()),
            ngettext("%(n)s mail that waits leaves.", "%(n)s mails that wait leave.", waiting)
            % {"n": grouped(waiting)},
            _("Only what leaves from now on is watched: what made it stop doesn't count again."),
        ],
        button=_("Go on sending"),
        back=_("Leave it paused"),
        too_late="" if mailing.status == Stage.PAUSED else _("It is not paused any more."),
    )


def choosing(mailing: Mailing, version: str, rest: int) -> Sure:
    """What choosing a version does."""
    too_late = ""
    if mailing.chosen:
        too_late = _("%(version)s was chosen already.") % {"version": mailing.chosen}
    elif mailing.queued_at is None:
        too_late = _("The test is not queued yet. Choose once it is.")
    return Sure(
        title=_("Send %(version)s to the rest?") % {"version": version},
        sentences=[
            ngettext("%(n)s person who waits gets %(version)s.", "%(n)s people who wait get %(version)s.", rest)
            % {"n": grouped(rest), "version": version},
            _("They are queued at once. This choice can't be changed."),
        ],
        button=_("Choose %(version)s") % {"version": version},
        back=_("Wait on"),
        too_late=too_late,
    )
