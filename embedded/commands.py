"""How each process of the house is started. docker-compose.yml says the same; a test holds the two together."""

import sys
from pathlib import Path

# granian: its threads end after idle time and would leak what they hold, so it is as long as can be. Requests beyond
# the threads wait in the backlog; more threads than the pool has connections would only wait there.
WEB = (
    "--interface=wsgi",
    "--http=1",
    "--no-ws",
    "--workers=2",
    "--blocking-threads=16",
    "--blocking-threads-idle-timeout=600",
    "--respawn-failed-workers",
    "--workers-kill-timeout=15",
    "campaign.wsgi:application",
)
# Django's own checks were made by whoever migrated. Gossip and mingle are talk between workers that nobody here
# listens to; they cost a second of every start.
CELERY = ("-A", "campaign", "--skip-checks")
QUIET_WORKER = (*CELERY, "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle")
# The order of the queues is the order in which they are served (CELERY_BROKER_TRANSPORT_OPTIONS). The jobs of the clock
# are short and bounded in number, so they go first: behind the others a storm of sign-ups would stop the count. What
# takes minutes stands with the mailings, in processes of their own: neither ever delays a confirmation.
WORKER = (*QUIET_WORKER, "--hostname=worker@%h", "--queues=celery,confirm,letters")
MAILER = (*QUIET_WORKER, "--hostname=mailer@%h", "--queues=errands,mailings")
BEAT = (*CELERY, "beat", "--loglevel=INFO", "--pidfile=")


def web(host: str, port: int) -> tuple[str, ...]:
    """The web server."""
    return (sys.executable, "-m", "embedded.granian_command", f"--host={host}", f"--port={port}", *WEB)


def worker() -> tuple[str, ...]:
    """The worker of everything that somebody waits for."""
    return (sys.executable, "-m", "embedded.celery_command", *WORKER)


def mailer() -> tuple[str, ...]:
    """The worker of mailings and of errands that take long."""
    return (sys.executable, "-m", "embedded.celery_command", *MAILER)


def beat() -> tuple[str, ...]:
    """The clock of the periodic jobs; one of it."""
    return (sys.executable, "-m", "embedded.celery_command", *BEAT)


def sink(directory: Path, port: int) -> tuple[str, ...]:
    """The mail catcher."""
    return (sys.executable, "-m", "embedded.smtp_sink", f"--directory={directory}", f"--port={port}")


def preparing(answer: Path, *, everything: bool) -> tuple[str, ...]:
    """Accounts, and if asked for the schema, the shipped data and the static files before them."""
    return (sys.executable, "-m", "embedded.preparing", str(answer), *(("--everything",) if everything else ()))


def manage(*words: str) -> tuple[str, ...]:
    """A management command."""
    return (sys.executable, "manage.py", *words)
