"""Asking for an export: the row first, then the worker."""

from django.db import transaction
from kombu.exceptions import OperationalError

from campaign.organizers.models import Organizer
from campaign.petitions import exporting
from campaign.petitions.models import Export, Petition
from campaign.petitions.tasks import export as export_task


def ask_for_export(petition: Petition, filters: dict[str, str], organizer: Organizer) -> Export:
    """A new export of the signatures that fit; the worker begins at once, or the sweeper within five minutes."""
    export = Export.objects.create(
        petition=petition,
        asked_by=organizer,
        filters=filters,
        rows_expected=exporting.chosen(petition, filters).count(),
    )
    transaction.on_commit(lambda: _wake(export.pk))
    return export


def _wake(export_id: int) -> None:
    try:
        export_task.apply_async([export_id], retry=False)
    except (OperationalError, OSError):
        return  # the sweeper finds the row
