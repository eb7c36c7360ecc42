"""Confirming and withdrawing: what the mailbox's owner says about a signature, through a link mailed to them."""

import hashlib
import uuid
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from campaign.delivery import posting
from campaign.delivery.models import Kind, MailboxCap, Scope, Suppression, SuppressionReason
from campaign.lib import emails
from campaign.petitions import counting, unsubscribing
from campaign.petitions.checking import SignUp
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from campaign.supporters.models import Supporter

log = structlog.get_logger(__name__)


class PetitionClosed(Exception):
    """The petition was closed before the signature was confirmed."""


class TypedAnew(Exception):
    """Somebody signed again while the owner looked at the page: what they saw is not what would be confirmed."""


@dataclass(frozen=True)
class Corrected:
    """What the mailbox's owner mended before confirming."""

    given_name: str
    family_name: str
    state: str
    postal_code: str
    comment: str = ""

    @classmethod
    def of(cls, sign_up: SignUp) -> "Corrected":
        """From a sign-up that was checked like any other."""
        return cls(sign_up.given_name, sign_up.family_name, sign_up.state, sign_up.postal_code, sign_up.comment)


def sight_of(signature: Signature) -> str:
    """What the confirm page shows, as a short digest: it tells whether that is still what would be confirmed."""
    person = signature.supporter
    shown = (person.name, signature.state, person.postal_code, signature.comment, signature.updates_wording)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


@transaction.atomic
def confirm(signature_id: uuid.UUID, corrected: Corrected | None = None, seen: str = "") -> Signature:
    """The owner pressed the button: the signature stands, a receipt is posted, a consent that was ticked is kept.

    It also shows that mail arrives: what stopped because it came back goes on. The second time changes nothing else
    and answers the same. A withdrawn signature stands again. `seen` is the sight of
    the page whose button was pressed. Raises TypedAnew when that has changed, PetitionClosed when it is too late, and
    Signature.DoesNotExist when it was erased.
    """
    signature = Signature.objects.locked(signature_id)
    if signature.confirmed_at and not signature.withdrawn_at:
        _mail_arrives(signature.supporter)
        return signature
    if not signature.petition.is_open:
        raise PetitionClosed
    if seen and seen != sight_of(signature):
        raise TypedAnew
    supporter = signature.supporter
    if corrected is not None and supporter.confirmed_at is None:
        _correct(signature, corrected)
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=Coalesce("confirmed_at", Now()), withdrawn_at=None)
    Supporter.objects.filter(pk=supporter.pk).update(confirmed_at=Coalesce("confirmed_at", Now()))
    if signature.updates_wording and not signature.confirmed_at:  # who stands by an old signature ticked nothing now
        unsubscribing.consent(supporter.pk, signature.petition_id, signature.updates_wording)
    _mail_arrives(supporter)
    posting.post(
        posting.Envelope(
            key=f"signed:{signature.pk}",
            kind=Kind.RECEIPT,
            recipe="signed",
            mailbox=supporter.pk,
            about={"signature": str(signature.pk)},
        )
    )
    log.info("signature confirmed", signature=str(signature.pk), petition=str(signature.petition_id))
    return Signature.objects.select_related("petition", "supporter").get(pk=signature.pk)


def _mail_arrives(supporter: Supporter) -> None:
    """The cap on unanswered mail begins anew, and a bounce is lifted; complaints and "not me" stay."""
    MailboxCap.objects.answer(emails.cap_id(supporter.email))
    if unsubscribing.lift_bounce(supporter.pk):
        log.info("bounce lifted by its owner", supporter=str(supporter.pk))


def _correct(signature: Signature, corrected: Corrected) -> None:
    """The first confirmation is when a mailbox becomes its owner's; until then anybody could have typed the name."""
    supporter = signature.supporter
    supporter.given_name, supporter.family_name = corrected.given_name, corrected.family_name
    supporter.state, supporter.postal_code = corrected.state, corrected.postal_code
    supporter.save(update_fields=["given_name", "family_name", "state", "postal_code"])
    signature.state, signature.comment = corrected.state, corrected.comment or None
    signature.save(update_fields=["state", "comment"])


def withdraw(signature_id: uuid.UUID) -> bool:
    """The signature no longer stands; the count follows within seconds. The second time does nothing: False."""
    return bool(Signature.objects.filter(pk=signature_id, withdrawn_at=None).update(withdrawn_at=Now()))


def place_of(signature: Signature) -> int:
    """The number the signer is told: those counted, and those before them that the roll-up has not reached."""
    petition = Petition.objects.get(pk=signature.petition_id)
    ahead = Q(confirmed_at__lt=signature.confirmed_at) | Q(pk=signature.pk)
    uncounted = Signature.objects.confirmed().filter(ahead, petition=petition, counted_at=None).count()
    return max(1, petition.confirmed_total + uncounted)


@transaction.atomic
def disown(supporter_id: uuid.UUID, signature_id: uuid.UUID) -> bool:
    """ "This wasn't me": take out what a stranger typed and never mail this address again. The second time: False.

    Of somebody who never confirmed anything nothing is left. Whoever confirmed other signatures keeps those.
    """
    Suppression.objects.add(supporter_id, Scope.ALL, SuppressionReason.NOT_ME)
    supporter = Supporter.objects.select_for_update().filter(pk=supporter_id).first()
    if supporter is None:
        return False
    if supporter.confirmed_at is None:
        return erasing.erase(supporter_id)
    counting.uncount([signature_id])
    return bool(Signature.objects.filter(pk=signature_id, supporter=supporter).delete()[0])
