"""The languages of the house."""

from django.conf import settings
from django.utils.functional import Promise


def offered() -> list[tuple[str, str | Promise]]:
    """The choices, given as a callable so that a new language makes no migration."""
    return list(settings.LANGUAGES)
