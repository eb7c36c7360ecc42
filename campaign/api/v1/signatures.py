"""POST /petitions/{slug}/signatures: a partner's site hands over a sign-up.

The hot path of the house: with a known key and petition it costs one SQL statement, which the sign-ups of the same
moment share. So nothing here is asked twice a second, and campaign.petitions.checking is the only validation.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from campaign.api import parsing
from campaign.api.authentication import key_of
from campaign.api.errors import Conflict, Unreadable
from campaign.api.throttling import SignUpLimit
from campaign.api.v1.operations_of_petitions import records_a_sign_up
from campaign.api.views import PartnerCall, answer
from campaign.lib.kept import Kept
from campaign.lib.refusals import Refusal, Refused
from campaign.lib.text import LONGEST_SLUG
from campaign.partners import idempotency
from campaign.partners.models import Scope
from campaign.petitions import signing
from campaign.petitions.checking import check
from campaign.petitions.models import Petition


def _find(slug: str) -> Petition | None:
    return Petition.objects.public().filter(slug=slug).first()


_petitions: Kept[str, Petition | None] = Kept(_find, seconds=0.8, stale=0.15)


class Signatures(PartnerCall):
    """The signatures of one petition."""

    scope = Scope.SIGNATURES_WRITE
    throttle_classes = [SignUpLimit]

    @records_a_sign_up
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Keep the sign-up and mail its confirmation. The second time finds the same signature and says the same.

        202 for a mailbox that is new, known, capped or held alike. Errors: 404 for an unknown petition and 409 for a
        closed one, 422 for fields that have to be mended; then nothing is kept.
        """
        key, typed = key_of(request), parsing.body(request._request)
        header = request._request.META.get("HTTP_IDEMPOTENCY_KEY")
        if header is None:
            return answer(_receive(slug, typed, key.partner_id), 202)
        asked = idempotency.Asked(
            key_id=key.pk,
            route=f"POST /petitions/{slug}/signatures",
            token=_token_of(header),
            fingerprint=idempotency.fingerprint_of(request._request.body),
        )
        return _once(asked, lambda: idempotency.Answered(202, _receive(slug, typed, key.partner_id)))


def open_petition(slug: str) -> Petition:
    """The petition, as it stood at most a second ago. Raises Http404, and Conflict for a closed one."""
    petition = _petitions.get(slug) if len(slug) <= LONGEST_SLUG else None
    if petition is None:
        raise Http404
    if not petition.is_open:
        raise Conflict(_("This petition is closed."))
    return petition


def receipt_id(partner_id: int, signature_id: uuid.UUID) -> uuid.UUID:
    """What a partner knows a signature by: the same each time, and another for each partner."""
    secret = settings.MAILBOX_KEY
    digest = hmac.digest(secret, b"receipt\0%d\0" % partner_id + signature_id.bytes, hashlib.sha256)
    return uuid.UUID(bytes=digest[:16], version=5)


def _receive(slug: str, typed: dict[str, Any], partner_id: int) -> dict[str, Any]:
    """The deed: what was typed is checked and kept."""
    origin = signing.Origin(language=translation.get_language(), partner_id=partner_id)
    signature_id = signing.sign(open_petition(slug), check(typed), origin)
    return {"id": str(receipt_id(partner_id, signature_id)), "petition": slug, "status": "received"}


def _token_of(header: str) -> str:
    try:
        return idempotency.token_of(header)
    except idempotency.Malformed:
        raise Unreadable(_("The Idempotency-Key must be 1 to 255 ASCII characters, quoted or bare.")) from None


def _once(asked: idempotency.Asked, effect: Callable[[], idempotency.Answered]) -> HttpResponse:
    try:
        answered = idempotency.once(asked, effect)
    except idempotency.StillRunning:
        raise Conflict(_("The first call with this Idempotency-Key is still under way.")) from None
    except idempotency.OtherBody:
        sentence = _("This Idempotency-Key was used with another body.")
        raise Refused((Refusal("", "idempotency_key_reused", sentence),)) from None
    headers = {"Idempotency_Replayed": "true"} if answered.is_replay else {}
    return answer(answered.body, answered.status, **headers)
