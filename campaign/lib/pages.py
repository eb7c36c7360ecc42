"""What every page knows: who we are and where we live."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Template context of all pages and mails."""
    return {
        "organization": settings.ORGANIZATION_NAME,
        "site_url": settings.SITE_URL,
        "is_demo": bool(settings.INBOX_DIR),
    }
