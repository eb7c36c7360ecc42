"""Series: deliveries that belong together, are held, resumed and let go together, and whose fates are counted."""

import uuid
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models.functions import Now


class SeriesQuerySet(models.QuerySet["Series"]):
    """Many series."""

    def running(self) -> Self:
        """Those of which mail may leave now."""
        return self.filter(held_at=None, ended_at=None)

    def hold(self, series_id: uuid.UUID, reason: str) -> bool:
        """Nothing of it leaves until it is resumed. The second time keeps the first reason: False."""
        held = self.filter(pk=series_id, held_at=None, ended_at=None)
        return bool(held.update(held_at=Now(), held_reason=reason[:80]))

    def resume(self, series_id: uuid.UUID) -> bool:
        """It goes on. The second time: False. What made it stop once is not looked at again: see `watched_from`."""
        held = self.filter(pk=series_id, ended_at=None).exclude(held_at=None)
        return bool(held.update(held_at=None, held_reason="", watched_from=Now()))

    def end(self, series_id: uuid.UUID) -> bool:
        """Nothing more of it ever leaves; the sweeper lets go of what waits. The second time: False."""
        return bool(self.filter(pk=series_id, ended_at=None).update(ended_at=Now()))

    def recount(self, ids: Iterable[uuid.UUID]) -> None:
        """What they were counted to be is no longer so: the job counts them at its next look. Twice is once."""
        for series_id in sorted(ids):  # one after the other, in the order in which the job counts them: no deadlock
            self.filter(pk=series_id).exclude(tallied_at=None).update(tallied_at=None)


class Series(models.Model):
    """A run of deliveries: a mailing. `tally` says how many stand where, counted by a job every few seconds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    held_at = models.DateTimeField(null=True, blank=True)
    held_reason = models.CharField(max_length=80, default="", db_default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Mail handed over before this moment can no longer hold the series: somebody looked and let it go on.
    watched_from = models.DateTimeField(db_default=Now())
    tally = models.JSONField(default=dict)
    tallied_at = models.DateTimeField(null=True, blank=True)
    # Mails handed over per minute, as the job saw it last.
    rate = models.PositiveIntegerField(default=0, db_default=0)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.id}"

    def counted(self, *names: str) -> int:
        """How many deliveries stand so, by the last count; the names are of Status and `reported:<name>`."""
        return sum(self.tally.get(name, 0) for name in names)
