"""Ada, Bruno and Chiyo look for their own senators on a treaty's page, and strangers type what they like."""

import pytest
from django.http import HttpResponse
from django.test import Client

from campaign.legislators import lookup
from campaign.legislators.lookup import Reason
from campaign.legislators.models import Term
from campaign.petitions.models import Petition
from campaign.treaties.models import Stance, Treaty
from tests.public.conftest import Citizen, value_of, words
from tests.public.senate import MERKLEY, TREATY, stand, table_rows

pytestmark = pytest.mark.django_db


def found_by(response: HttpResponse) -> str:
    """What stands under "Find your senators", as somebody reads it."""
    section = response.content.decode().split('id="mine"')[1].split("</section>")[0]
    return words(HttpResponse(section))


def test_one_state_is_shown_alone(citizen: Citizen, treaty: Treaty) -> None:
    response = citizen.get(TREATY, {"state": "OR"})
    assert [row.split(" Oregon")[0] for row in table_rows(response)] == ["Jeff Merkley", "Ron Wyden"]
    assert response.content.decode().count('class="ring"') == 2
    assert "The seats of Oregon" in words(response)


def test_a_state_that_is_none_is_told_and_all_are_shown(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "Narnia"})
    assert answer.status_code == 422
    assert len(table_rows(answer)) == 100
    assert "We don't know this state." in words(answer)


def test_ada_finds_hers_with_where_they_stand(citizen: Citizen, treaty: Treaty) -> None:
    stand(treaty, Stance.SUPPORTS, MERKLEY)
    response = citizen.get(TREATY, {"state": "OR", "postal_code": "97201"})
    page, source = words(response), response.content.decode()
    assert "They speak for Oregon" in page
    assert source.count('class="card senator"') == 2
    assert "Ron Wyden Democrat We don't know yet where they stand." in page
    assert "Jeff Merkley Democrat" in page
    assert source.count('class="ring"') == 2
    assert sum(row.startswith("Ron Wyden yours") for row in table_rows(response)) == 1
    assert value_of(response, "postal_code") == "97201"
    assert 'value="OR" selected' in source


def test_a_zip_alone_is_enough(citizen: Citizen, treaty: Treaty) -> None:
    assert "They speak for Oregon" in words(citizen.get(TREATY, {"state": "", "postal_code": "97201-1234"}))


def test_bruno_is_told_that_nobody_votes_for_him_there(citizen: Citizen, treaty: Treaty, petition: Petition) -> None:
    Petition.objects.update(treaty=treaty)
    page = words(citizen.get(TREATY, {"state": "", "postal_code": "20001"}))
    assert "The District of Columbia and the territories have no senators." in page
    assert "Your signature counts like any other." in page
    assert "They speak for" not in page


def test_chiyo_is_asked_where_she_votes(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "AE", "postal_code": "09001"})
    assert answer.status_code == 200
    assert "Which state is your voting residence?" in words(answer)
    assert 'aria-describedby="state-error"' in answer.content.decode()
    assert value_of(answer, "postal_code") == "09001"
    assert "They speak for Washington" in words(citizen.get(TREATY, {"state": "WA", "postal_code": "09001"}))


def test_a_zip_in_three_states_offers_all_three(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "", "postal_code": "57717"})
    source = answer.content.decode()
    for code in ("SD", "MT", "WY"):
        assert f'href="{TREATY}?state={code}&amp;postal_code=57717#mine"' in source
    assert "They speak for" not in words(answer)
    assert 'class="ring"' not in source
    assert "They speak for Wyoming" in words(citizen.get(TREATY, {"state": "WY", "postal_code": "57717"}))


def test_a_zip_of_another_state_asks_which(citizen: Citizen, treaty: Treaty) -> None:
    source = citizen.get(TREATY, {"state": "OR", "postal_code": "98101"}).content.decode()
    assert f'href="{TREATY}?state=OR&amp;postal_code=#mine"' in source
    assert f'href="{TREATY}?state=WA&amp;postal_code=98101#mine"' in source


def test_a_military_state_with_a_zip_at_home_offers_that_zips_state(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "AE", "postal_code": "97201"})
    assert f'href="{TREATY}?state=OR&amp;postal_code=97201#mine"' in answer.content.decode()
    assert "They speak for" not in words(answer)


@pytest.mark.parametrize("postal_code", ["00000", "11111", "99999"])
def test_a_zip_that_nobody_knows_is_said_beside_its_field(citizen: Citizen, treaty: Treaty, postal_code: str) -> None:
    answer = citizen.get(TREATY, {"state": "", "postal_code": postal_code})
    assert 'id="postal_code-error"' in answer.content.decode()
    assert "We don't know this ZIP code." in words(answer)


def test_a_zip_that_lost_its_zero_is_offered_with_it(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "MA", "postal_code": "2134"})
    assert answer.status_code == 422
    assert "Did you mean 02134?" in words(answer)
    assert 'href="?state=MA&amp;postal_code=02134#mine"' in answer.content.decode()
    assert value_of(answer, "postal_code") == "2134"


def test_nothing_typed_is_said_too(citizen: Citizen, treaty: Treaty) -> None:
    answer = citizen.get(TREATY, {"state": "", "postal_code": ""})
    assert answer.status_code == 422
    assert "Please give a state or a ZIP code." in words(answer)


def test_a_vacant_seat_of_mine_is_said(citizen: Citizen, treaty: Treaty) -> None:
    Term.objects.open().filter(legislator__bioguide_id=MERKLEY).update(closed_on="2026-08-01")
    mine = found_by(citizen.get(TREATY, {"state": "OR", "postal_code": "97201"}))
    assert "Oregon, class 2 Vacant seat" in mine
    assert "A seat of this state is vacant." in mine


def test_what_only_matters_for_the_house_is_not_said(citizen: Citizen, treaty: Treaty) -> None:
    house_only = {Reason.ZIP_SPLIT_DISTRICT, Reason.ADDRESS_NEEDED}
    assert house_only <= set(lookup.find("VA", "20135").reasons)
    mine = found_by(citizen.get(TREATY, {"state": "VA", "postal_code": "20135"}))
    assert "They speak for Virginia" in mine
    for reason in house_only:
        assert str(reason.label) not in mine


# --- strangers -------------------------------------------------------------------------------------------------------

HOSTILE = [
    "\0",
    "x" * 7000,
    "\ufffd",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "\u202e97201",
    "\U0001f5f3",
    "\r\n",
]


@pytest.mark.parametrize("name", ["state", "postal_code", "present", "nonsense"])
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:12])
def test_whatever_the_query_holds_is_a_page_or_a_4xx(citizen: Citizen, treaty: Treaty, name: str, value: str) -> None:
    answer = citizen.get(TREATY, {name: value, "postal_code": value})
    assert answer.status_code in {200, 400, 422}
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["state=%FF%FE", "state=%ED%A0%80&postal_code=%C0%80", "state=OR&state=WA", "=&&&=", "%"]
)
def test_bytes_that_are_no_text_are_no_accident(client: Client, treaty: Treaty, query: str) -> None:
    assert client.get(f"{TREATY}?{query}").status_code in {200, 400, 422}


@pytest.mark.parametrize("slug", ["there-is-none", "x" * 300])
@pytest.mark.parametrize("query", ["", "?state=OR", "?state=OR&postal_code=97201"])
def test_a_treaty_that_is_not_there_is_a_404(citizen: Citizen, treaty: Treaty, slug: str, query: str) -> None:
    assert citizen.get(f"/treaties/{slug}/{query}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_there(citizen: Citizen, treaty: Treaty, method: str) -> None:
    assert getattr(citizen, method)(TREATY).status_code == 405


def test_a_treaty_without_any_text_is_not_shown(citizen: Citizen, treaty: Treaty) -> None:
    treaty.texts.all().delete()
    assert citizen.get(TREATY).status_code == 404


def test_only_the_page_that_asks_nothing_is_for_search_engines(citizen: Citizen, treaty: Treaty) -> None:
    mark = '<meta name="robots" content="noindex">'
    assert mark not in citizen.get(TREATY).content.decode()
    for query in ({"state": "OR"}, {"state": "OR", "postal_code": "97201"}, {"present": "90"}, {"present": "x"}):
        assert mark in citizen.get(TREATY, query).content.decode()


def test_finding_mine_costs_two_queries_at_most(citizen: Citizen, treaty: Treaty, statements: list[str]) -> None:
    citizen.get(TREATY)
    statements.clear()
    citizen.get(TREATY, {"state": "OR", "postal_code": "97201"})
    assert len(statements) <= 2
