"""What anybody may read of petitions."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.lib import kept
from campaign.petitions.models import Petition, PetitionText
from tests import factories
from tests.api.conftest import is_problem

LIST = "/api/v1/petitions"


def test_open_petitions_are_listed_the_newest_first(client, petition):
    newer = factories.make_petition("newer")
    Petition.objects.filter(pk=newer.pk).update(created_at=timezone.now() + timedelta(seconds=5))
    factories.make_petition("draft", is_open=False)
    closed = factories.make_petition("closed")
    Petition.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    response = client.get(LIST)
    assert [each["slug"] for each in response.json()["petitions"]] == ["newer", petition.slug]
    assert "Link" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_petition_says_what_is_asked_and_how_far_it_came(client, petition):
    Petition.objects.update(confirmed_total=42)
    response = client.get(f"{LIST}/{petition.slug}")
    assert response.status_code == 200
    found = response.json()
    assert found["title"] == "Senators: withhold consent to the Convention"
    assert (found["confirmed"], found["goal"], found["status"], found["language"]) == (42, 1000, "open", "en")
    assert found["url"] == f"http://testserver/petitions/{petition.slug}/"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", found["opened_at"])
    assert found["closed_at"] is None
    assert response.headers["Cache-Control"] == "public, max-age=5"


def test_a_petition_is_read_in_another_language_where_it_is_translated(client, petition):
    PetitionText.objects.create(
        petition=petition, language="es", title="Senadores", target="El Senado", summary="Resumen"
    )
    spanish = client.get(f"{LIST}/{petition.slug}?language=es")
    assert (spanish.json()["title"], spanish.json()["language"]) == ("Senadores", "es")
    assert spanish.json()["url"].endswith(f"/es/petitions/{petition.slug}/")
    assert spanish.headers["Content-Language"] == "es"
    listed = client.get(f"{LIST}?language=es").json()["petitions"]
    assert [each["title"] for each in listed] == ["Senadores"]
    only_english = factories.make_petition("only-english")
    assert client.get(f"{LIST}/{only_english.slug}?language=es").json()["language"] == "en"
    is_problem(client.get(f"{LIST}/{petition.slug}?language=tlh"), 422)


def test_a_closed_petition_can_still_be_read_and_a_draft_cannot(client, petition):
    Petition.objects.update(closed_at=timezone.now())
    assert client.get(f"{LIST}/{petition.slug}").json()["status"] == "closed"
    is_problem(client.get(f"{LIST}/{factories.make_petition('draft', is_open=False).slug}"), 404)
    is_problem(client.get(f"{LIST}/no-such"), 404)
    is_problem(client.get(f"{LIST}/{'x' * 300}"), 404)


def test_what_has_not_changed_is_not_sent_again(client, petition):
    path = f"{LIST}/{petition.slug}"
    first = client.get(path)
    etag = first.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    Petition.objects.update(confirmed_total=7)
    kept.forget_everything()
    changed = client.get(path, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["confirmed"]) == (200, 7)
    assert changed.headers["ETag"] != etag


def test_a_hot_petition_costs_no_statement(client, petition, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(f"{LIST}/{petition.slug}")
    with django_assert_num_queries(0):
        client.get(f"{LIST}/{petition.slug}")


def test_a_list_costs_two_statements_however_long(client, petition, django_assert_num_queries):
    for number in range(5):
        factories.make_petition(f"petition-{number}")
    with django_assert_num_queries(2):
        assert len(client.get(LIST).json()["petitions"]) == 6


def pages(client, path: str) -> list[list[str]]:
    """All pages of the list, by following Link."""
    found = []
    while path:
        response = client.get(path)
        assert response.status_code == 200
        found.append([petition["slug"] for petition in response.json()["petitions"]])
        link = re.fullmatch(r'<http://testserver(.+)>; rel="next"', response.headers.get("Link", ""))
        path = link[1] if link else ""
    return found


def test_pages_follow_each_other_and_lose_nothing(client, db):
    slugs = [factories.make_petition(f"petition-{number}").slug for number in range(7)]
    same_moment = timezone.now()
    Petition.objects.filter(slug__in=slugs[2:6]).update(created_at=same_moment)
    found = pages(client, f"{LIST}?limit=2&language=en")
    assert [len(page) for page in found] == [2, 2, 2, 1]
    assert sorted(slug for page in found for slug in page) == slugs
    assert len(pages(client, f"{LIST}?limit=7")) == 1


def test_a_petition_that_opens_meanwhile_shifts_no_page(client, db):
    for number in range(4):
        factories.make_petition(f"petition-{number}")
    first = client.get(f"{LIST}?limit=2")
    factories.make_petition("just-opened")
    following = re.fullmatch(r'<http://testserver(.+)>; rel="next"', first.headers["Link"])[1]
    assert [each["slug"] for each in client.get(following).json()["petitions"]] == ["petition-1", "petition-0"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=-1", "/limit"),
        ("limit=", "/limit"),
        ("limit=ten", "/limit"),
        ("limit=٣", "/limit"),
        ("limit=1&limit=2", "/limit"),
        ("cursor=", "/cursor"),
        ("cursor=forged", "/cursor"),
        ("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA~forged", "/cursor"),
        ("language=xx", "/language"),
        ("page=2", "/page"),
        ("mallory@example.org=2", ""),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(client, petition, query, pointer):
    problem = is_problem(client.get(f"{LIST}?{query}"), 422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "mallory" not in str(problem)


@pytest.mark.parametrize("path", [LIST, f"{LIST}/withhold-consent"])
def test_every_public_address_answers_head_options_and_a_slash(client, petition, path):
    whole = client.get(path)
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    bare, _mark, query = path.partition("?")
    assert client.get(f"{bare}/?{query}").content == whole.content
    options = client.options(path, headers={"Origin": "https://blog.example"})
    assert options.status_code == 204
    assert options.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in options.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in options.headers
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(client, method)(path)
        is_problem(refused, 405)
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0", "image/*"])
def test_who_takes_no_json_gets_a_406(client, petition, accept):
    is_problem(client.get(LIST, headers={"Accept": accept}), 406)


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8"])
def test_who_takes_anything_gets_json(client, petition, accept):
    response = client.get(LIST, headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("path", ["", "nothing", "petitions/a/b", "petitions/a/signatures/b", "petitions/ä", "v2/x"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_there_is_nothing_at_other_addresses_and_that_is_said_as_a_problem(client, db, path, method):
    problem = is_problem(getattr(client, method)(f"/api/v1/{path}"), 404)
    assert problem["instance"].startswith("/api/v1/")


def test_an_address_outside_the_version_is_a_problem_too(client, db):
    is_problem(client.get("/api/v1"), 404)
    is_problem(client.get("/api/"), 404)
    is_problem(client.get("/api/v9/petitions"), 404)
    is_problem(client.get("/api/v1/petitions/%ff"), 404)
    is_problem(client.get("/api/v1/petitions/%00"), 400)


def test_reading_sets_no_cookie(client, petition):
    for path in (LIST, f"{LIST}/{petition.slug}", "/api/v1/docs", "/api/v1/openapi.json"):
        assert "Set-Cookie" not in client.get(path).headers
        assert not client.cookies
