"""Where a ZIP lies, as the sign-up path asks: from memory."""

import pytest
from pytest_django import DjangoAssertNumQueries

from campaign.legislators import places

pytestmark = pytest.mark.usefixtures("furnished")


def test_a_place_is_answered_without_a_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    places.states_of("97201")
    with django_assert_num_queries(0):
        assert places.states_of("97201") == ("OR",)
        assert places.states_of("57717") == ("SD", "MT", "WY")
        assert places.states_of("09001") == ("AE",)
        assert places.states_of("00000") == ()
