"""What mail says, told by the rooms upstairs. A recipe is asked just before the mail leaves, so it sees today."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaign.delivery.models import Delivery, Scope


@dataclass(frozen=True)
class Mail:
    """One message to one address, ready to leave. `cap` names the mailbox cap that it uses up, if it is capped.

    `mailbox` is whose suppressions stop it, where the address is no longer the one it was posted to. An update belongs
    to a `mailing_list`. What is past bounces (a confirmation) goes even where mail came back: its owner may lift that.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    scope: Scope = Scope.ALL
    mailing_list: uuid.UUID | None = None
    is_past_bounces: bool = False
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


Answer = Mail | Withheld | Postponed
Recipe = Callable[[Delivery], Answer]
RecipeForMany = Callable[[Sequence[Delivery]], Mapping[uuid.UUID, Answer]]
_recipes: dict[str, Recipe] = {}
_for_many: dict[str, RecipeForMany] = {}


def register(name: str, recipe: Recipe) -> None:
    """Called once, when the room upstairs is ready. The same name twice is the later one."""
    _recipes[name] = recipe


def register_many(name: str, recipe: RecipeForMany) -> None:
    """Like `register`, for mail that is written by the dozen: it answers for each of several deliveries at once."""
    _for_many[name] = recipe


def follow(delivery: Delivery) -> Answer:
    """The mail of a delivery as things stand now."""
    if delivery.recipe in _for_many:
        return _for_many[delivery.recipe]([delivery])[delivery.pk]
    return _recipes[delivery.recipe](delivery)


def follow_all(name: str, deliveries: Sequence[Delivery]) -> Mapping[uuid.UUID, Answer] | None:
    """The mails of several deliveries of one recipe; None where it has to be asked for each by itself."""
    recipe = _for_many.get(name)
    return recipe(deliveries) if recipe else None


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
