"""Secrets that travel in links: made at random, kept as a hash; and signed words that need no row."""

import hashlib
import secrets
import string
from dataclasses import dataclass

from django.core import signing

ALPHABET = string.ascii_letters + string.digits
LENGTH = 32


@dataclass(frozen=True)
class Minted:
    """A new secret: `raw` goes into the link and nowhere else, `digest` into the table."""

    raw: str
    digest: bytes


def random_text(length: int = LENGTH) -> str:
    """Base 62, 5.95 bits a character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def mint() -> Minted:
    """A fresh secret of 190 bits."""
    raw = random_text()
    return Minted(raw=raw, digest=digest_of(raw))


def digest_of(raw: str) -> bytes:
    """SHA-256; a secret of 190 bits needs no salt."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()


def signed(purpose: str, word: str) -> str:
    """The word with a signature that holds for this purpose only."""
    return signing.Signer(salt=f"twothirds.{purpose}").sign(word).replace(":", "~")


def unsigned(purpose: str, text: str) -> str | None:
    """The word back, or None where the signature does not fit."""
    try:
        return signing.Signer(salt=f"twothirds.{purpose}").unsign(text.replace("~", ":"))
    except signing.BadSignature:
        return None
