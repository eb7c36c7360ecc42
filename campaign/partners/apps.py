from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The organizations whose sites collect for us."""

    name = "campaign.partners"
