"""The development inbox's place in Django."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """A face: pages only."""

    name = "campaign.inbox"
