"""Ground for stories in which everything is killed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.ground import POSTAL_ADDRESS, Ground, furnished


@pytest.fixture(scope="module")
def servers(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One for all stories of a file. The suite's own database is out of reach meanwhile."""
    with django_db_blocker.unblock(), furnished(tmp_path_factory.mktemp("chaos")) as ground:
        yield ground


@pytest.fixture
def ground(servers: Ground, settings: Any) -> Iterator[Ground]:
    """Nobody works in it yet."""
    settings.POSTAL_ADDRESS = POSTAL_ADDRESS
    yield servers
    servers.clear()
