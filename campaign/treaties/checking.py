"""Checking what somebody says of a treaty: the date, the source and the note of a position or a stage."""

from datetime import date
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.lib import text
from campaign.lib.refusals import Refusal

LONGEST_SOURCE = 500
LONGEST_NOTE = 300
LONGEST_STAGE_NOTE = 500
# The oldest treaty that waits in the Senate came in 1949; what is older is a slip of the keyboard.
EARLIEST = date(1945, 1, 1)
_is_web_address = URLValidator(schemes=["http", "https"])


def day(field: str, value: date) -> Refusal | None:
    """Why this cannot be when it was said or happened; None if it can."""
    if value > timezone.now().date():
        return Refusal(field, "in_the_future", _("This day has not come yet."))
    if value < EARLIEST:
        return Refusal(field, "too_early", _("This day is too long ago. Is the year right?"))
    return None


def source(field: str, value: str) -> Refusal | None:
    """Why this cannot be a public source; None if it can. An empty one can: who needs a source asks for it."""
    if not value:
        return None
    if len(value) > LONGEST_SOURCE:
        return Refusal(field, "too_long", _("This address is too long. At most 500 characters."))
    try:
        _is_web_address(value)
        is_plain = "@" not in urlsplit(value).netloc  # https://senate.gov@elsewhere.example leads elsewhere
    except ValidationError:
        is_plain = False
    if not is_plain:
        return Refusal(field, "not_a_web_address", _("A source is a web address that begins with https:// or http://."))
    return None


def note(field: str, value: str, longest: int) -> str | Refusal:
    """The note in one form of its characters, or why not. A note may hold web addresses."""
    return text.paragraphs(field, value, longest, links=True)
