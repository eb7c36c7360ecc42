"""The weekly look at the public address, against a web server on this machine."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from campaign.legislators import fetching, importing, sources, tasks
from campaign.legislators.models import DataImport, Office, Subject
from campaign.legislators.sources import LEGISLATORS
from tests.legislators.conftest import PublicFile, Source

pytestmark = pytest.mark.usefixtures("furnished")

Sync = Callable[..., str]


@pytest.fixture
def nowhere() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/legislators-current.json"


def test_the_second_look_says_which_version_it_knows(source: Source, public_file: PublicFile, sync: Sync) -> None:
    source.body = json.dumps(public_file.people).encode()
    assert "100 senators, 437 representatives, 541 seats, 4 vacant as of 2026-07-01" in sync("--url", source.url)
    imports = DataImport.objects.count()
    assert "nothing newer" in sync("--url", source.url)
    assert source.marks == [None, '"one"']
    assert DataImport.objects.count() == imports
    latest = DataImport.objects.latest_applied(Subject.LEGISLATORS)
    assert latest is not None
    assert latest.checked_at is not None


def test_a_newer_version_is_taken_in(source: Source, public_file: PublicFile, sync: Sync) -> None:
    source.body = json.dumps(public_file.people).encode()
    sync("--url", source.url)
    public_file.with_term("M001176", phone="202-224-0000")
    source.body, source.etag = json.dumps(public_file.people).encode(), '"two"'
    assert "phone" in sync("--url", source.url)
    assert Office.objects.get(legislator__bioguide_id="M001176").phone == "202-224-0000"


def test_a_source_whose_clock_is_ahead_makes_nothing_fresh_for_longer(source: Source, public_file: PublicFile) -> None:
    source.body, source.modified = public_file.write().read_bytes(), "Fri, 01 Jan 2100 08:00:00 GMT"
    importing.refresh(LEGISLATORS, source.url)
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == timezone.now().date()


def test_after_another_source_the_whole_file_is_fetched_again(
    source: Source, public_file: PublicFile, sync: Sync
) -> None:
    source.body = json.dumps(public_file.people).encode()
    sync("--url", source.url)
    sync("--file", str(public_file.with_term("M001176", phone="202-224-0000").write()))
    assert "202-224-0000 -> 202-224-3753" in sync("--url", source.url)
    assert source.marks == [None, None]


def test_without_a_network_there_is_one_clear_line_or_silence(nowhere: str, sync: Sync) -> None:
    with pytest.raises(CommandError) as caught:
        sync("--url", nowhere)
    assert str(caught.value).startswith(f"Nothing changed. {nowhere} could not be reached: ")
    assert "\n" not in str(caught.value)
    assert sync("--url", nowhere, "--quiet") == ""


@pytest.mark.parametrize(
    ("status", "error"), [(503, fetching.TryLater), (429, fetching.TryLater), (404, fetching.Refused)]
)
def test_an_error_page_changes_nothing(source: Source, status: int, error: type[Exception]) -> None:
    source.status, source.body = status, b"<!doctype html>"
    with pytest.raises(error, match=str(status)):
        importing.refresh(LEGISLATORS, source.url)


def test_a_file_without_an_end_is_not_read_to_its_end(source: Source) -> None:
    source.body = b" " * (1024 * 1024 + 1)
    with pytest.raises(fetching.Refused, match="larger than 1 MB"):
        importing.refresh(replace(LEGISLATORS, most_bytes=1024 * 1024), source.url)


def test_a_source_that_drips_does_not_hold_the_worker(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "DEADLINE_SECONDS", 0.3)
    source.body, source.pause = b" " * 1000, 0.02
    before = time.monotonic()
    with pytest.raises(fetching.TryLater, match=r"it took longer than 0\.3 seconds"):
        importing.refresh(LEGISLATORS, source.url)
    assert time.monotonic() - before < 2


def test_a_file_that_breaks_off_is_asked_for_later(source: Source, public_file: PublicFile) -> None:
    source.body, source.missing = json.dumps(public_file.people).encode(), 1000
    with pytest.raises(fetching.TryLater, match="it broke off 1000 bytes before its end"):
        importing.refresh(LEGISLATORS, source.url)
    assert DataImport.objects.applied().filter(what=Subject.LEGISLATORS).count() == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "legislators.json"])
def test_only_addresses_of_the_web_are_fetched(url: str) -> None:
    with pytest.raises(fetching.Refused):
        importing.refresh(LEGISLATORS, url)


def test_the_weekly_task_survives_a_missing_network_and_notes_it(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DataImport.objects.update(checked_at=None)
    before = DataImport.objects.latest_applied(Subject.LEGISLATORS)
    monkeypatch.setattr(sources, "LEGISLATORS", replace(LEGISLATORS, url=nowhere))
    tasks.sync()
    row = DataImport.objects.exclude(refused_because="").get()
    assert (row.what, row.source, row.sha256) == (Subject.LEGISLATORS, nowhere, "")
    assert row.refused_because.startswith(f"{nowhere} could not be reached: ")
    assert row.finished_at is None
    assert DataImport.objects.latest_applied(Subject.LEGISLATORS) == before


def test_a_dry_run_without_a_network_leaves_no_trace(nowhere: str, sync: Sync) -> None:
    sync("--url", nowhere, "--quiet", "--dry-run")
    assert not DataImport.objects.exclude(refused_because="").exists()
