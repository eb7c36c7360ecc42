"""Who sits in Congress, and who sat there."""

import json
import re
from datetime import date
from typing import Any

import pytest
import time_machine

from campaign.legislators.models import Committee, CommitteeMembership, DataImport, Legislator, Office, Seat, Term
from campaign.lib import kept
from tests import factories
from tests.api.conftest import is_problem

LIST = "/api/v1/legislators"
MERKLEY, WYDEN = "M001176", "W000779"


@pytest.fixture
def foreign_relations(db) -> Committee:
    """The committee, with Jeff Merkley and a member of another state on it."""
    committee, _made = Committee.objects.get_or_create(
        code="SSFR", defaults={"name": "Senate Committee on Foreign Relations", "chamber": "senate"}
    )
    CommitteeMembership.objects.all().delete()
    for rank, bioguide_id in enumerate((MERKLEY, "K000367"), 1):
        CommitteeMembership.objects.create(
            committee=committee,
            legislator=Legislator.objects.get(bioguide_id=bioguide_id),
            side="minority",
            rank=rank,
            seen_on=date(2026, 6, 15),
        )
    return committee


def everybody(client, query: str) -> list[dict[str, Any]]:
    """All pages, by following Link."""
    found, path = [], f"{LIST}?{query}"
    while path:
        response = client.get(path)
        assert response.status_code == 200
        page = response.json()["legislators"]
        assert page or not found
        found += page
        link = re.fullmatch(r'<http://testserver(.+)>; rel="next"', response.headers.get("Link", ""))
        path = link[1] if link else ""
    return found


def place(seat: dict[str, Any]) -> tuple[str, bool, int]:
    """What the list is ordered by."""
    return seat["state"], seat["chamber"] != "senate", seat["class"] or int(seat["district"][3:])


def test_all_who_hold_a_seat_are_listed_once_by_state_with_senators_first(client, db):
    found = everybody(client, "limit=100")
    ids = [each["bioguide_id"] for each in found]
    filled = [seat for seat in Seat.objects.with_holders() if seat.holder]
    assert len(ids) == len(set(ids)) == len(filled)
    places = [place(each["seat"]) for each in found]
    assert places == sorted(places)
    assert [len(everybody(client, f"chamber={chamber}&limit=100")) for chamber in ("senate", "house")] == [
        sum(seat.is_senate for seat in filled),
        sum(not seat.is_senate for seat in filled),
    ]


def test_a_page_holds_twenty_and_leads_on(client, db):
    response = client.get(LIST)
    assert len(response.json()["legislators"]) == 20
    assert 'rel="next"' in response.headers["Link"]
    assert len(everybody(client, "state=OR&limit=3")) == len(everybody(client, "state=oregon")) == 8
    assert "Link" not in client.get(f"{LIST}?state=OR&limit=8").headers


def test_oregons_senators_are_told_with_their_offices(client, db):
    first, second = everybody(client, "state=OR&chamber=senate")
    assert (first["bioguide_id"], first["family_name"], second["bioguide_id"]) == (MERKLEY, "Merkley", WYDEN)
    assert first["seat"] == {"chamber": "senate", "state": "OR", "class": 2, "district": None}
    assert first["phone"]
    assert first["contact_form"].startswith("https://")


def test_foreign_relations_is_one_filter_away(client, foreign_relations):
    found = everybody(client, "committee=SSFR")
    assert {each["bioguide_id"] for each in found} == {MERKLEY, "K000367"}
    told = next(each for each in found if each["bioguide_id"] == MERKLEY)["committees"]
    assert told == [{"code": "SSFR", "name": foreign_relations.name, "side": "minority", "rank": 1, "title": None}]
    assert [each["bioguide_id"] for each in everybody(client, "committee=SSFR&state=OR")] == [MERKLEY]
    CommitteeMembership.objects.filter(legislator__bioguide_id=MERKLEY).update(closed_on=date(2026, 7, 1))
    kept.forget_everything()
    assert [each["bioguide_id"] for each in everybody(client, "committee=SSFR")] == ["K000367"]


def test_no_address_of_an_office_is_ever_told(client, db):
    office = Office.objects.get(legislator__bioguide_id=MERKLEY)
    office.enter_email("secret@senate.example", by="olive@example.org")
    for path in (f"{LIST}?state=OR", f"{LIST}/{MERKLEY}", f"{LIST}/lookup?state=OR"):
        text = client.get(path).content.decode()
        assert "Merkley" in text
        assert "secret" not in text
        assert "@" not in text
        assert "olive" not in text


def test_a_vacant_seat_is_nobodys(client, db):
    Term.objects.filter(legislator__bioguide_id=WYDEN).update(closed_on=date(2026, 7, 1))
    assert [each["bioguide_id"] for each in everybody(client, "state=OR&chamber=senate")] == [MERKLEY]


@time_machine.travel("2027-01-04 12:00Z", tick=False)
def test_whoever_held_a_term_that_ran_out_is_not_listed(client, db):
    assert [each["bioguide_id"] for each in everybody(client, "state=OR")] == [WYDEN]
    left = client.get(f"{LIST}/{MERKLEY}").json()
    assert left["seat"] is None
    assert left["terms"][-1]["closed_on"] is None


def test_somebody_who_left_is_still_told_with_their_terms(client, db):
    Term.objects.filter(legislator__bioguide_id=WYDEN).update(closed_on=date(2026, 7, 1))
    found = client.get(f"{LIST}/{WYDEN}").json()
    assert (found["name"], found["seat"]) == ("Ron Wyden", None)
    assert found["terms"][-1]["closed_on"] == "2026-07-01"
    assert found["terms"][-1]["class"] == 3


def test_one_who_sits_is_told_with_seat_terms_and_date(client, foreign_relations):
    found = client.get(f"{LIST}/{MERKLEY}").json()
    assert found["seat"] == {"chamber": "senate", "state": "OR", "class": 2, "district": None}
    assert found["terms"] == [
        found["seat"] | {"starts_on": "2021-01-03", "ends_on": "2027-01-03", "appointed": False, "closed_on": None}
    ]
    assert found["committees"][0]["code"] == "SSFR"
    assert found["as_of"] == DataImport.objects.as_of("legislators").isoformat()


@pytest.mark.parametrize("other", ["Z999999", "m001176", "M00117", "M0011766", "lookup2", "x" * 300, "M001176.json"])
def test_nobody_has_another_id(client, db, other):
    is_problem(client.get(f"{LIST}/{other}"), 404)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("state=Atlantis", "/state", "unknown_state"),
        ("state=", "/state", "unknown_state"),
        ("chamber=Senate", "/chamber", "unknown_chamber"),
        ("committee=XXXX", "/committee", "unknown_committee"),
        ("committee=", "/committee", "unknown_committee"),
        ("limit=0", "/limit", "bad_limit"),
        ("limit=101", "/limit", "bad_limit"),
        ("limit=٢٠", "/limit", "bad_limit"),
        ("cursor=OR02", "/cursor", "bad_cursor"),
        ("cursor=T1IwMg%3D%3D~forged", "/cursor", "bad_cursor"),
        ("party=Democrat", "/party", "unknown_parameter"),
        ("state=OR&state=WA", "/state", "given_twice"),
    ],
)
def test_what_a_list_cannot_be_narrowed_to_is_refused(client, db, query, pointer, code):
    problem = is_problem(client.get(f"{LIST}?{query}"), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


def test_a_cursor_of_petitions_is_none_of_legislators(client, petition):
    factories.make_petition("another")
    link = client.get("/api/v1/petitions?limit=1").headers["Link"]
    cursor = re.search(r"cursor=([^&>]+)", link)[1]
    is_problem(client.get(f"{LIST}?cursor={cursor}"), 422)


def test_the_cursor_holds_while_somebody_leaves(client, db):
    first = client.get(f"{LIST}?state=OR&limit=2")
    Term.objects.filter(legislator__bioguide_id=WYDEN).update(closed_on=date(2026, 7, 1))
    kept.forget_everything()
    following = re.search(r"<http://testserver(.+)>", first.headers["Link"])[1]
    assert [each["seat"]["district"] for each in client.get(following).json()["legislators"]] == ["OR-1", "OR-2"]


def test_parameters_of_one_legislator_are_refused(client, db):
    is_problem(client.get(f"{LIST}/{MERKLEY}?language=es"), 422)


@pytest.mark.parametrize("path", [f"{LIST}?state=OR", f"{LIST}/{MERKLEY}"])
def test_the_etag_changes_with_the_data_and_only_then(client, db, path):
    etag = client.get(path).headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    kept.forget_everything()
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    Office.objects.filter(legislator__bioguide_id=MERKLEY).update(phone="202-224-0000")
    kept.forget_everything()
    changed = client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag
    assert "202-224-0000" in json.dumps(changed.json())


def test_a_list_costs_few_statements_and_a_kept_one_none(client, foreign_relations, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(f"{LIST}?limit=100")
    with django_assert_max_num_queries(0):
        client.get(f"{LIST}?state=OR")
    with django_assert_max_num_queries(5):
        client.get(f"{LIST}/{MERKLEY}")
    with django_assert_max_num_queries(0):
        client.get(f"{LIST}/{MERKLEY}")
