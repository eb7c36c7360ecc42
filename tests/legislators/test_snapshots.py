"""What lookups answer from: read once, by one thread, seen anew soon after an import, changed by nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from campaign.api.v1.lookups import as_json
from campaign.legislators import lookup, places, snapshots
from campaign.legislators.aging import Age, age_of
from campaign.legislators.models import DataImport, Office, PostalCode, Seat, Subject, Term
from campaign.lib import kept

pytestmark = pytest.mark.usefixtures("furnished")


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment at which this process looks again."""
    for held in (snapshots._remembered, places._remembered):
        until, answer = held._answer or (0.0, None)
        monkeypatch.setattr(held, "_answer", answer and (until - 60, answer))


def an_import(subject: Subject, **more: object) -> DataImport:
    row = DataImport.objects.filter(what=subject).values().latest("pk")
    return DataImport.objects.create(**(row | {"id": None, "finished_at": "2126-01-01T00:00:00Z"} | more))


def test_without_an_import_one_small_query_every_few_seconds_finds_nothing_new(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lookup.find("OR", "97201")
    before = snapshots.current()
    later(monkeypatch)
    with django_assert_num_queries(1):
        lookup.find("OR", "97201")
        places.states_of("97201")
    assert snapshots.current() is before


def test_an_import_of_people_is_seen_without_reading_the_zips_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lookup.find("OR", "97201")
    zips = snapshots.current().zips
    Term.objects.open().filter(legislator__bioguide_id="M001176").update(closed_on="2026-08-01")
    assert lookup.find("OR").senators[0].holder is not None
    an_import(Subject.LEGISLATORS, as_of="2026-11-22")
    later(monkeypatch)
    answer = lookup.find("OR")
    assert (answer.senators[0].holder, str(answer.as_of)) == (None, "2026-11-22")
    assert snapshots.current().zips is zips


def test_an_import_of_zips_is_seen_by_lookups_and_by_whoever_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lookup.find(postal_code="00003").states == places.states_of("00003") == ()
    house = snapshots.current().house
    PostalCode.objects.create(zip="00003", census_states=["OR"], districts=["OR-3"])
    an_import(Subject.DISTRICTS)
    later(monkeypatch)
    assert places.states_of("00003") == ("OR",)
    assert lookup.find(postal_code="00003").districts == ("OR-3",)
    assert snapshots.current().house is house


def test_a_refused_import_changes_nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    lookup.find("OR")
    before = snapshots.current()
    an_import(Subject.LEGISLATORS, as_of="2026-11-22", refused_because="It lists 3 senators.")
    later(monkeypatch)
    assert lookup.find("OR").as_of == before.as_of
    assert snapshots.current() is before


def test_that_the_source_has_nothing_newer_is_seen_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    DataImport.objects.update(checked_at=None)
    lookup.find("OR")
    today = date(2026, 12, 1)
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(checked_at=datetime(2026, 11, 30, tzinfo=UTC))
    later(monkeypatch)
    assert snapshots.current().age(today) == age_of(Subject.LEGISLATORS, today) == Age(date(2026, 11, 30), today)


def test_a_vacant_seat_asks_nobody_who_holds_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Term.objects.open().filter(seat__state="OR").update(closed_on="2026-08-01")
    with django_assert_num_queries(1):
        seats = list(Seat.objects.of_state("OR").with_holders())
        assert [seat.is_vacant for seat in seats] == [True] * 8
    assert all(seat.is_vacant for seat in Seat.objects.of_state("OR"))


def test_a_holder_without_an_office_is_shown_without_phone_and_form() -> None:
    Office.objects.filter(legislator__bioguide_id="M001176").delete()
    merkley = as_json(lookup.find("OR"))["seats"][0]["legislator"]
    assert (merkley["bioguide_id"], merkley["phone"], merkley["contact_form"]) == ("M001176", None, None)


@pytest.mark.django_db(transaction=True)
def test_a_crowd_at_a_cold_process_reads_once(cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read, anew = places._read, snapshots._anew
    monkeypatch.setattr(places, "_read", lambda: asked.append("zips") or read())
    monkeypatch.setattr(snapshots, "_anew", lambda: asked.append("seats") or anew())
    gate = threading.Barrier(16)

    def one(_number: int) -> tuple[str, ...]:
        gate.wait()
        try:
            return lookup.find("OR", "97910").districts
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as crowd:
        assert set(crowd.map(one, range(16))) == {("OR-2",)}
    assert sorted(asked) == ["seats", "zips"]
    assert places.states_of("57717") == ("SD", "MT", "WY")


def test_lookups_leave_the_shared_seats_as_they_are() -> None:
    answer = lookup.find("OR", "97910")
    shared = {name: value for name, value in vars(answer.seats[0]).items() if name != "_state"}
    for _again in range(2):
        as_json(lookup.find("OR", "97910"))
    assert {name: value for name, value in vars(answer.seats[0]).items() if name != "_state"} == shared
    assert lookup.find("OR").seats[0] is answer.seats[0]


def test_a_forgetful_process_reads_the_seats_again_but_not_the_zips() -> None:
    lookup.find("OR", "97201")
    kept.forget_everything()
    with CaptureQueriesContext(connection) as context:
        lookup.find("OR", "97201")
    assert len(context) == 1
    assert "legislators_postalcode" not in context.captured_queries[0]["sql"]


def test_while_the_database_is_gone_what_is_remembered_is_told_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshots.current()
    later(monkeypatch)

    def gone(_before: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(snapshots._remembered, "_ask", gone)
    assert snapshots.current() is before
    kept.forget_everything()
    with pytest.raises(OperationalError):
        snapshots.current()
