"""What the mailroom holds: deliveries and their events, series, reports, suppressions, caps and brakes."""

from campaign.delivery.models.brakes import Breaker, Bucket, Epoch, QueueHold
from campaign.delivery.models.caps import MailboxCap
from campaign.delivery.models.deliveries import (
    CRASHES_ALLOWED,
    LEASE,
    TO_LOOK_AT,
    UNDER_WAY,
    WAITING,
    Delivery,
    DeliveryEvent,
    Kind,
    Queue,
    Reported,
    Status,
    queue_of,
)
from campaign.delivery.models.deliveries import (
    kinds as kinds,
)
from campaign.delivery.models.deliveries import (
    reports as reports,
)
from campaign.delivery.models.deliveries import (
    statuses as statuses,
)
from campaign.delivery.models.reports import Report
from campaign.delivery.models.series import Series
from campaign.delivery.models.suppressions import Scope, Suppression, SuppressionReason
from campaign.delivery.models.suppressions import (
    scopes as scopes,
)
from campaign.delivery.models.suppressions import (
    suppression_reasons as suppression_reasons,
)

__all__ = [
    "CRASHES_ALLOWED",
    "LEASE",
    "TO_LOOK_AT",
    "UNDER_WAY",
    "WAITING",
    "Breaker",
    "Bucket",
    "Delivery",
    "DeliveryEvent",
    "Epoch",
    "Kind",
    "MailboxCap",
    "Queue",
    "QueueHold",
    "Report",
    "Reported",
    "Scope",
    "Series",
    "Status",
    "Suppression",
    "SuppressionReason",
    "queue_of",
]
