"""One call each; the rules are elsewhere."""

from celery import shared_task

from campaign.mailings import comparing, finishing, starting


@shared_task(name="mailings.start_due")
def start_due() -> None:
    """Start what is due and queue some of what has started; while there is more it calls for another."""
    starting.start_due()
    if starting.queue_some():
        start_due.apply_async(expires=60, retry=False)


@shared_task(name="mailings.compare")
def compare() -> None:
    """Count what versions brought, and choose where the rule says so."""
    comparing.compare()


@shared_task(name="mailings.finish")
def finish() -> None:
    """Finish what has gone, and tell organizers of what was held."""
    finishing.finish()
