"""Who calls: a partner's server, with its key in the Authorization header and never in the address."""

import threading
import time

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from campaign.lib.kept import Kept
from campaign.partners import keys
from campaign.partners.models import ApiKey, Partner

USE_IS_NOTED_EVERY_SECONDS = 60.0
# Together less than the second within which a suspension takes effect.
_live_keys: Kept[str, ApiKey | None] = Kept(keys.recognize, seconds=0.8, stale=0.15)


class _Uses:
    """When this process last noted the use of each key."""

    def __init__(self) -> None:
        self._noted: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, key: ApiKey) -> None:
        now = time.monotonic()
        if now - self._noted.get(key.public_id, -USE_IS_NOTED_EVERY_SECONDS) < USE_IS_NOTED_EVERY_SECONDS:
            return
        with self._lock:
            if now - self._noted.get(key.public_id, -USE_IS_NOTED_EVERY_SECONDS) < USE_IS_NOTED_EVERY_SECONDS:
                return
            self._noted[key.public_id] = now
        keys.note_use(key)


_uses = _Uses()


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tt_...`. A revoked or expired key and a suspended partner are refused within a second."""

    def authenticate(self, request: Request) -> tuple[Partner, ApiKey] | None:
        """The partner and its key; None without the header. Raises AuthenticationFailed for what is no live key."""
        scheme, _space, text = request._request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            raise AuthenticationFailed(_("Send the key as: Authorization: Bearer tt_live_…"))
        key = _live_keys.get(text)
        if key is None:
            raise AuthenticationFailed(_("This key is not known, or no longer valid."))
        _uses.note(key)
        return key.partner, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="partners"'


def key_of(request: Request) -> ApiKey:
    """The key of a call that needs one. Raises NotAuthenticated."""
    key: object = request.auth
    if not isinstance(key, ApiKey):
        raise NotAuthenticated(_("This call needs a key: Authorization: Bearer tt_live_…"))
    return key


class HasScope(BasePermission):
    """The key may do what the view's `scope` says."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True, or raises NotAuthenticated without a key and PermissionDenied for a key without the scope."""
        scope = str(getattr(view, "scope", ""))
        if scope not in key_of(request).scopes:
            raise PermissionDenied(_("This key may not do this; it needs the scope %(scope)s.") % {"scope": scope})
        return True
