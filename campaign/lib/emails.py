"""E-mail addresses: which are written well, which mailbox they mean, and how a sender's name is shown."""

import hashlib
import hmac
import re
import unicodedata
import uuid
from email.headerregistry import Address
from functools import lru_cache

from django.conf import settings
from email_validator import EmailNotValidError, validate_email

LONGEST = 254
_CANONICAL_ALREADY = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+\.)+[a-z]{2,}")
_UNSAFE_IN_DISPLAY_NAMES = re.compile(r'[,;:"<>@()\[\]\\\x00-\x1f\x7f-\x9f\u2028\u2029]')


class BadMailbox(ValueError):
    """The text is no e-mail address that we can write to."""


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """The address as we write to it: NFKC, no blanks around, the domain in IDNA and lower case.

    Nothing is asked of the network. Raises BadMailbox, also for line breaks of any script at either end.
    """
    folded = unicodedata.normalize("NFKC", text).strip(" \t")
    if len(folded) > LONGEST:
        raise BadMailbox("too long")
    try:
        parts = validate_email(folded, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise BadMailbox(str(error)) from error
    return f"{parts.local_part}@{parts.ascii_domain.lower()}"


def canonical(address: str) -> str:
    """The mailbox an address means. Plus-tags and dots stay: only the domain's owner knows what they mean."""
    lowered = address.casefold()
    if _CANONICAL_ALREADY.fullmatch(lowered):
        return lowered  # the same as below, without 50 microseconds of the sign-up path
    return unicodedata.normalize("NFKC", tidy(address)).casefold()


def folded(address: str) -> str:
    """The mailbox behind plus-tags and Gmail's dots: for caps and screening only, never for identity."""
    local, _, domain = canonical(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _keyed(purpose: bytes, text: str) -> uuid.UUID:
    digest = hmac.digest(settings.MAILBOX_KEY, purpose + b"\0" + text.encode(), hashlib.sha256)
    return uuid.UUID(bytes=digest[:16], version=5)


@lru_cache(maxsize=4096)
def mailbox_id(address: str) -> uuid.UUID:
    """The keyed hash by which a mailbox is known everywhere. Without MAILBOX_KEY it leads back to nobody."""
    return _keyed(b"mailbox", canonical(address))


@lru_cache(maxsize=1024)
def office_id(address: str) -> uuid.UUID:
    """The keyed hash of an office's mailbox. Its suppressions are its own: what a person at the same address stops
    ("this wasn't me") stops no letters to the office, and the other way round.
    """
    return _keyed(b"office", canonical(address))


@lru_cache(maxsize=4096)
def cap_id(address: str) -> uuid.UUID:
    """The keyed hash under which mail to the unconfirmed is capped: ada+1@ and ada+2@ share one."""
    return _keyed(b"cap", folded(address))


def display_name(text: str) -> str:
    """A name that is safe before an address: no separators, quotes or line breaks, at most 70 characters."""
    return " ".join(_UNSAFE_IN_DISPLAY_NAMES.sub(" ", text).split())[:70]


def named(name: str, address: str) -> str:
    """`Ada Lopez <ada@example.org>`, built from parts and never by joining text."""
    return str(Address(display_name=display_name(name), addr_spec=address))
