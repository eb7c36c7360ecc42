"""Who speaks for Ada, Bruno, Chiyo and the rest of the country."""

import contextlib

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from campaign.legislators import lookup
from campaign.legislators.lookup import Reason
from campaign.legislators.models import Seat, Term
from campaign.lib.refusals import Refused

pytestmark = pytest.mark.usefixtures("furnished")


def names(answer: lookup.Constituency) -> list[str]:
    return [seat.holder.family_name if seat.holder else "" for seat in answer.seats]


def test_two_senators_speak_for_ada_in_oregon() -> None:
    answer = lookup.find("Oregon", "97201")
    assert (answer.state, answer.states, answer.districts, answer.reasons) == ("OR", ("OR",), (), ())
    assert names(answer) == ["Merkley", "Wyden"]


def test_bruno_lives_in_dc_and_has_no_senators() -> None:
    for answer in (lookup.find("DC", "20001"), lookup.find(postal_code="20500"), lookup.find("Wash DC")):
        assert (answer.state, answer.seats, answer.reasons) == ("DC", (), (Reason.NO_SENATORS,))


def test_chiyo_votes_from_an_apo_address_and_is_asked_for_her_state() -> None:
    answer = lookup.find(postal_code="09001")
    assert (answer.states, answer.seats, answer.asks) == ((), (), (Reason.MILITARY_ASK_STATE,))
    assert lookup.find("AE", "09001") == answer
    assert names(lookup.find("OR", "09001")) == ["Merkley", "Wyden"]


@pytest.mark.parametrize("state", ["PR", "GU", "VI", "AS", "MP"])
def test_the_territories_have_no_senators(state: str) -> None:
    answer = lookup.find(state)
    assert (answer.states, answer.seats, answer.reasons) == ((state,), (), (Reason.NO_SENATORS,))


@pytest.mark.parametrize("zip_code", ["96940", "96941", "96960"])
def test_the_freely_associated_states_are_not_represented(zip_code: str) -> None:
    answer = lookup.find(postal_code=zip_code)
    assert (answer.states, answer.seats, answer.reasons) == ((), (), (Reason.NOT_REPRESENTED,))


def test_a_zip_alone_in_two_states_offers_both() -> None:
    answer = lookup.find(postal_code="45275")
    assert answer.states == ("OH", "KY")
    assert (answer.state, answer.asks) == (None, (Reason.ZIP_SPLIT_STATE,))
    assert [seat.state for seat in answer.seats] == ["OH", "OH", "KY", "KY"]


@pytest.mark.parametrize("state", ["MT", "SD", "WY"])
def test_a_typed_state_that_is_one_of_the_zips_is_never_overruled(state: str) -> None:
    answer = lookup.find(state, "57717")
    assert (answer.state, answer.reasons, len(answer.seats)) == (state, (), 2)


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
    assert answer.as_json()["seats"][0] == {"chamber": "senate", "state": "OR", "class": 2, "legislator": None}


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
def test_a_lookup_costs_at_most_three_queries(
    question: tuple[str | None, str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        lookup.find(*question).as_json()


def test_two_seats_and_their_holders_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        seats = list(Seat.objects.senate().of_state("OR").with_holders())
        assert [seat.holder.office.phone for seat in seats if seat.holder] == ["202-224-3753", "202-224-5244"]


def test_the_answer_of_the_api() -> None:
    answer = lookup.find("or", "97201-1234").as_json()
    merkley = {
        "bioguide_id": "M001176",
        "name": "Jeff Merkley",
        "party": "Democrat",
        "phone": "202-224-3753",
        "contact_form": "https://www.merkley.senate.gov/contact/",
    }
    assert answer["seats"][0] == {"chamber": "senate", "state": "OR", "class": 2, "legislator": merkley}
    assert {key: answer[key] for key in answer if key != "seats"} == {
        "states": ["OR"],
        "districts": [],
        "reasons": [],
        "as_of": "2026-06-15",
    }


def test_every_reason_has_a_sentence_for_people() -> None:
    with translation.override("en"):
        assert all(reason.label.endswith((".", "?")) for reason in Reason)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.none() | st.text(max_size=80), zip_code=st.none() | st.text(max_size=12) | st.from_regex(r"\A\d{5}\Z"))
def test_any_text_gives_an_answer_or_a_refusal(state: str | None, zip_code: str | None) -> None:
    with contextlib.suppress(Refused):
        assert lookup.find(state, zip_code).as_json()


def test_who_gets_mail_in_palau_and_votes_in_oregon_is_spoken_for_by_oregon(furnished):
    found = lookup.find("OR", "96940")
    assert (found.states, found.reasons) == (("OR",), ())
    assert len(found.seats) == 2
