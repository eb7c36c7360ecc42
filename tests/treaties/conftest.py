"""A treaty, and two senators of Oregon."""

import pytest

from campaign.legislators.models import Legislator
from campaign.treaties.models import Treaty


@pytest.fixture
def treaty(db: None) -> Treaty:
    """A treaty of which nothing is known."""
    return Treaty.objects.create(slug="a-convention")


@pytest.fixture
def merkley(db: None) -> Legislator:
    """Speaks for Ada."""
    return Legislator.objects.get(bioguide_id="M001176")


@pytest.fixture
def wyden(db: None) -> Legislator:
    """Speaks for Ada, too."""
    return Legislator.objects.get(bioguide_id="W000779")
