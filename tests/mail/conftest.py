"""The letters to supporters, as they leave."""

from typing import Any

import pytest

from campaign.delivery.recipes import written
from campaign.petitions.founding import shipped, texts_of
from tests.mail.reading import SITE

LINKS = {
    "confirm_signature": ("confirm", "not-me", "u"),
    "mail_came_back": ("confirm", "u"),
    "already_signed": ("my", "u"),
    "signed": ("my", "u"),
}


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=list(LINKS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def context(language: str) -> dict[str, Any]:
    """What recipes hand to the templates."""
    return {
        "title": texts_of(shipped()[0])[language]["title"],
        "petition_url": f"{SITE}/petitions/un-cybercrime-convention/",
        "confirm_url": f"{SITE}/confirm/c0nf1rm-t0ken_x/",
        "not_me_url": f"{SITE}/not-me/n0t-me-t0ken_x/",
        "my_url": f"{SITE}/my/my-t0ken_x/",
        "preferences_url": f"{SITE}/u/st0px7y/",
        "given_name": "Ada",
        "has_senators": True,
    }


@pytest.fixture
def mail(name: str, language: str, context: dict[str, Any]) -> dict[str, str]:
    return written(name, language, context)
