"""What a person's erasure means for their letters."""

import uuid

from campaign.letters.models import Letter


def forget_letters(petition_id: uuid.UUID) -> None:
    """The petition is long over: what its constituents wrote goes, as for one who is erased. Twice is once."""
    Letter.objects.filter(petition_id=petition_id).update(supporter=None, subject=None, body=None)


def erase_letters(supporter_id: uuid.UUID) -> None:
    """Text and name go; hash, seat and moment stay as proof that a letter was sent. Twice is once."""
    Letter.objects.filter(supporter_id=supporter_id).update(supporter=None, subject=None, body=None)
