"""What a ZIP alone must answer, each row checked against two sources (Census, HUD, or the post's own lists)."""

import pytest

from campaign.legislators import lookup
from campaign.legislators.lookup import Confidence, Reason
from campaign.lib.refusals import Refused

pytestmark = pytest.mark.usefixtures("furnished")

IN_ONE_STATE_AND_DISTRICT = {
    "00802": "VI-0",  # no senators, a delegate
    "00901": "PR-0",  # no senators, a resident commissioner
    "02134": "MA-7",  # tables joined by census tract add a false MA-8
    "05401": "VT-0",
    "19901": "DE-0",
    "20001": "DC-0",
    "20500": "DC-0",  # the White House: a ZIP of its own, in no file of the Census
    "83414": "WY-0",  # behind the Tetons, with a prefix of Idaho
    "96910": "GU-0",
    "96950": "MP-0",
}
IN_ONE_STATE = {"10001\n": "NY", "33311": "FL-20 FL-23", "90210": "CA-30 CA-32 CA-36"}
IN_SEVERAL_STATES = """
20135 VA-10 VA-6 WV-2|40965 KY-5 TN-2|42602 KY-1 KY-5 TN-6|57030 MN-1 SD-0|57430 ND-0 SD-0|57638 ND-0 SD-0
57645 ND-0 SD-0|57648 ND-0 SD-0|57660 ND-0 SD-0|57717 MT-2 SD-0 WY-0|63673 IL-12 MO-8|65761 AR-1 MO-7 MO-8
68719 NE-3 SD-0|69201 NE-3 SD-0|82701 SD-0 WY-0|82930 UT-3 WY-0|83342 ID-2 UT-1|89019 CA-23 CA-3 NV-1 NV-3
89421 NV-2 OR-2|97910 ID-1 OR-2
"""
WITHOUT_A_STATE = {
    "09001": Reason.MILITARY_ASK_STATE,
    "96201": Reason.MILITARY_ASK_STATE,
    "96601": Reason.MILITARY_ASK_STATE,
    "96940": Reason.NOT_REPRESENTED,
}


def states_of(districts: list[str]) -> list[str]:
    return sorted({district[:2] for district in districts})


@pytest.mark.parametrize(("zip_code", "district"), IN_ONE_STATE_AND_DISTRICT.items())
def test_a_zip_in_one_district_leads_to_its_seats(zip_code: str, district: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    state = district[:2]
    has_senators = state in {"MA", "VT", "DE", "WY"}
    assert (answer.states, answer.districts, answer.confidence) == ((state,), (district,), Confidence.EXACT)
    assert answer.reasons == (() if has_senators else (Reason.NO_SENATORS,))
    assert [seat.state for seat in answer.senators] == [state] * 2 * has_senators
    assert [seat.district_code for seat in answer.representatives] == [district]


@pytest.mark.parametrize(("zip_code", "said"), IN_ONE_STATE.items())
def test_a_zip_in_one_state_whose_district_stays_open_asks_for_an_address(zip_code: str, said: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    districts = [word for word in said.split() if "-" in word]
    assert answer.states == (said[:2],)
    assert sorted(answer.districts) == districts
    assert (Reason.ADDRESS_NEEDED in answer.reasons, answer.confidence) == (True, Confidence.CANDIDATES)
    assert (Reason.ZIP_SPLIT_DISTRICT in answer.reasons) is (len(districts) > 1)
    assert len(answer.senators) == 2


@pytest.mark.parametrize("row", IN_SEVERAL_STATES.strip().replace("\n", "|").split("|"))
def test_a_zip_in_several_states_offers_all_of_them_and_all_their_districts(row: str) -> None:
    zip_code, *districts = row.split()
    answer = lookup.find(postal_code=zip_code)
    assert sorted(answer.states) == states_of(districts)
    assert sorted(answer.districts) == districts
    assert answer.reasons == (Reason.ZIP_SPLIT_STATE, Reason.ZIP_SPLIT_DISTRICT, Reason.ADDRESS_NEEDED)
    assert len(answer.senators) == 2 * len(answer.states)
    assert sorted(seat.district_code for seat in answer.representatives) == districts


@pytest.mark.parametrize("row", IN_SEVERAL_STATES.strip().replace("\n", "|").split("|"))
def test_with_a_state_typed_only_its_districts_are_left(row: str) -> None:
    zip_code, *districts = row.split()
    for state in states_of(districts):
        answer = lookup.find(state, zip_code)
        assert answer.states == (state,)
        assert sorted(answer.districts) == [district for district in districts if district.startswith(state)]


@pytest.mark.parametrize(("zip_code", "states"), [("45275", ["KY", "OH"]), ("82082", ["CO", "NE", "WY"])])
def test_a_split_zip_whose_districts_we_do_not_know_still_offers_its_states(zip_code: str, states: list[str]) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert sorted(answer.states) == states
    assert answer.reasons == (Reason.ZIP_SPLIT_STATE, Reason.ADDRESS_NEEDED)
    assert len(answer.senators) == 2 * len(states)


@pytest.mark.parametrize(("zip_code", "reason"), WITHOUT_A_STATE.items())
def test_a_zip_without_a_state_says_why(zip_code: str, reason: Reason) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert (answer.states, answer.districts, answer.seats, answer.reasons) == ((), (), (), (reason,))
    assert answer.confidence is Confidence.NONE


@pytest.mark.parametrize(("written", "state", "seats"), [("District of Columbia", "DC", 0), ("Washington", "WA", 2)])
def test_washington_is_the_state_and_the_district_is_not(written: str, state: str, seats: int) -> None:
    answer = lookup.find(written)
    assert (answer.states, len(answer.senators)) == ((state,), seats)


@pytest.mark.parametrize(("written", "meant"), [("2134", "02134"), ("\uff10\uff11\uff10\uff10\uff11", "01001")])
def test_four_digits_and_foreign_digits_are_refused_with_what_may_be_meant(written: str, meant: str) -> None:
    with pytest.raises(Refused) as caught:
        lookup.find(postal_code=written)
    assert [refusal.suggestion for refusal in caught.value.refusals] == [meant]


@pytest.mark.parametrize(("state", "appointed"), [("FL", "Moody"), ("OH", "Husted")])
@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-10"])
def test_the_appointed_sit_until_somebody_else_is_sworn_in(
    state: str, appointed: str, day: str, time_machine: object
) -> None:
    time_machine.move_to(day)  # type: ignore[attr-defined]
    holders = [seat.holder for seat in lookup.find(state).senators]
    assert appointed in {holder.family_name for holder in holders if holder}
    assert all(holders)
