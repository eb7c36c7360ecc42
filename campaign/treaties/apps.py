from django.apps import AppConfig


class TreatiesConfig(AppConfig):
    """Where a treaty stands, how each senator stands on it, and how many it takes."""

    name = "campaign.treaties"
