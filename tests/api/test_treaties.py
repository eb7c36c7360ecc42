"""Where a treaty stands, and who stands where."""

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from campaign.legislators.models import Committee, CommitteeMembership, Legislator, Office, Seat, Term
from campaign.lib import kept, usps
from campaign.organizers.models import Organizer
from campaign.treaties.models import Position, Stage, StageChange, Stance, Treaty, TreatyText
from tests.api.conftest import is_problem

LIST = "/api/v1/treaties"
MERKLEY, WYDEN = "M001176", "W000779"


@pytest.fixture
def treaty(db) -> Treaty:
    """A treaty in two languages that was signed and sent to the Senate."""
    treaty = Treaty.objects.create(slug="convention", congress_received=119, number=7)
    TreatyText.objects.create(
        treaty=treaty, language="en", title="Convention against Cybercrime", short_title="Convention", summary="A text."
    )
    TreatyText.objects.create(
        treaty=treaty, language="es", title="Convención contra la Ciberdelincuencia", short_title="C", summary="Texto."
    )
    for stage, day in ((Stage.TRANSMITTED, 20), (Stage.SIGNED, 10)):
        StageChange.objects.create(
            treaty=treaty, stage=stage, happened_on=date(2026, 5, day), source_url="https://senate.example/", note="So."
        )
    return treaty


def state(treaty: Treaty, bioguide_id: str, stance: Stance, by: Organizer | None = None) -> Position:
    """An organizer enters how a senator stands."""
    Position.objects.filter(treaty=treaty, legislator__bioguide_id=bioguide_id).update(superseded_at=timezone.now())
    return Position.objects.create(
        treaty=treaty,
        legislator=Legislator.objects.get(bioguide_id=bioguide_id),
        stance=stance,
        stated_on=date(2026, 5, 4),
        source_url="https://senator.example/",
        note="Told a reporter.",
        entered_by=by,
    )


def positions(client, treaty: Treaty, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"{LIST}/{treaty.slug}/positions?{query}")
    assert response.status_code == 200
    assert response.json()["treaty"] == treaty.slug
    return response.json()["positions"]


def test_a_treaty_says_where_it_stands_and_how_it_came_there(client, treaty):
    found = client.get(f"{LIST}/{treaty.slug}").json()
    assert (found["title"], found["language"]) == ("Convention against Cybercrime", "en")
    assert (found["stage"], found["stage_name"], found["stage_since"]) == (
        "transmitted",
        "Sent to the Senate",
        "2026-05-20",
    )
    assert [(each["stage"], each["happened_on"]) for each in found["stages"]] == [
        ("signed", "2026-05-10"),
        ("transmitted", "2026-05-20"),
    ]
    assert all(each["source_url"] == "https://senate.example/" for each in found["stages"])
    assert (found["document"], found["committee"]) == ("Treaty Document 119-7", "SSFR")
    assert found["url"] == f"http://testserver/treaties/{treaty.slug}/"


def test_what_was_retracted_is_not_told(client, treaty):
    StageChange.objects.filter(stage=Stage.TRANSMITTED).update(retracted_at=timezone.now())
    found = client.get(f"{LIST}/{treaty.slug}").json()
    assert (found["stage"], len(found["stages"])) == ("signed", 1)


def test_a_treaty_of_which_nobody_entered_anything_was_not_signed(client, treaty):
    StageChange.objects.all().delete()
    found = client.get(f"{LIST}/{treaty.slug}").json()
    assert (found["stage"], found["stage_since"], found["stages"]) == ("not_signed", None, [])


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", None, "en"),
        ("", "es-MX,es;q=0.9", "es"),
        ("language=es", None, "es"),
        ("language=en", "es", "en"),
        ("", "tlh", "en"),
    ],
)
def test_the_texts_are_in_the_callers_language(client, treaty, query, accept, language):
    headers = {"Accept-Language": accept} if accept else {}
    for path in (f"{LIST}/{treaty.slug}?{query}", f"{LIST}?{query}"):
        response = client.get(path, headers=headers)
        found = response.json().get("treaties", [response.json()])[0]
        assert found["language"] == language
        assert found["title"].startswith("Convención" if language == "es" else "Convention")
        assert found["url"].endswith(f"{'/es' if language == 'es' else ''}/treaties/{treaty.slug}/")
        assert response.headers["Content-Language"] == language
        assert "Accept-Language" in response.headers["Vary"]


def test_an_untranslated_treaty_is_told_in_english_and_says_so(client, treaty):
    TreatyText.objects.filter(language="es").delete()
    response = client.get(f"{LIST}/{treaty.slug}?language=es")
    assert response.json()["language"] == response.headers["Content-Language"] == "en"


def test_the_count_is_that_of_the_hundred_seats(client, treaty):
    state(treaty, MERKLEY, Stance.UNDECIDED)
    state(treaty, WYDEN, Stance.LEANS_AGAINST)
    state(treaty, WYDEN, Stance.OPPOSES)
    found = client.get(f"{LIST}/{treaty.slug}").json()["count"]
    vacant = Seat.objects.senate().vacant().count()
    assert (found["seated"], found["vacant"]) == (100 - vacant, vacant)
    if not vacant:
        assert (found["needed_to_consent"], found["needed_to_block"]) == (67, 34)
    assert found["positions"] == {
        "opposes": 1,
        "leans_against": 0,
        "undecided": 1,
        "leans_for": 0,
        "supports": 0,
        "unknown": 98 - vacant,
    }


def test_a_vacancy_changes_the_count(client, treaty):
    before = client.get(f"{LIST}/{treaty.slug}").json()["count"]
    Term.objects.filter(legislator__bioguide_id=WYDEN).update(closed_on=date(2026, 7, 1))
    kept.forget_everything()
    after = client.get(f"{LIST}/{treaty.slug}").json()["count"]
    assert (after["seated"], after["vacant"]) == (before["seated"] - 1, before["vacant"] + 1)
    row = next(each for each in positions(client, treaty, "state=OR") if each["class"] == 3)
    assert (row["status"], row["legislator"], row["position"]) == ("vacant", None, None)


def test_a_hundred_seats_are_told_each_with_its_position_date_and_source(client, treaty, olive):
    state(treaty, MERKLEY, Stance.SUPPORTS, by=olive)
    found = positions(client, treaty)
    assert len(found) == 100
    order = [(usps.NAMES[each["state"]], each["class"]) for each in found]
    assert order == sorted(order)
    merkley = next(each for each in found if each["legislator"] and each["legislator"]["bioguide_id"] == MERKLEY)
    assert (merkley["position"], merkley["stated_on"], merkley["source_url"]) == (
        "supports",
        "2026-05-04",
        "https://senator.example/",
    )
    others = Counter(each["position"] for each in found if each is not merkley)
    assert set(others) <= {"unknown", None}


def test_who_entered_a_position_and_where_an_office_gets_mail_is_not_told(client, treaty, olive):
    state(treaty, MERKLEY, Stance.SUPPORTS, by=olive)
    Office.objects.get(legislator__bioguide_id=MERKLEY).enter_email("secret@senate.example", by=olive.email)
    for path in ("", f"/{treaty.slug}", f"/{treaty.slug}/positions"):
        text = client.get(f"{LIST}{path}").content.decode()
        assert "olive" not in text
        assert "entered" not in text
        assert "@" not in text


def test_positions_are_filtered_by_state_and_position(client, treaty):
    state(treaty, MERKLEY, Stance.SUPPORTS)
    assert [each["class"] for each in positions(client, treaty, "state=Oregon")] == [2, 3]
    assert [each["state"] for each in positions(client, treaty, "position=supports")] == ["OR"]
    assert [each["class"] for each in positions(client, treaty, "state=OR&position=unknown")] == [3]
    assert positions(client, treaty, "state=DC") == []


def test_who_is_on_foreign_relations_is_marked(client, treaty):
    committee, _made = Committee.objects.get_or_create(code="SSFR", defaults={"name": "x", "chamber": "senate"})
    CommitteeMembership.objects.all().delete()
    CommitteeMembership.objects.create(
        committee=committee,
        legislator=Legislator.objects.get(bioguide_id=MERKLEY),
        side="minority",
        rank=5,
        seen_on=date(2026, 6, 15),
    )
    assert [each["class"] for each in positions(client, treaty) if each["on_committee"]] == [2]


@time_machine.travel("2027-01-04 12:00Z", tick=False)
def test_after_the_third_of_january_nobody_is_told_for_a_term_that_ran_out(client, treaty):
    state(treaty, MERKLEY, Stance.SUPPORTS)
    second, third = positions(client, treaty, "state=OR")
    assert (second["legislator"], second["status"], second["position"]) == (None, "unknown", "unknown")
    assert third["legislator"]["bioguide_id"] == WYDEN


def test_treaties_are_listed_in_pages(client, treaty):
    for slug in ("a-treaty", "z-treaty"):
        other = Treaty.objects.create(slug=slug)
        TreatyText.objects.create(treaty=other, language="en", title=slug, short_title=slug, summary=slug)
    found, path = [], f"{LIST}?limit=1&language=en"
    while path:
        response = client.get(path)
        found += [each["slug"] for each in response.json()["treaties"]]
        link = re.fullmatch(r'<http://testserver(.+)>; rel="next"', response.headers.get("Link", ""))
        path = link[1] if link else ""
    assert found == ["a-treaty", "convention", "z-treaty"]


@pytest.mark.parametrize(
    ("path", "pointer", "code"),
    [
        ("?limit=0", "/limit", "bad_limit"),
        ("?cursor=convention", "/cursor", "bad_cursor"),
        ("?language=xx", "/language", "unknown_language"),
        ("?stage=signed", "/stage", "unknown_parameter"),
        ("/convention?language=", "/language", "unknown_language"),
        ("/convention?state=OR", "/state", "unknown_parameter"),
        ("/convention/positions?state=Atlantis", "/state", "unknown_state"),
        ("/convention/positions?position=perhaps", "/position", "unknown_position"),
        ("/convention/positions?position=opposes&position=unknown", "/position", "given_twice"),
        ("/convention/positions?language=es", "/language", "unknown_parameter"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(client, treaty, path, pointer, code):
    problem = is_problem(client.get(f"{LIST}{path}"), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("path", ["/no-such", "/no-such/positions", f"/{'x' * 300}", "/convention/nothing"])
def test_there_is_no_other_treaty(client, treaty, path):
    is_problem(client.get(f"{LIST}{path}"), 404)


@pytest.mark.parametrize("path", ["", "/convention", "/convention/positions"])
def test_the_etag_changes_with_the_data_and_the_language(client, treaty, path):
    etag = client.get(f"{LIST}{path}").headers["ETag"]
    again = client.get(f"{LIST}{path}", headers={"If-None-Match": f'W/{etag}, "other"'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    spanish = client.get(f"{LIST}{path}", headers={"If-None-Match": etag, "Accept-Language": "es"})
    assert spanish.status_code == (304 if path.endswith("positions") else 200)
    state(treaty, MERKLEY, Stance.SUPPORTS)
    TreatyText.objects.filter(language="en").update(short_title="Changed")
    kept.forget_everything()
    assert client.get(f"{LIST}{path}", headers={"If-None-Match": etag}).status_code == 200


def test_a_kept_answer_costs_no_statement(client, treaty, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(f"{LIST}/{treaty.slug}")
        client.get(f"{LIST}/{treaty.slug}/positions")
    with django_assert_max_num_queries(0):
        client.get(f"{LIST}/{treaty.slug}")
        client.get(f"{LIST}/{treaty.slug}/positions")


def test_what_nobody_put_into_words_is_called_by_its_address(client, db):
    Treaty.objects.create(slug="bare")
    (told,) = client.get("/api/v1/treaties").json()["treaties"]
    assert (told["title"], told["summary"]) == ("bare", "")
    assert client.get("/api/v1/treaties/bare").json()["title"] == "bare"
