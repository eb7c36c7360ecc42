"""Reads the environment and refuses nonsense: a setting that cannot be understood stops the start, with its name."""

import base64
import binascii
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# Who may be asked in which district an address lies, and the settings that each of them needs.
ADDRESS_BACKENDS: dict[str, tuple[str, ...]] = {
    "": (),
    "census": (),
    "google": ("GOOGLE_CIVIC_KEY", "GOOGLE_CIVIC_CONGRESS"),
    "geocodio": ("GEOCODIO_KEY",),
    "polygons": ("DISTRICT_POLYGONS",),
}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
ROOT = Path(__file__).resolve().parent.parent
DEMO_FILE = ROOT / "var" / "demo.env"


class BadSetting(Exception):
    """A setting of the environment is missing or cannot be understood."""


def read_demo_environment() -> None:
    """Beside a running demo, `manage.py` in a second shell uses the demo's servers. A real DATABASE_URL always wins."""
    if "DATABASE_URL" in os.environ or not DEMO_FILE.exists():
        return
    for line in DEMO_FILE.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def text(name: str, default: str | None = None) -> str:
    """The setting as it stands; without a default it must be there."""
    value = os.environ.get(name, default)
    if value is None or (value == "" and default is None):
        hint = " Run `make demo`, or set it as docs/operations.md says." if name == "DATABASE_URL" else ""
        raise BadSetting(f"{name} is not set.{hint}")
    return value


def flag(name: str, *, default: bool) -> bool:
    """True or False, and nothing that looks like it."""
    value = os.environ.get(name, str(default))
    if value not in {"True", "False"}:
        raise BadSetting(f"{name} must be True or False, not {value!r}.")
    return value == "True"


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, at least `least`."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise BadSetting(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def keys(name: str, *, bytes_each: int = 32) -> list[bytes]:
    """Base64 keys separated by commas: the first one writes, all of them read. `openssl rand -base64 32` makes one."""
    try:
        found = [base64.b64decode(word, validate=True) for word in words(name, text(name))]
    except binascii.Error as error:
        raise BadSetting(f"{name} must be base64.") from error
    if not found or any(len(key) != bytes_each for key in found):
        raise BadSetting(f"{name} must hold base64 keys of {bytes_each} bytes.")
    return found


def database(name: str) -> dict[str, Any]:
    """Django's form of a postgresql:// URL; the host may also be a socket directory (`?host=/path`)."""
    url = urlsplit(text(name))
    if url.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(f"{name} must begin with postgresql://; PostgreSQL is the only engine.")
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or options.pop("user", "")),
        "PASSWORD": unquote(url.password or options.pop("password", "")),
        "HOST": unquote(url.hostname or options.pop("host", "")),
        "PORT": str(url.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def mail_server(name: str) -> dict[str, Any]:
    """smtp://user:password@host:port, smtps:// for TLS from the start, `?tls=True` for STARTTLS."""
    url = urlsplit(text(name))
    if url.scheme not in {"smtp", "smtps"}:
        raise BadSetting(f"{name} must begin with smtp:// or smtps://.")
    starttls = parse_qs(url.query).get("tls", ["False"])[-1]
    if url.query not in {"", f"tls={starttls}"} or starttls not in {"True", "False"}:
        raise BadSetting(f"{name} knows nothing after its question mark but tls=True, for STARTTLS.")
    if url.scheme == "smtps" and starttls == "True":
        raise BadSetting(f"{name} has TLS from the start with smtps://, or begins it with smtp://...?tls=True.")
    try:
        port = url.port or (465 if url.scheme == "smtps" else 25)
    except ValueError as error:
        raise BadSetting(f"{name} must have a number for its port.") from error
    return {
        "EMAIL_HOST": url.hostname or "localhost",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": starttls == "True",
    }


def service(name: str, default: str) -> str:
    """The address of a service that gets what people typed: https, or http on this machine; no slash at its end."""
    value = text(name, default).rstrip("/")
    url = urlsplit(value)
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
    if not (is_safe and url.hostname) or url.query or url.fragment or url.username:
        raise BadSetting(f"{name} must begin with https:// and hold neither a query nor a password.")
    return value


def address_backend(name: str) -> str:
    """Who is asked where an address lies; nobody by default. What that back end needs must be there as well."""
    value = text(name, "")
    if value not in ADDRESS_BACKENDS:
        known = ", ".join(each for each in ADDRESS_BACKENDS if each)
        raise BadSetting(f"{name} must be empty or one of {known}, not {value!r}.")
    for needed in ADDRESS_BACKENDS[value]:
        if not os.environ.get(needed, "").strip():
            raise BadSetting(f"{name}={value} needs {needed}. See docs/operations.md.")
    if value == "polygons":
        if not Path(os.environ["DISTRICT_POLYGONS"]).is_file():
            raise BadSetting("DISTRICT_POLYGONS is not a file that can be found.")
        if not (find_spec("shapely") and find_spec("shapefile")):
            raise BadSetting(f"{name}=polygons needs `pip install --require-hashes -r requirements-polygons.txt`.")
    return value
