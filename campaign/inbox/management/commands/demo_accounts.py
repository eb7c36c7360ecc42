"""The accounts of the demo."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign.lib import tokens
from campaign.organizers.models import Organizer, Role
from campaign.partners import keys
from campaign.partners.models import Partner

ORGANIZER = "olive@demo.example"


class Command(BaseCommand):
    """Prints one line of JSON: `organizer` with `email` and `password`, and `api_key`, a sandbox key.

    Each run gives the demo's organizer a new random password and the demo's partner a new key, and deletes the one
    before. Outside the demo (no INBOX_DIR) it refuses: a production house has no account that a script can take over.
    """

    help = "Make the demo's organizer and partner key, and print them as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or renew them."""
        if not settings.INBOX_DIR:
            raise CommandError("demo_accounts is for the demo only: INBOX_DIR is not set.")
        password = tokens.random_text(16)
        organizer = Organizer.objects.filter(email=ORGANIZER).first() or Organizer(email=ORGANIZER)
        organizer.role, organizer.is_staff, organizer.is_superuser = Role.ORGANIZER, True, True
        organizer.set_password(password)
        organizer.save()
        EmailAddress.objects.update_or_create(
            user=organizer, email=ORGANIZER, defaults={"primary": True, "verified": True}
        )
        partner, _ = Partner.objects.get_or_create(slug="demo-partner", defaults={"name": "Demo partner"})
        partner.keys.all().delete()
        _key, text = keys.issue(partner, is_sandbox=True)
        self.stdout.write(
            json.dumps({"organizer": {"email": ORGANIZER, "password": password}, "api_key": text}, sort_keys=True)
        )
