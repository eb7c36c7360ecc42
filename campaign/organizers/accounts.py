"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: `manage.py createsuperuser` or another organizer does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
