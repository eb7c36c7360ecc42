"""Who speaks for Ada, Bruno and Chiyo: the address that every page asks."""

import re
from datetime import date

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, connection
from django.test import RequestFactory

from campaign.api.v1 import shortcut
from campaign.legislators.models import DataImport, Office, Seat, Term
from campaign.lib import kept, limits
from tests.api.conftest import is_problem

LOOKUP = "/api/v1/legislators/lookup"
FIELDS = {"states", "districts", "seats", "reasons", "confidence", "as_of"}


def names(found: dict) -> list[str]:
    return [seat["legislator"]["name"] if seat["legislator"] else "" for seat in found["seats"]]


def test_ada_finds_her_senators(client, db):
    response = client.get(f"{LOOKUP}?state=OR&postal_code=97201")
    assert response.status_code == 200
    found = response.json()
    assert set(found) == FIELDS
    assert (found["states"], names(found)[:2]) == (["OR"], ["Jeff Merkley", "Ron Wyden"])
    assert [seat["class"] for seat in found["seats"][:2]] == [2, 3]
    assert found["as_of"] == DataImport.objects.as_of("legislators").isoformat()


def test_where_the_zip_lies_in_one_district_its_member_speaks_too(client, db):
    found = client.get(f"{LOOKUP}?postal_code=02134").json()
    assert (found["states"], found["districts"], found["confidence"], found["reasons"]) == (
        ["MA"],
        ["MA-7"],
        "exact",
        [],
    )
    assert [(seat["chamber"], seat["district"]) for seat in found["seats"]] == [
        ("senate", None),
        ("senate", None),
        ("house", "MA-7"),
    ]
    assert found["seats"][2]["legislator"]["name"] == "Ayanna Pressley"


@pytest.mark.parametrize(
    ("query", "states", "districts", "seats", "reasons", "confidence"),
    [
        ("state=DC", ["DC"], ["DC-0"], 1, ["no_senators"], "exact"),
        ("postal_code=20001", ["DC"], ["DC-0"], 1, ["no_senators"], "exact"),
        ("postal_code=09001", [], [], 0, ["military_ask_state"], "none"),
        ("state=AE&postal_code=09001", [], [], 0, ["military_ask_state"], "none"),
        ("state=oregon", ["OR"], [], 2, [], "exact"),
        ("state=Wash%20DC", ["DC"], ["DC-0"], 1, ["no_senators"], "exact"),
        ("postal_code=97201-1234", ["OR"], [], 2, ["address_needed"], "candidates"),
        ("state=ME&postal_code=97201", ["ME", "OR"], [], 0, ["zip_state_mismatch"], "candidates"),
        ("postal_code=96940", [], [], 0, ["not_represented"], "none"),
        ("postal_code=00000", [], [], 0, ["zip_unknown"], "none"),
        ("state=OR&postal_code=99999", ["OR"], [], 2, ["zip_unknown"], "candidates"),
        ("state=WY&postal_code=82001", ["WY"], ["WY-0"], 3, [], "exact"),
        (
            "postal_code=57717",
            ["SD", "MT", "WY"],
            ["MT-2", "SD-0", "WY-0"],
            9,
            ["zip_split_state", "zip_split_district", "address_needed"],
            "candidates",
        ),
        ("state=MT&postal_code=57717", ["MT"], ["MT-2"], 3, [], "exact"),
    ],
)
def test_a_lookup_says_how_sure_it_is_and_why(client, db, query, states, districts, seats, reasons, confidence):
    found = client.get(f"{LOOKUP}?{query}").json()
    assert (found["states"], sorted(found["districts"]), len(found["seats"])) == (states, districts, seats)
    assert (found["reasons"], found["confidence"]) == (reasons, confidence)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "/state", "required"),
        ("state=&postal_code=", "/state", "required"),
        ("state=Atlantis", "/state", "unknown_state"),
        ("postal_code=2134", "/postal_code", "too_short"),
        ("postal_code=٩٧٢٠١", "/postal_code", "foreign_digits"),
        ("postal_code=９７２０１", "/postal_code", "foreign_digits"),
        ("postalcode=97201&state=OR", "/postalcode", "unknown_parameter"),
        ("address=1+Main+Street&state=OR", "/address", "unknown_parameter"),
        ("state=OR&state=WA", "/state", "given_twice"),
        ("state=" + "x" * 10_000, "/state", "unknown_state"),
        ("postal_code=" + "9" * 10_000, "/postal_code", "not_five_digits"),
        ("state=%FF", "/state", "unknown_state"),
        ("state=O%ED%A0%80R", "/state", "unknown_state"),
    ],
)
def test_a_lookup_of_nothing_is_refused_with_the_field(client, db, query, pointer, code):
    problem = is_problem(client.get(f"{LOOKUP}?{query}"), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


def test_a_short_zip_suggests_the_zero_that_a_spreadsheet_ate(client, db):
    assert "02134" in is_problem(client.get(f"{LOOKUP}?postal_code=2134"), 422)["errors"][0]["detail"]


@pytest.mark.parametrize("query", ["state=O%00R", "postal_code=%00", "x=%00"])
def test_a_lookup_with_a_nul_is_a_bad_request(client, db, query):
    is_problem(client.get(f"{LOOKUP}?{query}"), 400)


def test_a_kept_lookup_costs_no_statement(client, db, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(f"{LOOKUP}?state=OR&postal_code=97201")
    with django_assert_max_num_queries(0):
        client.get(f"{LOOKUP}?state=OR&postal_code=97201")
        client.get(f"{LOOKUP}?state=WA&postal_code=98101")
        client.get(f"{LOOKUP}/?state=OR&postal_code=97201")


def test_a_vacant_seat_is_told_as_one(client, db):
    Term.objects.filter(legislator__bioguide_id="W000779").update(closed_on=date(2026, 7, 1))
    found = client.get(f"{LOOKUP}?state=OR").json()
    assert [(seat["class"], seat["status"]) for seat in found["seats"]] == [(2, "filled"), (3, "vacant")]
    assert found["seats"][1]["legislator"] is None
    assert found["reasons"] == ["seat_vacant"]


@pytest.fixture
def as_shipped(db) -> None:
    """The facts as they are shipped: of 15 June 2026, with the ends that the law gives their terms."""
    DataImport.objects.update(checked_at=None)
    Term.objects.filter(seat__chamber="house").update(ends_on="2027-01-03")


def test_on_4_january_2027_the_june_file_names_nobody_for_oregons_class_2_and_says_it_is_old(client, as_shipped):
    for query in ("state=OR", "state=OR&postal_code=97910"):
        with time_machine.travel("2027-01-02 12:00Z", tick=False):
            kept.forget_everything()
            before = client.get(f"{LOOKUP}?{query}")
        with time_machine.travel("2027-01-04 12:00Z", tick=False):
            after = client.get(f"{LOOKUP}?{query}", headers={"If-None-Match": before.headers["ETag"]})
        assert "Jeff Merkley" in names(before.json())
        assert after.status_code == 200, "what is kept is not told across that night"
        assert "data_stale" in after.json()["reasons"]
        assert [(seat["class"], seat["status"]) for seat in after.json()["seats"]] == [(2, "unknown"), (3, "filled")]
        assert names(after.json()) == ["", "Ron Wyden"]
        assert after.json()["districts"] == []


def test_the_etag_changes_with_the_data_and_only_then(client, db):
    first = client.get(f"{LOOKUP}?state=OR")
    etag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    kept.forget_everything()
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(f"{LOOKUP}?state=OR", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert "RateLimit" in again.headers
    assert client.get(f"{LOOKUP}?state=Oregon", headers={"If-None-Match": etag}).status_code == 304
    Office.objects.filter(legislator__bioguide_id="M001176").update(phone="202-224-0000")
    kept.forget_everything()
    changed = client.get(f"{LOOKUP}?state=OR", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "202-224-0000" in changed.content.decode()


USUAL = ["state=OR", "state=OR&postal_code=97201", "postal_code=02134", "postal_code=09001", "state=Wash%20DC"]
HEADERS = [
    {},
    {"Accept": "application/json"},
    {"Accept-Language": "es-MX,es;q=0.9"},
    {"Origin": "https://blog.example"},
    {"Cookie": "session=nonsense"},
    {"If-None-Match": "*"},
]


@pytest.mark.parametrize("query", USUAL)
@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: ", ".join(headers) or "plain")
def test_the_short_way_and_the_long_one_answer_alike_to_the_header(client, db, query, headers, settings):
    short = client.get(f"{LOOKUP}?{query}", headers=headers)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "shortcut" not in name]
    client.handler.load_middleware()
    long = client.get(f"{LOOKUP}?{query}", headers=headers)
    assert hasattr(short.wsgi_request, "counted")
    assert not hasattr(long.wsgi_request, "counted")
    assert (short.status_code, short.content) == (long.status_code, long.content)
    own = {"X-Request-Id", "RateLimit"}
    assert {k: v for k, v in short.items() if k not in own} == {k: v for k, v in long.items() if k not in own}
    assert set(short.headers) == set(long.headers)
    left = [int(re.search(r"r=(\d+)", response.headers["RateLimit"])[1]) for response in (short, long)]
    assert left == [119, 118]
    assert not short.cookies


@pytest.mark.parametrize(
    "raw", [b"state=Washington,D.C.\xc2\xa0", b"state=Washington%20D.C.\xe2\x80\xa8", b"state=Or\xc3\xa9gon"]
)
def test_bytes_that_nobody_escaped_are_read_alike_on_both_ways(client, db, raw):
    client.handler.load_middleware()
    answers = []
    for path in (LOOKUP, f"{LOOKUP}/"):
        environ = RequestFactory()._base_environ(PATH_INFO=path, QUERY_STRING=raw.decode("latin-1"))
        answers.append(client.handler.get_response(WSGIRequest(environ)))
    short, long = answers
    assert (short.status_code, short.content) == (long.status_code, long.content)


def test_whatever_is_unusual_takes_the_long_way_and_is_counted_once(client, db):
    def left(response) -> int:
        return int(re.search(r"r=(\d+)", response.headers["RateLimit"])[1])

    assert left(client.get(f"{LOOKUP}?state=OR")) == 119
    assert left(client.get(f"{LOOKUP}?state=Atlantis")) == 118
    assert left(client.get(f"{LOOKUP}?state=OR", headers={"Accept": "text/html, */*"})) == 117
    assert left(client.head(f"{LOOKUP}?state=OR")) == 116
    assert left(client.get(f"{LOOKUP}/?state=OR")) == 115
    assert left(client.get(f"{LOOKUP}?state={'%20' * 100}OR")) == 114


def test_a_stranger_cannot_choose_our_name(client, db):
    is_problem(client.get(f"{LOOKUP}?state=OR", headers={"Host": "evil.example"}), 400)


def test_over_https_a_plain_lookup_is_sent_there(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    client.handler.load_middleware()
    request = WSGIRequest(RequestFactory()._base_environ(PATH_INFO=LOOKUP, QUERY_STRING="state=OR"))
    assert client.handler.get_response(request).status_code == 301


def test_no_more_answers_are_kept_than_fit(client, db, monkeypatch):
    monkeypatch.setattr(shortcut, "MOST_KEPT", 3)
    for zip_code in ("97201", "97202", "97203", "97204", "97205"):
        assert client.get(f"{LOOKUP}?postal_code={zip_code}").json()["states"] == ["OR"]
        assert len(shortcut._usual._kept.pages) <= 3


def test_a_look_up_answers_head_options_and_a_slash(client, db):
    whole = client.get(f"{LOOKUP}?state=OR")
    head = client.head(f"{LOOKUP}?state=OR")
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    assert client.get(f"{LOOKUP}/?state=OR").content == whole.content
    options = client.options(LOOKUP, headers={"Origin": "https://blog.example"})
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    assert options.headers["Access-Control-Allow-Methods"] == "GET, POST, HEAD, OPTIONS"
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]
    for method in ("put", "patch", "delete"):
        refused = getattr(client, method)(LOOKUP)
        is_problem(refused, 405)
        assert refused.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_every_state_can_be_looked_up(client, db, settings):
    settings.LOOKUPS_A_MINUTE = 1000
    for state in sorted({seat.state for seat in Seat.objects.all()}):
        found = client.get(f"{LOOKUP}?state={state}").json()
        assert (found["states"], {seat["state"] for seat in found["seats"]}) == ([state], {state})


def test_without_a_database_a_cold_process_asks_to_come_back_and_a_warm_one_answers(client, db, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("the server closed the connection; password=secret")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "ensure_connection", gone)
        cold = client.get(f"{LOOKUP}?state=OR")
    is_problem(cold, 503)
    assert cold.headers["Retry-After"] == "5"
    assert "secret" not in cold.content.decode()
    assert client.get(f"{LOOKUP}?state=OR").status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(connection, "ensure_connection", gone)
        assert client.get(f"{LOOKUP}?state=OR").status_code == 200
        assert client.get(f"{LOOKUP}?state=WA&postal_code=98101").status_code == 200


def test_without_valkey_look_ups_go_on_and_each_process_counts(client, db, settings):
    settings.REDIS_URL, settings.LOOKUPS_A_MINUTE = "redis://127.0.0.1:1/0", 2
    limits.counter.cache_clear()
    assert [client.get(f"{LOOKUP}?state=OR").status_code for _ in range(3)] == [200, 200, 429]
    limits.counter.cache_clear()
