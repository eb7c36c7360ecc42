from django.apps import AppConfig


class LibConfig(AppConfig):
    """Floor one: nouns that know nothing of us. An app only for its template tags."""

    name = "campaign.lib"
