"""The weekly look: due once a week, tried again after a failure, and nothing bad that a source sends gets in."""

import itertools
import json
import threading
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from campaign.legislators import importing, sources, tasks
from campaign.legislators.aging import age_of
from campaign.legislators.importing import ImportRefused
from campaign.legislators.models import DataImport, Legislator, Office, Seat, Subject, Term
from campaign.legislators.sources import LEGISLATORS
from tests.legislators.conftest import PublicFile, Source

pytestmark = pytest.mark.usefixtures("furnished")


@pytest.fixture
def followed(source: Source, public_file: PublicFile, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source on this machine that the task looks at, last heard of a week ago."""
    source.body = json.dumps(public_file.people).encode()
    monkeypatch.setattr(sources, "LEGISLATORS", replace(LEGISLATORS, url=source.url))
    last_heard_of(timedelta(days=7))
    return source


def last_heard_of(ago: timedelta | None) -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(checked_at=timezone.now() - ago if ago else None)


def test_a_source_is_asked_once_a_week(followed: Source) -> None:
    tasks.sync()
    tasks.sync()
    assert len(followed.marks) == 1
    last_heard_of(timedelta(days=6))
    tasks.sync()
    assert len(followed.marks) == 1
    last_heard_of(timedelta(days=7))
    tasks.sync()
    assert followed.marks == [None, followed.etag]


def test_a_first_start_from_our_facts_asks_at_the_first_look(followed: Source) -> None:
    last_heard_of(None)
    tasks.sync()
    assert len(followed.marks) == 1
    assert age_of(Subject.LEGISLATORS).good_as_of == timezone.now().date()


def test_what_was_refused_is_asked_for_again_at_the_next_look(followed: Source) -> None:
    good, followed.body = followed.body, b"<!doctype html>"
    tasks.sync()
    followed.body = good
    tasks.sync()
    assert followed.marks == [None, None]
    assert DataImport.objects.filter(what=Subject.LEGISLATORS).count() == 3


def test_a_404_is_noted_with_its_reason(followed: Source) -> None:
    followed.status = 404
    tasks.sync()
    refused = DataImport.objects.exclude(refused_because="").get()
    assert "answered 404" in refused.refused_because
    assert refused.source == followed.url


def test_who_knew_only_the_senate_asks_for_the_whole_file_next() -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(what="senators", etag='"of June"')
    migration = import_module("campaign.legislators.migrations.0003_imports_by_their_new_names")
    for _ in range(2):
        migration.rename(apps, connection.schema_editor())
    latest = DataImport.objects.latest_applied(Subject.LEGISLATORS)
    assert latest is not None
    assert (latest.etag, latest.checked_at) == ("", None)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Seat, Legislator, Term, Office)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Rate limit exceeded</title>",
        b'[{"id": {"bioguide": "M001176"',
        b'{"message": "Not Found"}',
        b"[[]]",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" + b"9" * 100_000 + b"]",
        "[]".encode("utf-16") + b"\xd8",
        b"\x1f\x8b\x08\x00",
        b'[{"id": {"bioguide": "\\ud800"}, "name": {"first": "\\u0000", "last": "x"}, "terms": [{"type": "sen"}]}]',
    ],
)
def test_whatever_a_source_sends_instead_changes_nothing(followed: Source, body: bytes) -> None:
    before, followed.body = everything(), body
    tasks.sync()
    assert everything() == before
    refused = DataImport.objects.exclude(refused_because="").get()
    assert refused.source == followed.url


STRANGE = ["Ma\0x", "\ud800", "<b>\u202e", "x" * 81, " ", 7, ["x"], {"x": "y"}]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        *itertools.product(["first", "last", "official_full"], STRANGE),
        # Somebody may have no official name.
        ("first", None),
        ("last", None),
    ],
)
def test_no_strange_name_gets_in(public_file: PublicFile, key: str, name: object) -> None:
    public_file.of("M001176")["name"][key] = name
    before = everything()
    with pytest.raises(ImportRefused):
        importing.read_file(LEGISLATORS, public_file.write())
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_wait_for_each_other(public_file: PublicFile) -> None:
    file = public_file.with_term("M001176", phone="202-224-0001").write()
    outcomes: list[object] = []

    def bring_in() -> None:
        try:
            outcomes.append(bool(importing.read_file(LEGISLATORS, file).difference))
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(outcomes, key=str) == [False, False, True]
    finally:
        # This test commits, and the furniture is everybody's.
        Office.objects.filter(legislator__bioguide_id="M001176").update(phone="202-224-3753")
