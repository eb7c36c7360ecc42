from django.apps import AppConfig


class LegislatorsConfig(AppConfig):
    """The seats of Congress, who holds them, and which of them speak for a place."""

    name = "campaign.legislators"
