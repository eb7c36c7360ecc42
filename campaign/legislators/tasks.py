"""The weekly look at the public file."""

import structlog
from celery import shared_task

from campaign.legislators import fetching, importing, sources

log = structlog.get_logger(__name__)


@shared_task(name="legislators.sync")
def sync() -> None:
    """Bring in what is new. Without a network, or refused, everything stays and the log says so; next week again."""
    try:
        outcome = importing.refresh(sources.LEGISLATORS)
    except (fetching.TryLater, fetching.Refused, importing.ImportRefused) as error:
        log.warning("legislators_not_synced", because=str(error))
        return
    log.info("legislators_synced", changes=len(outcome.difference.lines()))
