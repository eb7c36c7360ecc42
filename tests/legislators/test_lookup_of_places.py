"""What a ZIP alone must answer, each row checked against two sources (Census, HUD, or the post's own lists)."""

import pytest

from campaign.legislators import lookup
from campaign.lib.refusals import Refused

pytestmark = pytest.mark.usefixtures("furnished")

IN_ONE_STATE = {
    "02134": "MA",
    "05401": "VT",
    "10001\n": "NY",
    "19901": "DE",
    "33311": "FL",
    "83414": "WY",  # behind the Tetons, with a prefix of Idaho
    "90210": "CA",
}
WITHOUT_SENATORS = {"00802": "VI", "00901": "PR", "20001": "DC", "20500": "DC", "96910": "GU", "96950": "MP"}
IN_SEVERAL_STATES = """
20135 VA WV|40965 KY TN|42602 KY TN|45275 KY OH|57030 MN SD|57430 ND SD|57638 ND SD|57645 ND SD|57648 ND SD
57660 ND SD|57717 MT SD WY|63673 IL MO|65761 AR MO|68719 NE SD|69201 NE SD|82082 CO NE WY|82701 SD WY|82930 UT WY
83342 ID UT|89019 CA NV|89421 NV OR|97910 ID OR
"""
WITHOUT_A_STATE = {"09001": "military_ask_state", "96201": "military_ask_state", "96601": "military_ask_state",
                   "96940": "not_represented"}  # fmt: skip


@pytest.mark.parametrize(("zip_code", "state"), IN_ONE_STATE.items())
def test_a_zip_in_one_state_leads_to_its_two_seats(zip_code: str, state: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert (answer.states, answer.reasons) == ((state,), ())
    assert [seat.state for seat in answer.seats] == [state, state]


@pytest.mark.parametrize(("zip_code", "state"), WITHOUT_SENATORS.items())
def test_a_zip_of_dc_or_a_territory_has_a_state_and_no_seats(zip_code: str, state: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert (answer.states, answer.seats, answer.as_json()["reasons"]) == ((state,), (), ["no_senators"])


@pytest.mark.parametrize("row", IN_SEVERAL_STATES.strip().replace("\n", "|").split("|"))
def test_a_zip_in_several_states_offers_all_of_them(row: str) -> None:
    zip_code, *states = row.split()
    answer = lookup.find(postal_code=zip_code)
    assert sorted(answer.states) == states
    assert (len(answer.seats), answer.as_json()["reasons"]) == (2 * len(states), ["zip_split_state"])


@pytest.mark.parametrize(("zip_code", "reason"), WITHOUT_A_STATE.items())
def test_a_zip_without_a_state_says_why(zip_code: str, reason: str) -> None:
    answer = lookup.find(postal_code=zip_code).as_json()
    assert (answer["states"], answer["seats"], answer["reasons"]) == ([], [], [reason])


@pytest.mark.parametrize(("written", "state", "seats"), [("District of Columbia", "DC", 0), ("Washington", "WA", 2)])
def test_washington_is_the_state_and_the_district_is_not(written: str, state: str, seats: int) -> None:
    answer = lookup.find(written)
    assert (answer.states, len(answer.seats)) == ((state,), seats)


@pytest.mark.parametrize("written", ["2134", "\uff10\uff11\uff10\uff10\uff11"])
def test_four_digits_and_foreign_digits_are_refused(written: str) -> None:
    with pytest.raises(Refused):
        lookup.find(postal_code=written)
