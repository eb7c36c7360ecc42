"""Secrets that travel in links: made at random, kept as a hash; and signed words that need no row."""

import base64
import binascii
import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core import signing

ALPHABET = string.ascii_letters + string.digits
LENGTH = 32
SEAL_BYTES = 9


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


def sealed_word(purpose: str, content: bytes) -> str:
    """A few bytes with a seal of 72 bits, in lower case letters and digits that survive any change of case.

    For what also has to stand in the local part of an address. Content and seal together must be a multiple of five
    bytes long, so that each word has one spelling.
    """
    if (len(content) + SEAL_BYTES) % 5:
        raise ValueError("the content does not fill its word")
    return base64.b32encode(content + _seal(_key(settings.SECRET_KEY, purpose), content)).decode("ascii").lower()


def content_of(purpose: str, word: str) -> bytes | None:
    """The bytes back, or None where the seal does not fit. Keys of before (SECRET_KEY_FALLBACKS) still open."""
    try:
        whole = base64.b32decode(word.upper().encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return None
    content, seal = whole[:-SEAL_BYTES], whole[-SEAL_BYTES:]
    keys = (_key(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return content if any(hmac.compare_digest(_seal(key, content), seal) for key in keys) else None


def _seal(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:SEAL_BYTES]


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return hashlib.sha256(f"twothirds.word.{purpose}\0{secret}".encode()).digest()
