"""What is kept of the updates that a person was sent, in a form they can take elsewhere."""

import uuid
from typing import Any

from campaign.delivery.models import Delivery, Kind
from campaign.mailings.models import Mailing


def updates_of(supporter_id: uuid.UUID) -> list[dict[str, Any]]:
    """Each update that was queued for them: about which petition, its subject, and what became of it."""
    rows = list(Delivery.objects.filter(mailbox=supporter_id, kind=Kind.MAILING).order_by("created_at"))
    mailings = Mailing.objects.select_related("petition").prefetch_related("versions")
    known = {mailing.pk: mailing for mailing in mailings.filter(pk__in=[row.series_id for row in rows])}
    return [_update(row, known[row.series_id]) for row in rows if row.series_id in known]


def _update(delivery: Delivery, mailing: Mailing) -> dict[str, Any]:
    version = delivery.about.get("version", "A")
    return {
        "petition": mailing.petition.slug,
        "subject": next((each.subject for each in mailing.versions.all() if each.name == version), ""),
        "status": delivery.status,
        "reported": delivery.reported,
        "handed_over_at": delivery.handed_off_at,
    }
