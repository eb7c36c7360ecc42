"""Reads the settings of mail: how it leaves (EMAIL_URL) and how it is signed (DKIM_*). Nonsense stops the start."""

import base64
import json
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from campaign import env
from campaign.env import BadSetting

_LINES = "campaign.delivery.transports"
# What every provider may be told besides its own settings.
_COMMON = ("API_URL", "IDNA_ENCODER")
# The providers that django-anymail speaks: the settings that each must have, then those it may have, by anymail's
# names without the provider's.
PROVIDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "amazon_ses": (
        (),
        (
            "SESSION_PARAMS",
            "CLIENT_PARAMS",
            "CONFIGURATION_SET_NAME",
            "MESSAGE_TAG_NAME",
            "AUTO_CONFIRM_SNS_SUBSCRIPTIONS",
            "INBOUND_KMS_KEY_ID",
            "DOWNLOAD_CHUNK_SIZE",
        ),
    ),
    "brevo": (("API_KEY",), ("WORKAROUND_DISPLAY_NAME_BUGS", "PREVENT_HEADER_ENCODING_BUGS")),
    "mailersend": (("API_TOKEN",), ("BATCH_SEND_MODE", "SIGNING_SECRET", "INBOUND_SECRET")),
    "mailgun": (("API_KEY",), ("SENDER_DOMAIN", "WEBHOOK_SIGNING_KEY")),
    "mailjet": (("API_KEY", "SECRET_KEY"), ()),
    "mailtrap": (("API_TOKEN",), ("SANDBOX_ID", "TRACKING_SECRET", "INBOUND_SECRET", "DOWNLOAD_CHUNK_SIZE")),
    "mandrill": (("API_KEY",), ("WEBHOOK_KEY", "WEBHOOK_URL")),
    "postal": (("API_KEY", "API_URL"), ("WEBHOOK_KEY",)),
    "postmark": (("SERVER_TOKEN",), ("MESSAGE_STREAM", "USE_BULK_API", "GENERATE_MESSAGE_ID")),
    "resend": (
        ("API_KEY",),
        ("VERIFY_ATTACHMENT_EXTENSIONS", "SIGNING_SECRET", "INBOUND_SECRET", "DOWNLOAD_CHUNK_SIZE"),
    ),
    "scaleway": (("SECRET_KEY", "PROJECT_ID"), ("REGION",)),
    "sendgrid": (
        ("API_KEY",),
        (
            "GENERATE_MESSAGE_ID",
            "MERGE_FIELD_FORMAT",
            "TRACKING_WEBHOOK_VERIFICATION_KEY",
            "INBOUND_WEBHOOK_VERIFICATION_KEY",
        ),
    ),
    "sparkpost": (("API_KEY",), ("SUBACCOUNT", "TRACK_INITIAL_OPEN_AS_OPENED")),
    "unisender_go": (("API_KEY", "API_URL"), ("GENERATE_MESSAGE_ID", "WORKAROUND_DISPLAY_NAME_BUGS")),
}


def line(name: str) -> dict[str, Any]:
    """How mail leaves: smtp://, smtps://, anymail://<provider>?SETTING=value&..., console: or inbox:."""
    scheme = urlsplit(env.text(name)).scheme
    if scheme in {"smtp", "smtps"}:
        return env.mail_server(name) | {"MAIL_LINE": f"{_LINES}.smtp.SmtpLine"}
    if scheme == "anymail":
        return _provider(name)
    if scheme == "console":
        return {"MAIL_LINE": f"{_LINES}.files.ConsoleLine"}
    if scheme == "inbox":
        if not os.environ.get("INBOX_DIR", ""):
            raise BadSetting(f"{name}=inbox: needs INBOX_DIR.")
        return {"MAIL_LINE": f"{_LINES}.files.InboxLine"}
    raise BadSetting(f"{name} must begin with smtp://, smtps:// or anymail://, or be console: or inbox:.")


def _provider(name: str) -> dict[str, Any]:
    """One setting says all that anymail has to know; one it can't be told, or must be told and isn't, is named."""
    url = urlsplit(env.text(name))
    provider = url.netloc.lower()
    if provider not in PROVIDERS:
        raise BadSetting(f"{name}=anymail://{provider}: the providers are {', '.join(PROVIDERS)}.")
    needed, possible = PROVIDERS[provider]
    try:
        told = dict(parse_qsl(url.query, strict_parsing=True, keep_blank_values=True) if url.query else ())
    except ValueError as error:
        raise BadSetting(f"{name}: what follows the question mark must read SETTING=value&SETTING=value.") from error
    unknown = sorted(set(told) - {*needed, *possible, *_COMMON})
    if unknown:
        raise BadSetting(f"{name}: {provider} has no setting {', '.join(unknown)}.")
    missing = [each for each in needed if not told.get(each)]
    if missing:
        raise BadSetting(f"{name}=anymail://{provider} needs ?{'=...&'.join(missing)}=...")
    if provider == "amazon_ses" and not find_spec("boto3"):
        raise BadSetting(
            f"{name}=anymail://amazon_ses needs `pip install --require-hashes -r requirements-amazon.txt`."
        )
    settings = {f"{provider.upper()}_{key}": _value(name, key, value) for key, value in told.items()}
    if provider == "amazon_ses":
        settings = _asked_once(settings)
    return {
        "MAIL_LINE": f"{_LINES}.providers.ProviderLine",
        "MAIL_PROVIDER": provider,
        "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend",
        "ANYMAIL": settings,
    }


def _asked_once(settings: dict[str, Any]) -> dict[str, Any]:
    """Amazon's library would ask again by itself after a time-out, when the mail may have been taken."""
    told = settings.get("AMAZON_SES_CLIENT_PARAMS", {})
    config = {"connect_timeout": 20, "read_timeout": 30} | told.get("config", {})
    config |= {"retries": {"total_max_attempts": 1}}
    return settings | {"AMAZON_SES_CLIENT_PARAMS": told | {"config": config}}


def _value(name: str, key: str, value: str) -> Any:
    """True, False and JSON objects are what they look like; all else is text."""
    if value in {"True", "False"}:
        return value == "True"
    if not key.endswith("_PARAMS"):
        return value
    try:
        found = json.loads(value)
    except ValueError as error:
        raise BadSetting(f"{name}: {key} must be a JSON object.") from error
    if not isinstance(found, dict):
        raise BadSetting(f"{name}: {key} must be a JSON object.")
    return found


_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LEAST_RSA_BITS = 1024  # RFC 8301: receivers believe nothing shorter


Key = RSAPrivateKey | Ed25519PrivateKey


def dkim() -> tuple[Key | None, str, str]:
    """How mail is signed: DKIM_KEY_FILE and DKIM_SELECTOR, both or neither; DKIM_DOMAIN where it isn't From's domain.

    Key, selector and domain. The key is read now: one that can't be read stops the start.
    """
    path, selector = env.text("DKIM_KEY_FILE", ""), env.text("DKIM_SELECTOR", "").lower()
    domain = env.text("DKIM_DOMAIN", "").lower()
    for name, value in (("DKIM_SELECTOR", selector), ("DKIM_DOMAIN", domain)):
        if value and not _HOST_NAME.fullmatch(value):
            raise BadSetting(f"{name} must read like a part of a domain, not {value!r}.")
    if not path:
        if selector:
            raise BadSetting("DKIM_SELECTOR is set and DKIM_KEY_FILE is not.")
        return None, "", ""
    if not selector:
        raise BadSetting("DKIM_KEY_FILE is set and DKIM_SELECTOR is not.")
    return _key("DKIM_KEY_FILE", Path(path)), selector, domain


def _key(name: str, path: Path) -> Key:
    """PEM, as openssl writes it; an Ed25519 key may also be 32 bytes in base64, as dkimpy's dknewkey writes it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadSetting(f"{name} can't be read: {error.strerror}.") from error
    try:
        if b"-----" not in content:
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(content, validate=False))
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSetting(f"{name} holds no private key that can be read without a password.") from error
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise BadSetting(f"{name} must hold an RSA key of at least {_LEAST_RSA_BITS} bits or an Ed25519 key.")
