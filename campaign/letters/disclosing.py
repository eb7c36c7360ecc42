"""What a person is told about their letters when they ask for their data."""

import uuid
from typing import Any

from campaign.letters.models import Letter


def letters_of(supporter_id: uuid.UUID) -> list[dict[str, Any]]:
    """One entry for each letter, with its exact text, what was agreed to, and what became of it."""
    letters = Letter.objects.of_supporter(supporter_id)
    return [
        {
            "petition": letter.petition.slug,
            "seat": letter.seat.label,
            "subject": letter.subject,
            "body": letter.body,
            "sha256": letter.sha256,
            "wording": letter.wording,
            "written_at": letter.written_at,
            "events": [
                {"at": event.at, "what": str(event.sentence)}
                for dispatch in letter.dispatches.all()
                for event in dispatch.events
            ],
        }
        for letter in letters
    ]
