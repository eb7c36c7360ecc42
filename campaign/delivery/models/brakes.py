"""What slows mail down or stops it, for all workers at once: holds of queues, breakers, buckets and the epoch."""

from typing import Self

from django.db import models
from django.db.models.functions import Now


class QueueHold(models.Model):
    """A queue of which nothing leaves until somebody resumes it. `held_by` says who, never with an address."""

    queue = models.CharField(max_length=10, primary_key=True)
    held_at = models.DateTimeField(db_default=Now())
    held_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.queue} is held"


class BreakerQuerySet(models.QuerySet["Breaker"]):
    """Many breakers."""

    def open(self) -> Self:
        """Those through which nothing may go now."""
        return self.filter(open_until__gt=Now())


class Breaker(models.Model):
    """How often in a row a relay or a receiving domain turned us away, and until when we leave it alone.

    The subject is `relay:<name>` or `domain:<name>`.
    """

    subject = models.CharField(max_length=260, primary_key=True)
    failures = models.PositiveIntegerField(default=0, db_default=0)
    reason = models.CharField(max_length=80, default="", db_default="", blank=True)
    failed_at = models.DateTimeField(db_default=Now())
    open_until = models.DateTimeField(null=True, blank=True)

    objects = BreakerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.subject


class Bucket(models.Model):
    """What may still go to a relay just now: tokens that come back with time, one a message."""

    relay = models.CharField(max_length=80, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.relay


class Epoch(models.Model):
    """Which life of the database this is. A restored one has to be reconciled before it sends: see operations.md.

    `value` has to be what the operator holds, and `database` the one in which this row was written.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.CharField(max_length=80)
    database = models.CharField(max_length=80, default="", db_default="", blank=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_epoch")]

    def __str__(self) -> str:
        return self.value
