"""Django's migrate, with patience that ends."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

LOCK_TIMEOUT = "5s"


class Command(migrate.Command):
    """Migrates, and waits at most five seconds for any lock.

    A migration that queues behind a long transaction would make every query behind it wait as well; it fails instead
    and is run again. The second time does what is missing.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the limit on this session, then migrate."""
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        super().handle(*args, **options)
