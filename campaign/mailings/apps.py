from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Updates from organizers to the people who asked for them."""

    name = "campaign.mailings"
