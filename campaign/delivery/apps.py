from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The mailroom: one piece of mail to one address, from the outbox row to the relay's answer."""

    name = "campaign.delivery"
