"""One call each; the rules are elsewhere."""

from celery import shared_task

from campaign.delivery import sending, sweeping


@shared_task(name="delivery.send_due")
def send_due() -> None:
    """Send one batch of what is due; one that sent something calls for another."""
    if sending.send_due():
        send_due.delay()


@shared_task(name="delivery.sweep")
def sweep() -> None:
    """Find what the queue lost, and send it."""
    if sweeping.sweep():
        send_due.delay()
