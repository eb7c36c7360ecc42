"""Making and recognizing partner keys: `tt_live_<8 public>_<40 secret>`, shown once."""

import hashlib
import hmac
import re
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from campaign.lib import tokens
from campaign.partners.models import ApiKey, Partner

_FORM = re.compile(r"tt_(?:live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{32,64}")
SECRET_LENGTH = 40
USE_IS_NOTED_EVERY = timedelta(minutes=5)


def issue(partner: Partner, *, is_sandbox: bool = False) -> tuple[ApiKey, str]:
    """A new key and its text, which is kept nowhere. Each call makes another one."""
    public_id = tokens.random_text(8)
    text = f"tt_{'test' if is_sandbox else 'live'}_{public_id}_{tokens.random_text(SECRET_LENGTH)}"
    key = ApiKey.objects.create(
        partner=partner, is_sandbox=is_sandbox, public_id=public_id, digest=hashlib.sha256(text.encode()).digest()
    )
    return key, text


def recognize(text: str) -> ApiKey | None:
    """The live key with this text, with its partner; None for any other text. The comparison takes constant time."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    key = ApiKey.objects.live().filter(public_id=form.group(1)).first()
    if key is None or not hmac.compare_digest(bytes(key.digest), hashlib.sha256(text.encode()).digest()):
        return None
    return key


def note_use(key: ApiKey) -> None:
    """Remember that the key was used, to within five minutes: a busy key costs no write per call."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=Now())
