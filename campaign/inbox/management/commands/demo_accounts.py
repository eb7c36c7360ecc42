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

ORGANIZER, SECOND_ORGANIZER = "olive@demo.example", "omar@demo.example"


class Command(BaseCommand):
    """Prints a line of JSON: `organizer`, `second_organizer` with `email` and `password`, and a sandbox `api_key`.

    A mailing needs two of them: nobody approves their own. Each run gives both new random passwords and the demo's
    partner a new key, and deletes the ones before. Outside the demo (no INBOX_DIR) it refuses: a production house has
    no account that a script can take over.
    """

    help = "Make the demo's organizers and partner key, and print them as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or renew them."""
        if not settings.INBOX_DIR:
            raise CommandError("demo_accounts is for the demo only: INBOX_DIR is not set.")
        accounts = {"organizer": _account(ORGANIZER, is_staff=True), "second_organizer": _account(SECOND_ORGANIZER)}
        partner, _ = Partner.objects.get_or_create(slug="demo-partner", defaults={"name": "Demo partner"})
        partner.keys.all().delete()
        _key, text = keys.issue(partner, is_sandbox=True)
        self.stdout.write(json.dumps(accounts | {"api_key": text}, sort_keys=True))


def _account(email: str, *, is_staff: bool = False) -> dict[str, str]:
    """An organizer with a new password."""
    password = tokens.random_text(16)
    organizer = Organizer.objects.filter(email=email).first() or Organizer(email=email)
    organizer.role, organizer.is_staff, organizer.is_superuser = Role.ORGANIZER, is_staff, is_staff
    organizer.set_password(password)
    organizer.save()
    EmailAddress.objects.update_or_create(user=organizer, email=email, defaults={"primary": True, "verified": True})
    return {"email": email, "password": password}
