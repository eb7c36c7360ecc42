"""Rules about many rows of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from campaign.treaties.models import Position, StageChange, Treaty  # noqa: F401 named in quotes


class TreatyQuerySet(models.QuerySet["Treaty"]):
    """Many treaties."""

    def with_story(self) -> Self:
        """With their texts and stage changes, in two more queries."""
        return self.prefetch_related("texts", "stage_changes")


class StageChangeQuerySet(models.QuerySet["StageChange"]):
    """Many stage changes."""

    def standing(self) -> Self:
        """Those that nobody retracted."""
        return self.filter(retracted_at=None)


class PositionQuerySet(models.QuerySet["Position"]):
    """Many positions."""

    def current(self) -> Self:
        """Those that no later one superseded."""
        return self.filter(superseded_at=None)
