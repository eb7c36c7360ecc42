"""Which mailing an address of the desk means."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from campaign.mailings.models import Mailing, MailingQuerySet, Stage

BEFORE_START = (Stage.DRAFT, Stage.ASKED, Stage.APPROVED, Stage.SCHEDULED)
OVER = (Stage.FINISHED, Stage.CANCELLED)
_PEOPLE = ("edited_by", "asked_by", "approved_by", "scheduled_by", "cancelled_by", "chosen_by")


def with_all() -> MailingQuerySet:
    """Mailings with everything that a line about one says."""
    return Mailing.objects.select_related("petition", "partner", "series", *_PEOPLE).prefetch_related("petition__texts")


def find(pk: UUID) -> Mailing:
    """The mailing with its versions; 404 for one that does not exist."""
    return get_object_or_404(with_all().prefetch_related("versions"), pk=pk)
