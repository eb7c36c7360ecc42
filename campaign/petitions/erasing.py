"""What a person's erasure means for their signatures."""

import uuid

from campaign.delivery.models import Delivery
from campaign.petitions import counting
from campaign.petitions.models import Signature


def erase_signatures(supporter_id: uuid.UUID) -> None:
    """Take them out of the count and delete them, and let go of their mail: who signs anew gets mail. Twice is once."""
    ids = list(Signature.objects.filter(supporter_id=supporter_id).values_list("pk", flat=True))
    counting.uncount(ids)
    Signature.objects.filter(pk__in=ids).delete()
    Delivery.objects.filter(mailbox=supporter_id).let_go()
