"""Personal text is sealed with AES-256-GCM before it reaches the database; the keys live in the environment only."""

import hashlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

_NONCE = 12
_KEY_NAME = 4


class Unreadable(Exception):
    """A sealed value that none of SEALING_KEYS opens: the key is missing, or the value was moved or changed."""


@lru_cache
def _ciphers(keys: tuple[bytes, ...]) -> dict[bytes, AESGCM]:
    """By the short name of the key; the first one writes."""
    return {hashlib.sha256(key).digest()[:_KEY_NAME]: AESGCM(key) for key in keys}


def seal(text: str, context: str) -> bytes:
    """Key name, nonce, ciphertext. The context (`room.Model.field`) is bound in: a value can't be moved elsewhere."""
    name, cipher = next(iter(_ciphers(tuple(settings.SEALING_KEYS)).items()))
    nonce = os.urandom(_NONCE)
    return name + nonce + cipher.encrypt(nonce, text.encode(), context.encode())


def unseal(sealed: bytes, context: str) -> str:
    """The text again. Raises Unreadable."""
    cipher = _ciphers(tuple(settings.SEALING_KEYS)).get(sealed[:_KEY_NAME])
    if cipher is None:
        raise Unreadable(f"{context}: sealed with a key that is not in SEALING_KEYS")
    nonce = sealed[_KEY_NAME : _KEY_NAME + _NONCE]
    try:
        return cipher.decrypt(nonce, sealed[_KEY_NAME + _NONCE :], context.encode()).decode()
    except InvalidTag as error:
        raise Unreadable(f"{context}: changed since it was sealed") from error


if TYPE_CHECKING:
    _Bytes = models.TextField  # what Python sees
else:
    _Bytes = models.BinaryField


class SealedTextField(_Bytes):
    """Text in Python, ciphertext in PostgreSQL. It can't be searched, ordered or compared: that is the point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> str:
        """What a value of this field is bound to."""
        return f"{self.model._meta.label}.{self.name}"

    def seal(self, text: str) -> bytes:
        """For statements written by hand."""
        return seal(text, self.context)

    def get_internal_type(self) -> str:
        """Stored as bytea."""
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seals on the way in."""
        if isinstance(value, str):
            value = self.seal(value)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """Unseals on the way out."""
        return None if value is None else unseal(bytes(value), self.context)

    def to_python(self, value: Any) -> Any:
        """Text stays text."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Never dumped in the clear."""
        raise FieldError(f"{self.context} is personal and is not serialized")

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: two seals of one text differ."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.context} is sealed and can't be searched")
        return super().get_lookup(lookup_name)
