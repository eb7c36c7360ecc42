"""The weekly question to Congress. The clock strikes daily: a beat that was restarted has forgotten the week."""

import structlog
from celery import shared_task

from campaign.legislators import fetching, importing
from campaign.treaties import syncing

log = structlog.get_logger(__name__)


@shared_task(name="treaties.sync")
def sync() -> None:
    """What Congress did with our treaties. Without a network, or refused, everything stays and the log says so.

    Without a key nobody is asked. Again within the week nothing happens.
    """
    if not syncing.is_on():
        log.info("not_synced", what="treaties", because="CONGRESS_API_KEY is not set")
        return
    if not importing.is_due(syncing.TREATIES):
        return
    try:
        outcome = syncing.refresh()
    except (fetching.TryLater, importing.ImportRefused) as error:
        log.warning("not_synced", what="treaties", because=str(error))
        return
    log.info("synced", what="treaties", changes=len(outcome.difference.lines()))
