from django.apps import AppConfig


class OrganizersConfig(AppConfig):
    """The staff who run petitions: who they are and what they may do."""

    name = "campaign.organizers"
