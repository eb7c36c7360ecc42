"""Mail that waits, for stories about what stops it."""

import uuid
from typing import Any

from campaign.delivery.models import Delivery, Kind, Status


def receipt_waits(**fields: Any) -> Delivery:
    """A receipt that is due. Its recipe is never asked."""
    return Delivery.objects.create(
        **{"key": f"test:{uuid.uuid4()}", "kind": Kind.RECEIPT, "recipe": "signed", "mailbox": uuid.uuid4()} | fields
    )


def receipt_needs_a_look(status: Status, reason: str = "", **fields: Any) -> Delivery:
    """A receipt that is uncertain or dead."""
    return receipt_waits(status=status, reason=reason, attempts=1, **fields)
