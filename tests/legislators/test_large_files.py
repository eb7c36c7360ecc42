"""A file that is far too large, or lists far too much, costs neither memory nor minutes."""

import json
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from campaign.legislators.models import Chamber, Committee, DataImport, Subject
from campaign.legislators.official_lists import ListedMember, OfficialList
from campaign.legislators.records import SeatKey
from campaign.legislators.rosters import duplicates


def test_the_names_of_committees_are_not_read_from_a_file_that_is_too_large(tmp_path: Path, db: None) -> None:
    memberships, names = tmp_path / "memberships.json", tmp_path / "names.json"
    memberships.write_text(json.dumps({}))
    with names.open("wb") as large:
        large.truncate(33 * 1024 * 1024)
    before = Committee.objects.count()
    with pytest.raises(CommandError, match=r"^Nothing changed\. names\.json is larger than 32 MB\.$"):
        call_command("sync_committees", "--file", str(memberships), "--committees-file", str(names))
    assert Committee.objects.count() == before
    assert DataImport.objects.filter(what=Subject.COMMITTEES).latest("pk").refused_because.startswith("names.json")


def test_a_list_of_many_thousand_seats_is_judged_at_once() -> None:
    members = tuple(ListedMember(SeatKey("house", "OR", number % 9_000), "", "", "") for number in range(18_000))
    began = time.monotonic()
    faults = OfficialList(Chamber.HOUSE, "a list", members).faults()
    assert time.monotonic() - began < 2
    assert faults.count("OR-1 is listed more than once.") == 1


def test_of_what_comes_more_than_once_it_is_known_how_often() -> None:
    assert duplicates(["b", "a", "b", "c", "b", "a"]) == {"b": 3, "a": 2}
    assert duplicates([]) == {}
