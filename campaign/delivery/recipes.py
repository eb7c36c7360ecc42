"""What mail says, told by the rooms upstairs. A recipe is asked just before the mail leaves, so it sees today."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaign.delivery.models import Delivery, Scope


@dataclass(frozen=True)
class Mail:
    """One message to one address, ready to leave. `cap` names the mailbox cap that it uses up, if it is capped.

    `mailbox` is whose suppressions stop it, where the address is no longer the one it was posted to.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    scope: Scope = Scope.ALL
    cap: uuid.UUID | None = None
    mailbox: uuid.UUID | None = None


@dataclass(frozen=True)
class Withheld:
    """The reason to send has gone: withdrawn, erased, closed. The delivery ends as suppressed, with this reason."""

    reason: str


@dataclass(frozen=True)
class Postponed:
    """Not now, and not given up: a seat is vacant, an organizer has to look first. Asked again after `minutes`."""

    reason: str
    minutes: int


Recipe = Callable[[Delivery], Mail | Withheld | Postponed]
_recipes: dict[str, Recipe] = {}


def register(name: str, recipe: Recipe) -> None:
    """Called once, when the room upstairs is ready. The same name twice is the later one."""
    _recipes[name] = recipe


def follow(delivery: Delivery) -> Mail | Withheld | Postponed:
    """The mail of a delivery as things stand now."""
    return _recipes[delivery.recipe](delivery)


class Words(TypedDict):
    """What a message says."""

    subject: str
    text: str
    html: str


def written(name: str, language: str, context: dict[str, Any]) -> Words:
    """Subject, text and HTML of `templates/mail/<name>/`, in the reader's language. The text part stands alone."""
    whole = {"organization": settings.ORGANIZATION_NAME, "site_url": settings.SITE_URL, "language": language} | context
    with translation.override(language):
        subject = render_to_string(f"mail/{name}/subject.txt", whole)
        text = render_to_string(f"mail/{name}/body.txt", whole)
        html = render_to_string(f"mail/{name}/body.html", whole)
    return {"subject": " ".join(subject.split()), "text": text.strip() + "\n", "html": html}
