"""What a person is told about their signatures when they ask for their data."""

import uuid
from typing import Any

from campaign.petitions.models import Signature


def signatures_of(supporter_id: uuid.UUID) -> list[dict[str, Any]]:
    """One entry for each petition, with what was typed there."""
    return [
        {
            "petition": signature.petition.slug,
            "status": signature.status_for_signer,
            "state": signature.state,
            "comment": signature.comment or "",
            "source": signature.source,
            "referrer": signature.referrer,
            "signed_at": signature.created_at,
            "confirmed_at": signature.confirmed_at,
            "withdrawn_at": signature.withdrawn_at,
        }
        for signature in Signature.objects.of_supporter(supporter_id)
    ]
