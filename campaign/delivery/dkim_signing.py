"""DKIM (RFC 6376, RFC 8463): a mail is signed where we have a key. dkimpy canonicalizes; `cryptography` does the sums.

dkimpy's own RSA is pure Python and takes eleven milliseconds a mail, ten times as long.
"""

import base64
import hashlib
import time
from functools import lru_cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from dkim.canonicalization import CanonicalizationPolicy

from campaign.delivery.addressing import domain_of
from campaign.delivery.composing import compose
from campaign.delivery.transport import Outgoing

# Signed where they are there. From once more than it occurs: a second From can't be added on the way.
SIGNED = (
    b"from",
    b"to",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"feedback-id",
)
_RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
_WIDTH = 72


def content_of(outgoing: Outgoing) -> bytes:
    """The message as it travels, signed where we have a key. Raises ValueError like `compose`."""
    content = compose(outgoing.delivery, outgoing.mail)
    key = settings.DKIM_KEY
    if key is None:
        return content
    return signature(content, signing_domain(outgoing.mail.sender or settings.MAIL_FROM), key) + content


@lru_cache(maxsize=64)
def signing_domain(sender: str) -> str:
    """Who signs: the domain of From, so that DMARC finds the two aligned; or DKIM_DOMAIN where that lies below it."""
    domain, wanted = domain_of(sender), settings.DKIM_DOMAIN
    return wanted if wanted and f".{domain}".endswith(f".{wanted}") else domain


def signature(content: bytes, domain: str, key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """The DKIM-Signature header of a message, with its line end, to be put on top of it."""
    message = dkim.DKIM(content)
    present = {name.lower() for name, _ in message.headers}
    names = [b"from", *(name for name in SIGNED if name in present)]
    body_hash = base64.b64encode(hashlib.sha256(_RELAXED.canonicalize_body(message.body)).digest())
    algorithm = b"rsa-sha256" if isinstance(key, RSAPrivateKey) else b"ed25519-sha256"
    unsigned = b"\r\n ".join(
        (
            b" v=1; a=" + algorithm + b"; c=relaxed/relaxed;",
            b"d=" + domain.encode("ascii") + b"; s=" + settings.DKIM_SELECTOR.encode("ascii") + b";",
            b"t=" + str(int(time.time())).encode() + b"; h=" + b":\r\n  ".join(_in_lines(names)) + b";",
            b"bh=" + body_hash + b";",
            b"b=",
        )
    )
    signed = _Gathered()
    headers = _RELAXED.canonicalize_headers(message.headers)
    dkim.hash_headers(signed, _RELAXED, headers, names, (b"DKIM-Signature", unsigned), {})
    sums = base64.b64encode(_sums(key, b"".join(signed)))
    lines = [sums[start : start + _WIDTH] for start in range(0, len(sums), _WIDTH)]
    return b"DKIM-Signature:" + unsigned + b"\r\n  ".join(lines) + b"\r\n"


class _Gathered(list[bytes]):
    """Stands where dkimpy expects a hash, and keeps what would have gone into it."""

    update = list.append


def _sums(key: RSAPrivateKey | Ed25519PrivateKey, signed: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(signed, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(signed).digest())  # RFC 8463 (3): of the hash, not of the headers


def _in_lines(names: list[bytes]) -> list[bytes]:
    """Four names a line, with their colons."""
    return [b":".join(names[start : start + 4]) for start in range(0, len(names), 4)]
