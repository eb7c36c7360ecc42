"""What a running demo tells: people on the terminal, scripts in var/demo.json, `manage.py` in var/demo.env."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded.keys import write_private

FOR_MANAGE = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "SEALING_KEYS",
    "MAILBOX_KEY",
    "INBOX_DIR",
    "POSTAL_ADDRESS",
    "SANDBOX_OFFICES",
)


@dataclass(frozen=True)
class Announcement:
    """Everything a script needs. `inbox_url` and `smtp_port` are None where mail goes to a server of yours."""

    url: str
    inbox_url: str | None
    organizer: dict[str, str]
    second_organizer: dict[str, str]
    api_key: str
    database_url: str
    redis_url: str
    smtp_port: int | None
    pids: dict[str, int]

    def write(self, path: Path) -> None:
        """Write it whole, readable by its owner only: a password is in it."""
        write_private(path, json.dumps(asdict(self), indent=2) + "\n")

    def text(self, seconds: float, logs: Path) -> str:
        """What the terminal shows."""
        mail = self.inbox_url or "goes to EMAIL_URL"
        return f"""
  Petitions    {self.url}/
  Mail         {mail}
  Organizers   {self.url}/dashboard/
               {self.organizer["email"]}   password {self.organizer["password"]}
               {self.second_organizer["email"]}    password {self.second_organizer["password"]}   (to approve a mailing)
  API          {self.url}/api/v1/docs/
               sandbox key {self.api_key}

  Ready in {seconds:.1f} s. Logs are in {logs}. Ctrl-C stops everything."""


def write_environment(path: Path, env: Mapping[str, str]) -> None:
    """Write what `manage.py` needs to use this demo's servers, readable by its owner only."""
    lines = [f"{name}={env[name]}" for name in FOR_MANAGE if name in env]
    write_private(path, "\n".join(["# Written by a running demo, removed when it stops.", *lines, ""]))
