"""An address decides between districts, and never against what the person said."""

from typing import Any

import pytest

from campaign.legislators import lookup
from campaign.legislators.geocoding import Trouble
from campaign.legislators.lookup import Confidence, Reason
from campaign.lib.refusals import Refused
from tests.geocoding.conftest import ADDRESS, Service, match, matches

IN_OR_3, IN_OR_1, IN_WYOMING, IN_DC = "4103", "4101", "5600", "1198"


def answers(census: Service, *geoids: str) -> None:
    census.answers(matches(*map(match, geoids)))


@pytest.mark.parametrize(
    ("state", "zip_code"), [("OR", "97201"), ("OR", None), (None, "97201"), ("OR", "09001"), ("AE", None)]
)
def test_the_district_of_the_address_is_the_answer(census: Service, state: str | None, zip_code: str | None) -> None:
    answers(census, IN_OR_3)
    found = lookup.find(state, zip_code, ADDRESS)
    assert (found.states, found.districts, found.reasons) == (("OR",), ("OR-3",), ())
    assert (found.confidence, found.trouble) == (Confidence.EXACT, None)
    assert [seat.district_code for seat in found.seats] == ["", "", "OR-3"]


def test_an_address_costs_no_statement(census: Service, django_assert_num_queries: Any) -> None:
    answers(census, IN_OR_3)
    lookup.find("OR")
    with django_assert_num_queries(0):
        assert lookup.find("OR", "97201", ADDRESS).districts == ("OR-3",)


def test_an_address_alone_is_enough_where_somebody_can_be_asked(census: Service, settings: Any) -> None:
    answers(census, IN_DC)
    found = lookup.find(address=ADDRESS)
    assert (found.states, found.districts, found.reasons) == (("DC",), ("DC-0",), (Reason.NO_SENATORS,))
    settings.ADDRESS_BACKEND = ""
    with pytest.raises(Refused):
        lookup.find(address=ADDRESS)


def test_an_address_decides_between_the_states_of_a_split_zip(census: Service) -> None:
    answers(census, IN_WYOMING)
    found = lookup.find(postal_code="57717", address=ADDRESS)
    assert (found.states, found.districts, found.reasons) == (("WY",), ("WY-0",), ())


@pytest.mark.parametrize(
    ("state", "zip_code", "states"),
    [
        ("OR", "97201", ("OR", "WY")),
        ("OR", None, ("OR", "WY")),
        (None, "97201", ("OR", "WY")),
        ("SD", "57717", ("SD", "MT", "WY")),
        ("WA", "97201", ("WA", "OR", "WY")),
        ("WY", "97201", ("WY", "OR")),
    ],
)
def test_an_address_in_another_state_asks_and_picks_nobody(
    census: Service, state: str | None, zip_code: str | None, states: tuple[str, ...]
) -> None:
    answers(census, IN_WYOMING)
    found = lookup.find(state, zip_code, ADDRESS)
    assert found.states == states
    assert (found.districts, found.seats, found.asks) == ((), (), (Reason.ZIP_STATE_MISMATCH,))
    assert found.confidence is Confidence.CANDIDATES


@pytest.mark.parametrize("geoids", [(), (IN_OR_1, IN_OR_3)])
def test_an_address_that_leads_nowhere_leaves_the_answer_open(census: Service, geoids: tuple[str, ...]) -> None:
    answers(census, *geoids)
    found = lookup.find("OR", "97201", ADDRESS)
    assert (found.states, found.reasons) == (("OR",), (Reason.ADDRESS_NEEDED,))
    assert found.trouble is (Trouble.AMBIGUOUS if geoids else Trouble.NOT_FOUND)
    assert lookup.find(address=ADDRESS).reasons == (Reason.ADDRESS_NEEDED,)
    assert lookup.find(address=ADDRESS).confidence is Confidence.NONE


def test_where_nobody_may_be_asked_the_address_is_left_alone(settings: Any, db: None) -> None:
    settings.ADDRESS_BACKEND = ""
    found = lookup.find("OR", "97910", ADDRESS)
    assert (found.districts, found.reasons, found.trouble) == (("OR-2",), (), Trouble.OFF)
    assert lookup.find("WY", None, ADDRESS).reasons == ()
    assert lookup.find("OR", None, ADDRESS).reasons == (Reason.ADDRESS_NEEDED,)


def test_what_is_no_address_is_refused_beside_its_field(census: Service) -> None:
    with pytest.raises(Refused) as caught:
        lookup.find("OR", "97201", "\0" * 10)
    assert [refusal.field for refusal in caught.value.refusals] == ["address"]
    assert lookup.find("OR", "97201", "  ").trouble is None
