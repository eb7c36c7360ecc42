"""Forgetting people in time: what was never confirmed, what is long over, and keys that have served."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from campaign.lib.locks import Job, alone
from campaign.partners.models import IdempotencyRecord
from campaign.petitions import counting, screening
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from campaign.supporters.models import AccessToken, Supporter

log = structlog.get_logger(__name__)
UNCONFIRMED_ARE_KEPT = timedelta(days=7)
SIGNERS_ARE_KEPT = timedelta(days=90)
BATCH = 1000

Step = Callable[[uuid.UUID], None]
_first: list[Step] = []


def first(step: Step) -> Step:
    """Register what a room upstairs has to forget of a petition before its signers go."""
    if step not in _first:
        _first.append(step)
    return step


def forget() -> None:
    """Do all of it, in transactions of a thousand rows. The second time there is nothing left to forget."""
    while _forget_unconfirmed():
        pass
    for petition in Petition.objects.filter(closed_at__lt=Now() - SIGNERS_ARE_KEPT, forgotten_at=None):
        _forget_signers(petition)
    AccessToken.objects.filter(expires_at__lt=Now()).delete()
    IdempotencyRecord.objects.filter(expires_at__lt=Now()).delete()
    screening.destroy_old_keys()


@transaction.atomic
def _forget_unconfirmed() -> int:
    """Sign-ups nobody confirmed in seven days, and the people of whom nothing else is known."""
    if not alone(Job.FORGETTING):
        return 0
    old = Signature.objects.filter(confirmed_at=None, created_at__lt=Now() - UNCONFIRMED_ARE_KEPT)
    ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Signature.objects.filter(pk__in=ids).delete()
    _erase_people_without_signatures()
    return len(ids)


def _erase_people_without_signatures() -> int:
    """A thousand of them; how many there were."""
    signatures = Signature.objects.filter(supporter=OuterRef("pk"))
    alone_now = Supporter.objects.filter(~Exists(signatures), created_at__lt=Now() - UNCONFIRMED_ARE_KEPT)
    return sum(erasing.erase(supporter_id) for supporter_id in list(alone_now.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _forget_signers(petition: Petition) -> None:
    """Ninety days after a petition closed its signers are forgotten; how many there were stays."""
    if not alone(Job.FORGETTING):
        return
    while counting.count():
        pass
    over = Petition.objects.filter(pk=petition.pk, closed_at__lt=Now() - SIGNERS_ARE_KEPT, forgotten_at=None)
    if not over.update(forgotten_at=Now()):
        return  # opened again meanwhile
    for step in _first:
        step(petition.pk)
    gone = Signature.objects.filter(petition=petition).delete()[0]
    while _erase_people_without_signatures():
        pass
    log.info("signers forgotten", petition=str(petition.pk), rows=gone)
