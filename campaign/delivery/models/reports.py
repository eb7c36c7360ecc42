"""Report: what a provider or a mail server told us of a mail, once."""

from django.db import models
from django.db.models.functions import Now

from campaign.delivery.models.deliveries import Delivery, reports


class Report(models.Model):
    """One thing somebody told us. `source` is the provider, `dsn`, `arf` or `mailto`; `event_id` theirs, or a digest.

    Without a delivery it was about nothing we know, or could not be trusted: it changed nothing and is kept as heard.
    """

    source = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    what = models.CharField(max_length=12, choices=reports)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    reason = models.CharField(max_length=80, default="", db_default="", blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="a_report_is_heard_once")]

    def __str__(self) -> str:
        return f"{self.what} from {self.source}"
