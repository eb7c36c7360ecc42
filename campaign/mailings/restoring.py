"""Restoring: what a mailing must not do in a database that was brought back to an earlier moment."""

from campaign.mailings.models import Mailing


def take_back_schedules() -> int:
    """Mailings whose time has come and that did not start, as far as this database knows, are scheduled no longer.

    They may have left since the backup: a person looks, and schedules them again. The second time: 0.
    """
    return Mailing.objects.to_start().update(scheduled_at=None, scheduled_by=None)
