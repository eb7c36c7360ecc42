from campaign.legislators import placing
from campaign.legislators.management.syncing import SyncCommand


class Command(SyncCommand):
    """Refresh in which states a ZIP lies. A second run finds nothing to change; a refused file changes nothing."""

    help = (
        "Refresh in which states each ZIP lies from the Census's file of ZIPs and counties, and print what changed;"
        " --file also takes the Census's file of ZIPs and districts. The file is refused whole when it is cut off,"
        " names an unknown state, knows fewer than 30,000 ZIPs or none of a state, or drops more than a thousand."
    )
    source = placing.ZIPS
