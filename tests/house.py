"""The servers under the tests: real PostgreSQL and Valkey, started once, in the first free place under var/tests.

Prepared by tests/settings.py before Django's settings are read. With DATABASE_URL and REDIS_URL set, those are used.
"""

import atexit
import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

from embedded.locking import InUseError
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
PLACES = 12

# Set while stories share one running house: what one of them did is there for the next.
keeps_rows = False
# The imports that every test finds; those that a story brings in go with it.
furnished_imports: frozenset[int] = frozenset()


def _start() -> None:
    for number in range(PLACES):
        place = ROOT / "var" / "tests" / str(number)
        postgres = Postgres(place / "postgres", durable=False)
        try:
            postgres.start()
        except InUseError:
            continue
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url("postgres")
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(place / "valkey")
            valkey.start()
            atexit.register(valkey.stop)
            os.environ["REDIS_URL"] = valkey.url()
        os.environ.setdefault("INBOX_DIR", str(place / "inbox"))
        return
    raise RuntimeError(f"all {PLACES} places under var/tests are taken by other runs")


def _key(letter: bytes) -> str:
    return base64.b64encode(letter * 32).decode()


def prepare() -> None:
    """Set the environment of the tests. The workers of pytest-xdist inherit the servers and take ports of their own."""
    if "DATABASE_URL" not in os.environ:
        _start()
    static = ROOT / "var" / "tests" / "static"
    static.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["INBOX_DIR"] = os.environ["INBOX_DIR"].rstrip("/") + f"-{worker}"
        os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(worker[2:]) + 1}").geturl()
    os.environ.update(
        {
            "SECRET_KEY": "a key for tests and for nothing else, long enough for Django's own check of keys",
            "SEALING_KEYS": _key(b"s"),
            "MAILBOX_KEY": _key(b"m"),
            "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
            "SITE_URL": "http://testserver",
            "POSTAL_ADDRESS": "1 River Street, Portland, OR 97201",
            "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
            "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "SANDBOX_OFFICES": "False",
            "STATIC_ROOT": str(static),
            "LOG_LEVEL": "WARNING",
        }
    )
    os.environ.setdefault("INBOX_DIR", str(ROOT / "var" / "tests" / "inbox"))
