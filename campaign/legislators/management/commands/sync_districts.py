from campaign.legislators import placing
from campaign.legislators.management.syncing import SyncCommand


class Command(SyncCommand):
    """Refresh in which districts a ZIP lies. A second run finds nothing to change; a refused file changes nothing."""

    help = (
        "Refresh in which districts of Congress each ZIP lies from the Census's file, and print what changed. The file"
        " is refused whole when it is cut off, names an unknown state, knows fewer than 30,000 ZIPs or none of a state,"
        " drops more than a thousand, or holds the districts of another Congress than the one that sits."
    )
    source = placing.districts()
