from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The face that partners' machines see."""

    name = "campaign.api"
