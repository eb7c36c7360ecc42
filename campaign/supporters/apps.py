from django.apps import AppConfig


class SupportersConfig(AppConfig):
    """The people who sign and write: the only room that holds who they are."""

    name = "campaign.supporters"
