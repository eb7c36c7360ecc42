from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The pages a citizen sees. They set no cookie: what is public needs none, the rest has a token in its address."""

    name = "campaign.public"
