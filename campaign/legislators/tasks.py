"""The weekly look at the public files: one task for each, one call each.

Two beats at once do no harm: the import itself waits for its lock, and what came twice changes nothing.
"""

from typing import Any

import structlog
from celery import shared_task

from campaign.legislators import fetching, importing, placing, sources
from campaign.legislators.importing import Source

log = structlog.get_logger(__name__)


@shared_task(name="legislators.sync")
def sync() -> None:
    """Who sits in Congress."""
    follow(sources.LEGISLATORS)


@shared_task(name="legislators.sync_senate_list")
def sync_senate_list() -> None:
    """Whether the Senate says the same, and its contact forms."""
    follow(sources.SENATE_LIST)


@shared_task(name="legislators.sync_clerks_list")
def sync_clerks_list() -> None:
    """Whether the Clerk of the House says the same."""
    follow(sources.CLERKS_LIST)


@shared_task(name="legislators.sync_committees")
def sync_committees() -> None:
    """Who sits on which committee."""
    follow(sources.COMMITTEES)


def follow(source: Source[Any]) -> None:
    """Ask the source once a week. Without a network, or refused, all stays and the log says so; the next day again."""
    if not importing.is_due(source):
        return
    try:
        outcome = importing.refresh(source)
    except (fetching.TryLater, fetching.Refused, importing.ImportRefused) as error:
        log.warning("not_synced", what=str(source.subject), because=str(error))
        return
    log.info("synced", what=str(source.subject), changes=len(outcome.difference.lines()))


@shared_task(name="legislators.sync_zips")
def sync_zips() -> None:
    """In which states a ZIP lies."""
    follow(placing.ZIPS)


@shared_task(name="legislators.sync_districts")
def sync_districts() -> None:
    """In which districts of the sitting Congress a ZIP lies."""
    follow(placing.districts())
