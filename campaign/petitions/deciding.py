"""Deciding about signatures: what an organizer lets stand and what not. Each decision can be taken back.

The tallies follow within seconds: counting.py finds the rows by their state.
"""

import uuid

import structlog
from django.db.models.functions import Now

from campaign.organizers.models import Organizer
from campaign.petitions.models import Signature

log = structlog.get_logger(__name__)
HELD_BY_AN_ORGANIZER = "organizer"


def hold(signature_id: uuid.UUID, by: Organizer) -> bool:
    """Quarantine a signature that stands or waits; its signer sees nothing different.

    The second time, and for one that was withdrawn or invalidated, nothing changes: False.
    """
    rows = Signature.objects.filter(pk=signature_id, quarantined_at=None, invalidated_at=None, withdrawn_at=None)
    return _decided("held", signature_id, by, rows.update(quarantined_at=Now(), quarantine_reason=HELD_BY_AN_ORGANIZER))


def release(signature_id: uuid.UUID, by: Organizer) -> bool:
    """End a quarantine: a confirmed signature counts, a pending one waits for its owner. The second time: False."""
    rows = Signature.objects.filter(pk=signature_id, quarantined_at__isnull=False)
    return _decided("released", signature_id, by, rows.update(quarantined_at=None, quarantine_reason=""))


def invalidate(signature_id: uuid.UUID, by: Organizer) -> bool:
    """Take a signature out for fraud; the row stays. The second time, and for one that was withdrawn: False."""
    rows = Signature.objects.filter(pk=signature_id, invalidated_at=None, withdrawn_at=None)
    return _decided("invalidated", signature_id, by, rows.update(invalidated_at=Now()))


def reinstate(signature_id: uuid.UUID, by: Organizer) -> bool:
    """Take an invalidation back; a quarantine from before still holds. The second time: False."""
    rows = Signature.objects.filter(pk=signature_id, invalidated_at__isnull=False)
    return _decided("reinstated", signature_id, by, rows.update(invalidated_at=None))


def _decided(what: str, signature_id: uuid.UUID, by: Organizer, rows: int) -> bool:
    if rows:
        log.info(f"signature {what}", signature=str(signature_id), organizer=by.pk)
    return bool(rows)
