from campaign.legislators import sources
from campaign.legislators.management.syncing import SyncCommand


class Command(SyncCommand):
    """Refresh who sits in the Senate. A second run finds nothing to change; a refused file changes nothing at all."""

    help = (
        "Refresh who sits in the Senate from the public file, and print what changed. The file is refused whole when it"
        " lists fewer than 95 senators, contradicts itself, or would make more than ten people leave."
    )
    source = sources.LEGISLATORS
