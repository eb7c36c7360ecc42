"""Giving a person all that is kept about them, in a form they can take elsewhere."""

import uuid
from collections.abc import Callable
from typing import Any

from campaign.supporters.models import Supporter

Chapter = Callable[[uuid.UUID], list[dict[str, Any]]]
_chapters: dict[str, Chapter] = {}


def add(name: str, chapter: Chapter) -> None:
    """Register what a room upstairs keeps about a person. The same name twice is the later one."""
    _chapters[name] = chapter


def everything_about(supporter: Supporter) -> dict[str, Any]:
    """As plain values, ready for JSON. It changes nothing; twice is the same twice."""
    return {
        "given_name": supporter.given_name,
        "family_name": supporter.family_name,
        "email": supporter.email,
        "state": supporter.state,
        "postal_code": supporter.postal_code,
        "language": supporter.language,
        "created_at": supporter.created_at,
        "confirmed_at": supporter.confirmed_at,
        "consents": list(supporter.consents.order_by("pk").values("purpose", "wording", "given_at", "withdrawn_at")),
    } | {name: chapter(supporter.pk) for name, chapter in _chapters.items()}
