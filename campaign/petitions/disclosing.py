"""What a person is told about their signatures and our mail to them when they ask for their data."""

import uuid
from typing import Any

from campaign.delivery.models import Delivery, Suppression
from campaign.petitions.models import Petition, Signature


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


def mails_to(supporter_id: uuid.UUID) -> list[dict[str, Any]]:
    """One entry for each mail: what it was about, and what became of it. What it said is not kept."""
    deliveries = Delivery.objects.filter(mailbox=supporter_id).order_by("created_at", "pk")
    kept = ("recipe", "status", "reason", "created_at", "handed_off_at", "finished_at", "reported")
    return [dict(row) for row in deliveries.values(*kept)]


def stops_of(supporter_id: uuid.UUID) -> list[dict[str, Any]]:
    """What mail we must not send, why, and since when."""
    rows = list(Suppression.objects.standing().filter(mailbox=supporter_id).order_by("created_at", "pk"))
    slugs = dict(Petition.objects.filter(pk__in=[row.mailing_list for row in rows]).values_list("pk", "slug"))
    return [
        {
            "scope": row.scope,
            "petition": slugs.get(row.mailing_list, "") if row.mailing_list else "",
            "reason": row.reason,
            "since": row.created_at,
        }
        for row in rows
    ]
