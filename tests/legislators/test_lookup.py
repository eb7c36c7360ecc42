"""Who speaks for Ada, Bruno, Chiyo and the rest of the country."""

import contextlib

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from campaign.api.v1.lookups import as_json
from campaign.legislators import lookup
from campaign.legislators.lookup import Confidence, Reason
from campaign.legislators.models import PostalCode, Seat, Term
from campaign.lib import kept, usps
from campaign.lib.refusals import Refused

pytestmark = pytest.mark.usefixtures("furnished")


def names(answer: lookup.Constituency) -> list[str]:
    return [seat.holder.family_name if seat.holder else "" for seat in answer.senators]


def codes(answer: lookup.Constituency) -> list[str]:
    return [seat.district_code for seat in answer.representatives]


def test_two_senators_speak_for_ada_in_oregon() -> None:
    answer = lookup.find("Oregon", "97201")
    assert (answer.state, answer.states, answer.confidence) == ("OR", ("OR",), Confidence.CANDIDATES)
    assert (answer.districts, answer.reasons) == ((), (Reason.ADDRESS_NEEDED,))
    assert names(answer) == ["Merkley", "Wyden"]


def test_a_state_alone_is_an_exact_answer_for_the_senate_and_asks_for_nothing() -> None:
    answer = lookup.find("Oregon")
    assert (answer.states, answer.districts, answer.reasons) == (("OR",), (), ())
    assert (answer.confidence, answer.representatives) == (Confidence.EXACT, ())


def test_a_state_with_one_seat_in_the_house_needs_no_zip_and_takes_any() -> None:
    for question in (("WY",), ("WY", "82001"), ("WY", "09001"), (None, "83414")):
        answer = lookup.find(*question)
        assert (answer.districts, answer.reasons, answer.confidence) == (("WY-0",), (), Confidence.EXACT)
        assert (names(answer), codes(answer)) == (["Barrasso", "Lummis"], ["WY-0"])


def test_bruno_lives_in_dc_and_has_no_senators() -> None:
    for answer in (lookup.find("DC", "20001"), lookup.find(postal_code="20500"), lookup.find("Wash DC")):
        assert (answer.state, answer.senators, answer.reasons) == ("DC", (), (Reason.NO_SENATORS,))
        assert (answer.districts, codes(answer)) == (("DC-0",), ["DC-0"])
        assert answer.representatives[0].salutation == "Delegate Norton"


def test_chiyo_votes_from_an_apo_address_and_is_asked_for_her_state() -> None:
    answer = lookup.find(postal_code="09001")
    assert (answer.states, answer.seats, answer.asks) == ((), (), (Reason.MILITARY_ASK_STATE,))
    assert lookup.find("AE", "09001") == answer
    assert names(lookup.find("OR", "09001")) == ["Merkley", "Wyden"]


@pytest.mark.parametrize("state", ["PR", "GU", "VI", "AS", "MP"])
def test_the_territories_have_no_senators(state: str) -> None:
    answer = lookup.find(state)
    assert (answer.states, answer.senators, answer.reasons) == ((state,), (), (Reason.NO_SENATORS,))
    assert codes(answer) == list(answer.districts) == [f"{state}-0"]


@pytest.mark.parametrize("zip_code", ["96940", "96941", "96960"])
def test_the_freely_associated_states_are_not_represented(zip_code: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert (answer.states, answer.seats, answer.reasons) == ((), (), (Reason.NOT_REPRESENTED,))


def test_a_zip_alone_in_two_states_offers_both() -> None:
    answer = lookup.find(postal_code="45275")
    assert answer.states == ("OH", "KY")
    assert (answer.state, answer.asks) == (None, (Reason.ZIP_SPLIT_STATE,))
    assert answer.reasons == (Reason.ZIP_SPLIT_STATE, Reason.ADDRESS_NEEDED)
    assert [seat.state for seat in answer.seats] == ["OH", "OH", "KY", "KY"]


@pytest.mark.parametrize(("state", "district"), [("MT", "MT-2"), ("SD", "SD-0"), ("WY", "WY-0")])
def test_a_typed_state_that_is_one_of_the_zips_is_never_overruled(state: str, district: str) -> None:
    answer = lookup.find(state, "57717")
    assert (answer.state, answer.reasons, len(answer.senators)) == (state, (), 2)
    assert (answer.districts, codes(answer), answer.confidence) == ((district,), [district], Confidence.EXACT)


def test_a_typed_state_leaves_only_its_own_districts_of_a_split_zip() -> None:
    both, virginia, west = (lookup.find(state, "20135") for state in (None, "VA", "WV"))
    assert both.districts == ("VA-10", "VA-6", "WV-2")
    assert both.reasons == (Reason.ZIP_SPLIT_STATE, Reason.ZIP_SPLIT_DISTRICT, Reason.ADDRESS_NEEDED)
    assert (virginia.districts, virginia.reasons) == (
        ("VA-10", "VA-6"),
        (Reason.ZIP_SPLIT_DISTRICT, Reason.ADDRESS_NEEDED),
    )
    assert (west.districts, west.reasons, west.confidence) == (("WV-2",), (), Confidence.EXACT)
    assert [seat.is_senate for seat in both.seats] == [True] * 4 + [False] * 3


def test_a_zip_of_another_state_asks_and_picks_nobody() -> None:
    answer = lookup.find("WA", "97201")
    assert (answer.states, answer.seats, answer.asks) == (("WA", "OR"), (), (Reason.ZIP_STATE_MISMATCH,))
    assert answer.state is None


def test_an_apo_state_with_a_zip_of_the_country_asks_for_the_state() -> None:
    answer = lookup.find("AE", "97201")
    assert answer.states == ("OR",)
    assert answer.asks == (Reason.ZIP_STATE_MISMATCH, Reason.MILITARY_ASK_STATE)
    assert (answer.state, answer.seats) == (None, ())


@pytest.mark.parametrize("zip_code", ["00000", "11111", "99999"])
def test_an_unknown_zip_alone_says_nothing_and_leaves_a_typed_state_alone(zip_code: str) -> None:
    alone = lookup.find(postal_code=zip_code)
    assert (alone.states, alone.seats, alone.reasons) == ((), (), (Reason.ZIP_UNKNOWN,))
    with_state = lookup.find("OR", zip_code)
    assert (with_state.state, with_state.reasons) == ("OR", (Reason.ZIP_UNKNOWN,))
    assert names(with_state) == ["Merkley", "Wyden"]


def test_an_appointed_senator_stays_past_the_expected_end(time_machine: object) -> None:
    time_machine.move_to("2026-11-10")  # type: ignore[attr-defined]
    assert "Husted" in names(lookup.find("OH"))
    assert "Moody" in names(lookup.find("FL"))


def test_a_vacant_seat_is_named_and_has_nobody() -> None:
    Term.objects.open().filter(legislator__bioguide_id="M001176").update(closed_on="2026-08-01")
    answer = lookup.find("OR")
    assert names(answer) == ["", "Wyden"]
    assert answer.reasons == (Reason.SEAT_VACANT,)
    seat = {"chamber": "senate", "state": "OR", "class": 2, "district": None, "status": "vacant", "legislator": None}
    assert as_json(answer)["seats"][0] == seat


def test_a_vacancy_in_the_house_is_told_only_to_whom_that_seat_surely_belongs(cold: None) -> None:
    PostalCode.objects.filter(zip="45275").update(districts=["KY-4"])
    vacant = {seat.district_code for seat in Seat.objects.house().vacant()}
    assert "FL-20" in vacant
    answer = lookup.find(postal_code="33311")
    assert answer.districts == ("FL-20", "FL-23")
    assert Reason.SEAT_VACANT not in answer.reasons
    assert [seat["status"] for seat in as_json(answer)["seats"]] == ["filled", "filled", "vacant", "filled"]
    Term.objects.open().filter(seat__state="KY", seat__district=4).update(closed_on="2026-08-01")
    kept.forget_everything()
    airport = lookup.find(postal_code="45275")
    assert (airport.states, airport.districts, codes(airport)) == (("OH", "KY"), ("KY-4",), ["KY-4"])
    assert airport.reasons == (Reason.ZIP_SPLIT_STATE, Reason.ADDRESS_NEEDED), "most of it may lie in Ohio"
    assert lookup.find("KY", "45275").reasons == (Reason.SEAT_VACANT,)
    Term.objects.open().filter(seat__state="WY", seat__district=0).update(closed_on="2026-08-01")
    kept.forget_everything()
    assert lookup.find("WY").reasons == (Reason.SEAT_VACANT,)


@pytest.mark.parametrize(
    ("state", "zip_code", "field", "code", "suggestion"),
    [
        ("OR", "2134", "postal_code", "too_short", "02134"),
        ("OR", "\uff10\uff11\uff10\uff10\uff11", "postal_code", "foreign_digits", "01001"),
        ("OR", "97201\0", "postal_code", "not_five_digits", ""),
        ("Narnia", "97201", "state", "unknown_state", ""),
        ("", " ", "state", "required", ""),
        (None, None, "state", "required", ""),
    ],
)
def test_bad_input_is_refused_by_field_with_a_sentence_and_a_suggestion(
    state: str | None, zip_code: str | None, field: str, code: str, suggestion: str
) -> None:
    with pytest.raises(Refused) as caught:
        lookup.find(state, zip_code)
    (refusal,) = caught.value.refusals
    assert (refusal.field, refusal.code, refusal.suggestion) == (field, code, suggestion)
    assert str(refusal.detail).endswith((".", "?"))


def test_two_faults_are_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        lookup.find("Narnia", "1")
    assert [refusal.field for refusal in caught.value.refusals] == ["state", "postal_code"]


@pytest.mark.parametrize(
    "question", [("OR", "97201"), (None, "57717"), ("DC", "20001"), ("WA", "97201"), (None, "09001")]
)
def test_a_lookup_costs_two_queries_cold_and_none_warm(
    question: tuple[str | None, str], django_assert_num_queries: DjangoAssertNumQueries, cold: None
) -> None:
    with django_assert_num_queries(2):
        as_json(lookup.find(*question))
    with django_assert_num_queries(0):
        as_json(lookup.find(*question))
        as_json(lookup.find("WY", "57717"))


def test_two_seats_and_their_holders_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        seats = list(Seat.objects.senate().of_state("OR").with_holders())
        assert [seat.holder.office.phone for seat in seats if seat.holder] == ["202-224-3753", "202-224-5244"]


def test_the_answer_of_the_api() -> None:
    answer = as_json(lookup.find("or", "97910-1234"))
    merkley = {
        "bioguide_id": "M001176",
        "name": "Jeff Merkley",
        "party": "Democrat",
        "phone": "202-224-3753",
        "website": "https://www.merkley.senate.gov",
        "contact_form": "https://www.merkley.senate.gov/contact/",
    }
    seat = {"chamber": "senate", "state": "OR", "class": 2, "district": None, "status": "filled"}
    assert answer["seats"][0] == seat | {"legislator": merkley}
    house = answer["seats"][2]
    assert house["legislator"]["bioguide_id"] == "B000668"
    assert house | {"legislator": None} == {
        "chamber": "house",
        "state": "OR",
        "class": None,
        "district": "OR-2",
        "status": "filled",
        "legislator": None,
    }
    assert {key: answer[key] for key in answer if key != "seats"} == {
        "states": ["OR"],
        "districts": ["OR-2"],
        "reasons": [],
        "confidence": "exact",
        "as_of": "2026-06-15",
    }


def test_every_reason_has_a_sentence_for_people() -> None:
    with translation.override("en"):
        assert all(reason.label.endswith((".", "?")) for reason in Reason)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.none() | st.text(max_size=80) | st.sampled_from(sorted(usps.NAMES)),
    zip_code=st.none() | st.text(max_size=12) | st.from_regex(r"\A\d{5}\Z") | st.sampled_from(["97910", "57717"]),
    address=st.none() | st.text(max_size=300),
)
def test_any_text_gives_an_answer_or_a_refusal(state: str | None, zip_code: str | None, address: str | None) -> None:
    with contextlib.suppress(Refused):
        assert as_json(lookup.find(state, zip_code, address))


def test_who_gets_mail_in_palau_and_votes_in_oregon_is_spoken_for_by_oregon(furnished):
    found = lookup.find("OR", "96940")
    assert (found.states, found.reasons) == (("OR",), ())
    assert len(found.seats) == 2
