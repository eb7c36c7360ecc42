"""Exporting signatures as CSV, in the worker: piece by piece, so that it shows progress and survives a crash."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from campaign.lib.cells import safe_cell
from campaign.petitions.models import Export, ExportPiece, Petition, Signature

log = structlog.get_logger(__name__)
PIECE = 1000
KEPT_FOR = timedelta(hours=24)
STALLED_AFTER = timedelta(minutes=5)
COLUMNS = (
    "signed_at",
    "confirmed_at",
    "status",
    "given_name",
    "family_name",
    "email",
    "state",
    "postal_code",
    "comment",
    "source",
    "referrer",
    "partner",
    "takes_updates",
)
STATUSES: dict[str, Q] = {
    "pending": Q(confirmed_at=None, withdrawn_at=None, invalidated_at=None, quarantined_at=None),
    "confirmed": Q(confirmed_at__isnull=False, withdrawn_at=None, invalidated_at=None, quarantined_at=None),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "invalidated": Q(withdrawn_at=None, invalidated_at__isnull=False),
    "quarantined": Q(withdrawn_at=None, invalidated_at=None, quarantined_at__isnull=False),
}


def chosen(petition: Petition, filters: dict[str, str]) -> QuerySet[Signature]:
    """The petition's signatures that fit `status`, `state` and `source`, oldest first. Unknown values fit nothing."""
    found = petition.signatures.order_by("created_at", "id")
    if status := filters.get("status"):
        found = found.filter(STATUSES[status]) if status in STATUSES else found.none()
    if state := filters.get("state"):
        found = found.filter(state=state)
    if source := filters.get("source"):
        found = found.filter(source=source)
    return found


def write(export_id: int) -> None:
    """Write what is missing of an export, a thousand rows a transaction. A finished export is left as it is."""
    while _write_piece(export_id):
        pass


def _write_piece(export_id: int) -> bool:
    """One more piece; False when there is nothing more to do. Two workers at once: the second passes."""
    with transaction.atomic():
        export = Export.objects.select_for_update(skip_locked=True).filter(pk=export_id, finished_at=None).first()
        if export is None:
            return False
        last = export.pieces.defer("content").last()
        rows = chosen(export.petition, export.filters)
        if last is not None:
            behind = Q(created_at=last.after_created_at, id__gt=last.after_id) | Q(created_at__gt=last.after_created_at)
            rows = rows.filter(behind)
        found = list(rows.select_related("supporter", "partner").prefetch_related("supporter__consents")[:PIECE])
        if found:
            ExportPiece.objects.create(
                export=export,
                number=last.number + 1 if last else 1,
                content=_csv(_cells(signature) for signature in found),
                after_created_at=found[-1].created_at,
                after_id=found[-1].pk,
            )
        export.rows_written += len(found)
        changes: dict[str, Any] = {"rows_written": export.rows_written, "moved_at": Now()}
        if len(found) < PIECE:
            changes["finished_at"] = Now()
            log.info("export finished", export=export.pk, rows=export.rows_written)
        Export.objects.filter(pk=export.pk).update(**changes)
        return len(found) == PIECE


def _cells(signature: Signature) -> tuple[object, ...]:
    supporter = signature.supporter
    return (
        signature.created_at.isoformat(timespec="seconds"),
        signature.confirmed_at.isoformat(timespec="seconds") if signature.confirmed_at else "",
        signature.status,
        supporter.given_name,
        supporter.family_name,
        supporter.email,
        signature.state,
        supporter.postal_code,
        signature.comment,
        signature.source,
        signature.referrer,
        signature.partner.slug if signature.partner else "",
        "yes" if any(consent.withdrawn_at is None for consent in supporter.consents.all()) else "no",
    )


def _csv(rows: Iterator[tuple[object, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def content(export: Export) -> Iterator[str]:
    """The whole file, piece by piece, with its heading."""
    yield ",".join(COLUMNS) + "\r\n"
    for piece in export.pieces.order_by("number").iterator(chunk_size=1):
        yield piece.content


def sweep() -> None:
    """Go on with exports that a dead worker left, and delete those older than a day. Twice is once."""
    Export.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    for export_id in Export.objects.filter(finished_at=None, moved_at__lt=Now() - STALLED_AFTER).values_list(
        "pk", flat=True
    ):
        write(export_id)
