"""Reads the settings of mail: how it leaves (EMAIL_URL) and how it is signed (DKIM_*). Nonsense stops the start."""

import json
import os
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from campaign import env
from campaign.env import BadSetting

_LINES = "campaign.delivery.transports"
# What every provider may be told besides its own settings.
_COMMON = ("API_URL", "WEBHOOK_SECRET", "IDNA_ENCODER")
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
        raise BadSetting(f"{name}=anymail://amazon_ses needs `pip install boto3`.")
    settings = {f"{provider.upper()}_{key}": _value(name, key, value) for key, value in told.items()}
    secret = settings.pop(f"{provider.upper()}_WEBHOOK_SECRET", None)
    return {
        "MAIL_LINE": f"{_LINES}.providers.ProviderLine",
        "MAIL_PROVIDER": provider,
        "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend",
        "ANYMAIL": settings | ({"WEBHOOK_SECRET": secret} if secret else {}),
    }


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
