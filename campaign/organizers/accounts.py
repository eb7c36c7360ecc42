"""How allauth behaves here."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from campaign.lib import sealing
from campaign.lib.requests import client_network

SECOND_FACTOR = "organizers.Organizer.second_factor"


class ClosedAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: `manage.py createsuperuser` or another organizer does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Failed log-ins are counted by network, past exactly the proxies we trust."""
        return client_network(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work."""
        return settings.LOGIN_REDIRECT_URL


class SealedMFAAdapter(DefaultMFAAdapter):
    """Second factors are sealed like personal data: who reads the database can't log in with what stands there."""

    def encrypt(self, text: str) -> str:
        """Sealed, in letters that JSON takes."""
        return base64.b64encode(sealing.seal(text, SECOND_FACTOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises Unreadable without the right key."""
        return sealing.unseal(base64.b64decode(encrypted_text), SECOND_FACTOR)
