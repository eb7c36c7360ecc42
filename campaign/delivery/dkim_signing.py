"""DKIM."""

from campaign.delivery.composing import compose
from campaign.delivery.transport import Outgoing


def content_of(outgoing: Outgoing) -> bytes:
    """The message, signed where we have a key."""
    return compose(outgoing.delivery, outgoing.mail)
