from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The organizer's desk."""

    name = "campaign.dashboard"
