"""Everything Django has to do before a demo can begin, in one process: importing it five times would take seconds.

`python -m embedded.preparing ANSWER [--everything]` writes to the file ANSWER what `manage.py demo_accounts` prints.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from embedded.keys import write_private


def main() -> None:
    """Make the accounts of this start; with --everything also the schema, the shipped data and the static files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    django.setup()
    if "--everything" in sys.argv[2:]:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("furnish", stdout=sys.stderr)
        call_command("collectstatic", verbosity=0, interactive=False)
    accounts = io.StringIO()
    call_command("demo_accounts", stdout=accounts)
    write_private(Path(sys.argv[1]), accounts.getvalue())


if __name__ == "__main__":
    main()
