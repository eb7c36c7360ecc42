"""Which mailing an address of the desk means."""

from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from campaign.mailings.models import Mailing, MailingQuerySet, Stage

BEFORE_START = (Stage.DRAFT, Stage.ASKED, Stage.APPROVED, Stage.SCHEDULED)
SPIKES = ("bounces", "complaints")
OVER = (Stage.FINISHED, Stage.CANCELLED)
_PEOPLE = ("edited_by", "asked_by", "approved_by", "scheduled_by", "cancelled_by", "chosen_by")


def with_all() -> MailingQuerySet:
    """Mailings with everything that a line about one says."""
    return Mailing.objects.select_related("petition", "partner", "series", *_PEOPLE).prefetch_related("petition__texts")


def find(pk: UUID) -> Mailing:
    """The mailing with its versions; 404 for one that does not exist."""
    return get_object_or_404(with_all().prefetch_related("versions"), pk=pk)


def to_decide() -> list[Mailing]:
    """Mailings that wait for somebody: to be approved, to choose between A and B, or because a spike stopped them."""
    waits = Q(asked_at__isnull=False, approved_at=None, started_at=None) | Q(started_at__isnull=False)
    found = Mailing.objects.select_related("series").filter(waits, cancelled_at=None, finished_at=None)
    return [mailing for mailing in found if mailing.status in (Stage.ASKED, Stage.DECIDING) or is_spiking(mailing)]


def is_spiking(mailing: Mailing) -> bool:
    """Whether it stopped by itself and nobody let it go on."""
    series = mailing.series
    return bool(series and series.held_at and not series.ended_at and series.held_reason in SPIKES)
