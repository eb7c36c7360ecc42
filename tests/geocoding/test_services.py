"""What the services answer, in their own shapes, and what of it counts."""

from typing import Any

import pytest
import time_machine

from campaign.legislators import geocoding
from campaign.legislators.geocoding import Answer, Trouble
from tests.geocoding.conftest import ADDRESS, Service, match, matches

NOT_FOUND, AMBIGUOUS = Answer(trouble=Trouble.NOT_FOUND), Answer(trouble=Trouble.AMBIGUOUS)
OTHER_CONGRESS, UNAVAILABLE = Answer(trouble=Trouble.OTHER_CONGRESS), Answer(trouble=Trouble.UNAVAILABLE)


def test_it_is_off_by_default_and_asks_nobody(settings: Any) -> None:
    assert settings.ADDRESS_BACKEND == ""
    assert not geocoding.is_on()
    assert geocoding.receiver() is None
    assert geocoding.district_of(ADDRESS) == Answer(trouble=Trouble.OFF)


def test_the_receiver_is_named_before_anything_is_typed(census: Service) -> None:
    receiver = geocoding.receiver()
    assert receiver is not None
    assert (str(receiver.name), receiver.is_outside) == ("the U.S. Census Bureau", True)
    assert census.asked == []


# --- the Census Bureau


def test_the_census_is_asked_for_the_map_of_the_sitting_congress(census: Service) -> None:
    census.answers(matches(match("4103")))
    assert geocoding.district_of(ADDRESS) == Answer("OR-3")
    path, params = census.asked[0]
    assert path == "/geocoder/geographies/onelineaddress"
    assert params == {
        "address": ADDRESS,
        "benchmark": "Public_AR_Current",
        "vintage": "ACS2025_Current",
        "layers": "all",
        "format": "json",
    }


@pytest.mark.parametrize(("geoid", "district"), [("5600", "WY-0"), ("1198", "DC-0"), ("7298", "PR-0")])
def test_at_large_districts_and_delegates_are_district_0(census: Service, geoid: str, district: str) -> None:
    census.answers(matches(match(geoid)))
    assert geocoding.district_of(ADDRESS) == Answer(district)


@pytest.mark.parametrize(
    "found",
    [
        [match(congress=120)],
        [match(CDSESSN="120")],
        [match(), match(congress=120)],
        [match() | {"geographies": {"119th Congressional Districts": []}}],
    ],
)
def test_a_census_answer_about_another_congress_does_not_count(census: Service, found: list[dict[str, Any]]) -> None:
    census.answers(matches(*found))
    assert geocoding.district_of(ADDRESS) == OTHER_CONGRESS


def test_from_the_3rd_of_january_the_next_congress_is_asked_for_and_counts(census: Service) -> None:
    census.answers(matches(match(congress=120)))
    with time_machine.travel("2027-01-02T12:00:00Z"):
        assert geocoding.district_of(ADDRESS) == OTHER_CONGRESS
    with time_machine.travel("2027-01-04T12:00:00Z"):
        assert geocoding.district_of(ADDRESS) == Answer("OR-3")
    assert [params["vintage"] for _path, params in census.asked] == ["ACS2025_Current", "Current_Current"]


def test_the_121st_is_written_as_it_is_written(census: Service) -> None:
    row = {"GEOID": "4103", "STATE": "41", "CDSESSN": "121"}
    census.answers(matches({"geographies": {"121st Congressional Districts": [row]}}))
    with time_machine.travel("2029-02-01T12:00:00Z"):
        assert geocoding.district_of(ADDRESS) == Answer("OR-3")


def test_two_matches_in_one_district_agree_and_in_two_they_do_not(census: Service) -> None:
    census.answers(matches(match("4103"), match("4103")))
    assert geocoding.district_of(ADDRESS) == Answer("OR-3")
    census.answers(matches(match("4103"), match("4101")))
    assert geocoding.district_of(ADDRESS) == AMBIGUOUS


@pytest.mark.parametrize("found", [[], [match("41ZZ")], [match("4199")], [match("9903", STATE="99")]])
def test_no_match_and_districts_that_nobody_holds_are_not_found(census: Service, found: list[dict[str, Any]]) -> None:
    census.answers(matches(*found))
    assert geocoding.district_of(ADDRESS) == NOT_FOUND


def test_a_row_that_contradicts_itself_is_no_answer(census: Service) -> None:
    census.answers(matches(match("4103", STATE="53")))
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE


def test_what_the_census_says_about_the_address_is_not_what_it_says_about_us(census: Service) -> None:
    census.answers({"errors": ["Address cannot be empty and cannot exceed 100 characters"], "status": "400"}, 400)
    assert geocoding.district_of(ADDRESS) == NOT_FOUND
    census.answers({"errors": ["Invalid vintage in request"], "status": "400"}, 400)
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE


# --- Google


def divisions(*ids: str) -> dict[str, Any]:
    return {
        "normalizedInput": {"line1": "1221 Quixotic Lane", "city": "Portland", "state": "OR", "zip": "97201"},
        "divisions": {f"ocd-division/{id_}": {"name": "A division"} for id_ in ("country:us", *ids)},
    }


def test_googles_districts_are_open_civic_data_ids(google: Service) -> None:
    google.answers(divisions("country:us/state:or", "country:us/state:or/cd:3", "country:us/state:or/sldl:36"))
    assert geocoding.district_of(ADDRESS) == Answer("OR-3")
    assert google.asked == [("/civicinfo/v2/divisionsByAddress", {"address": ADDRESS, "key": "a-key"})]


@pytest.mark.parametrize(
    ("id_", "district"),
    [("country:us/state:wy", "WY-0"), ("country:us/district:dc", "DC-0"), ("country:us/territory:pr", "PR-0")],
)
def test_google_writes_no_district_where_there_is_one(google: Service, id_: str, district: str) -> None:
    answer = divisions(id_, f"{id_}/county:somewhere")
    answer["divisions"][f"ocd-division/{id_}"]["alsoKnownAs"] = [f"ocd-division/{id_}/cd:1"]
    google.answers(answer)
    assert geocoding.district_of(ADDRESS) == Answer(district)


def test_a_town_in_a_state_with_several_districts_is_not_district_0(google: Service) -> None:
    google.answers(divisions("country:us/state:or", "country:us/state:or/place:portland"))
    assert geocoding.district_of(ADDRESS) == NOT_FOUND


def test_two_districts_of_google_are_none(google: Service) -> None:
    google.answers(divisions("country:us/state:or/cd:3", "country:us/state:or/cd:1"))
    assert geocoding.district_of(ADDRESS) == AMBIGUOUS


def test_google_counts_only_for_the_congress_that_the_operator_vouched_for(google: Service, settings: Any) -> None:
    google.answers(divisions("country:us/state:or/cd:3"))
    with time_machine.travel("2027-01-04T12:00:00Z"):
        assert not geocoding.is_on()
        assert geocoding.receiver() is None
        assert geocoding.district_of(ADDRESS) == OTHER_CONGRESS
    assert google.asked == [], "and gets no address whose answer would not count"
    settings.GOOGLE_CIVIC_CONGRESS = 120
    assert not geocoding.is_on()


@pytest.mark.parametrize(
    ("status", "reason", "answer"),
    [(404, "notFound", NOT_FOUND), (400, "parseError", NOT_FOUND), (400, "badRequest", UNAVAILABLE)],
)
def test_googles_errors_are_about_the_address_or_about_us(
    google: Service, status: int, reason: str, answer: Answer
) -> None:
    google.answers({"error": {"code": status, "errors": [{"reason": reason}]}}, status)
    assert geocoding.district_of(ADDRESS) == answer


# --- Geocodio


def result(district: int = 3, congress: str = "119th", accuracy: str = "rooftop", **changes: Any) -> dict[str, Any]:
    districts = [{"district_number": district, "congress_number": congress, "proportion": 1}]
    return {
        "address_components": {"state": "OR", "zip": "97201"},
        "accuracy_type": accuracy,
        "fields": {"congressional_districts": districts},
    } | changes


def test_geocodio_is_asked_for_one_congress_by_number(geocodio: Service) -> None:
    geocodio.answers({"results": [result()]})
    assert geocoding.district_of(ADDRESS) == Answer("OR-3")
    params = {"q": ADDRESS, "fields": "cd119", "country": "US", "api_key": "a-key"}
    assert geocodio.asked == [("/v1.12/geocode", params)]


@pytest.mark.parametrize(
    ("results", "answer"),
    [
        ([], NOT_FOUND),
        ([result(congress="120th")], OTHER_CONGRESS),
        ([result(accuracy="place")], NOT_FOUND),
        ([result(accuracy="street_center")], NOT_FOUND),
        ([result(), result(1, accuracy="place")], Answer("OR-3")),
        ([result(), result(1)], AMBIGUOUS),
        ([result(98, address_components={"state": "DC"})], Answer("DC-0")),
        ([result(0, address_components={"state": "WY"})], Answer("WY-0")),
        ([result(address_components={"state": "ON"})], UNAVAILABLE),
        ([result(fields={})], UNAVAILABLE),
        ([result(fields={"congressional_districts": []})], NOT_FOUND),
    ],
)
def test_what_of_geocodios_answers_counts(geocodio: Service, results: list[dict[str, Any]], answer: Answer) -> None:
    geocodio.answers({"results": results})
    assert geocoding.district_of(ADDRESS) == answer


def test_what_geocodio_cannot_place_is_not_found_and_a_bad_key_is_ours(geocodio: Service) -> None:
    geocodio.answers({"error": "Could not geocode address. Postal code or city required."}, 422)
    assert geocoding.district_of(ADDRESS) == NOT_FOUND
    geocodio.answers({"error": "Invalid API key"}, 403)
    assert geocoding.district_of(ADDRESS) == UNAVAILABLE
