"""What we keep of a mailbox, in numbers and without a name: the page that shows it may be opened by a stranger."""

import uuid
from dataclasses import dataclass

from campaign.delivery.models import Delivery, Suppression
from campaign.letters.models import Letter
from campaign.petitions.models import Signature
from campaign.supporters.models import Consent, Supporter


@dataclass(frozen=True)
class Kept:
    """How much there is of what. Of somebody who was erased only the last two are left."""

    is_known: bool
    is_confirmed: bool
    signatures: int
    confirmed: int
    letters: int
    has_consented: bool
    mails: int
    is_suppressed: bool


def kept_of(mailbox: uuid.UUID) -> Kept:
    """Counted now. It opens no sealed field."""
    confirmed_at = Supporter.objects.filter(pk=mailbox).values_list("confirmed_at", flat=True)
    known = list(confirmed_at)
    signatures = Signature.objects.filter(supporter_id=mailbox)
    return Kept(
        is_known=bool(known),
        is_confirmed=bool(known and known[0]),
        signatures=signatures.count(),
        confirmed=signatures.exclude(confirmed_at=None).count(),
        letters=Letter.objects.filter(supporter_id=mailbox).count(),
        has_consented=Consent.objects.filter(supporter_id=mailbox).exists(),
        mails=Delivery.objects.filter(mailbox=mailbox).count(),
        is_suppressed=Suppression.objects.standing().filter(mailbox=mailbox).exists(),
    )
