"""Who sits on which committee: from our facts at the start, from the public files afterwards."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from campaign.legislators import furnishing, importing, sources
from campaign.legislators.importing import ImportRefused, Outcome, Wish
from campaign.legislators.models import Committee, CommitteeMembership, DataImport, Subject
from tests.legislators.conftest import Source

JULY = date(2026, 7, 15)
JANUARY = date(2027, 1, 20)
SHARED = Path(__file__).parents[3] / "shared/data/congress-legislators"

People = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _furnished_with_foreign_relations(furnished: None) -> None:
    furnishing.furnish_committees()


@pytest.fixture
def names() -> list[dict[str, Any]]:
    """Two committees of the Senate, one with a part."""
    return [
        {"type": "senate", "name": "Senate Committee on Foreign Relations", "thomas_id": "SSFR"},
        {
            "type": "senate",
            "name": "Senate Committee on the Judiciary",
            "thomas_id": "SSJU",
            "subcommittees": [{"name": "Privacy, Technology, and the Law", "thomas_id": "26"}],
        },
    ]


@pytest.fixture
def people() -> People:
    """Foreign Relations as in our facts, and two people in the part of the Judiciary."""
    ours = CommitteeMembership.objects.of("SSFR").select_related("legislator")
    foreign_relations = [
        {"bioguide": m.legislator.bioguide_id, "party": m.side, "rank": m.rank, "title": m.title or None} for m in ours
    ]
    part = [{"bioguide": "W000779", "party": "minority", "rank": 1, "title": "Ranking Member"}]
    return {"SSFR": foreign_relations, "SSJU": [], "SSJU26": part}


def bring_in(names: Any, people: Any, day: date = JULY, wish: Wish = importing.AS_IT_COMES) -> Outcome[Any]:
    source = sources.committees(lambda: json.dumps(names).encode())
    return importing.bring_in(source, importing.Arrival(json.dumps(people).encode(), day, "a test"), wish)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Committee, CommitteeMembership)]


def test_our_facts_know_the_22_of_foreign_relations() -> None:
    members = CommitteeMembership.objects.open().of("SSFR")
    assert [members.filter(side=side).count() for side in ("majority", "minority")] == [12, 10]
    assert {m.title: m.legislator.family_name for m in members.exclude(title="")} == {
        "Chairman": "Risch",
        "Ranking Member": "Shaheen",
    }


def test_a_further_start_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert furnishing.furnish_committees() is False


def test_our_facts_undo_no_newer_import(names: Any, people: People) -> None:
    people["SSFR"].pop()
    bring_in(names, people)
    assert furnishing.furnish_committees() is False
    assert CommitteeMembership.objects.open().of("SSFR").count() == 21


def test_newer_facts_of_one_committee_end_nothing_on_the_others(names: Any, people: People) -> None:
    bring_in(names, people, date(2026, 6, 1), Wish(force=True))
    assert furnishing.furnish_committees() is False
    assert CommitteeMembership.objects.open().of("SSJU26").count() == 1
    assert not Committee.objects.exclude(closed_on=None).exists()


def test_parts_know_their_committee_and_the_second_time_changes_nothing(names: Any, people: People) -> None:
    difference = bring_in(names, people).difference
    assert difference.joined == (
        "SSJU: Senate Committee on the Judiciary",
        "SSJU26: Privacy, Technology, and the Law",
        "SSJU26: Ron Wyden (W000779), minority 1, Ranking Member",
    )
    part = Committee.objects.get(code="SSJU26")
    assert part.parent is not None
    assert (part.parent.code, part.chamber) == ("SSJU", "senate")
    before = everything()
    assert not bring_in(names, people).difference
    assert everything() == before


def test_who_leaves_is_kept_and_closed_and_may_come_back(names: Any, people: People) -> None:
    merkley = next(m for m in people["SSFR"] if m["bioguide"] == "M001176")
    people["SSFR"].remove(merkley)
    assert bring_in(names, people).difference.left == ("SSFR: Jeff Merkley (M001176)",)
    closed = CommitteeMembership.objects.get(legislator__bioguide_id="M001176")
    assert closed.closed_on == JULY
    people["SSFR"].append(merkley | {"rank": 10})
    assert bring_in(names, people).difference.joined == ("SSFR: Jeff Merkley (M001176), minority 10",)
    assert CommitteeMembership.objects.filter(legislator__bioguide_id="M001176").count() == 2


def test_a_new_chair_is_a_change_and_a_committee_that_ended_is_closed(names: Any, people: People) -> None:
    bring_in(names, people)
    people["SSFR"][0]["title"], people["SSFR"][1]["title"] = None, "Chairman"
    names[1]["subcommittees"], part = [], names[1]["subcommittees"]
    del people["SSJU26"]
    difference = bring_in(names, people).difference
    assert difference.changed[0].endswith("majority 1, Chairman -> majority 1")
    assert difference.left == ("SSJU26: Privacy, Technology, and the Law", "SSJU26: Ron Wyden (W000779)")
    assert Committee.objects.get(code="SSJU26").closed_on == JULY
    names[1]["subcommittees"] = part
    assert bring_in(names, people).difference.changed == ("SSJU26: Privacy, Technology, and the Law",)


def test_somebody_whom_we_dont_know_is_left_out_with_a_note(names: Any, people: People) -> None:
    people["SSJU26"].append({"bioguide": "X999999", "party": "majority", "rank": 1})
    difference = bring_in(names, people).difference
    assert difference.notes == ("X999999 sits on a committee, is nobody whom we know and was left out",)


def lacks_foreign_relations(names: list[Any], people: People) -> None:
    del people["SSFR"]


def has_nine_of_foreign_relations(names: list[Any], people: People) -> None:
    del people["SSFR"][9:]


def lacks_half_of_foreign_relations(names: list[Any], people: People) -> None:
    del people["SSFR"][11:]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lacks_foreign_relations, "It lists 0 members of Foreign Relations"),
        (has_nine_of_foreign_relations, "It lists 9 members of Foreign Relations"),
        (lacks_half_of_foreign_relations, "11 of 22 memberships would end"),
    ],
)
def test_what_looks_wrong_is_refused_unless_forced(
    names: list[Any], people: People, change: Callable[[Any, People], None], sentence: str
) -> None:
    before = everything()
    change(names, people)
    with pytest.raises(ImportRefused, match=sentence):
        bring_in(names, people)
    assert everything() == before
    assert bring_in(names, people, wish=Wish(force=True)).difference.left


def test_a_new_congress_may_end_more_than_a_third(names: Any, people: People) -> None:
    lacks_half_of_foreign_relations(names, people)
    assert len(bring_in(names, people, JANUARY).difference.left) == 11
    seen = CommitteeMembership.objects.open().values_list("seen_on", flat=True)
    assert set(seen) == {JANUARY}


def sits_twice(names: list[Any], people: People) -> None:
    people["SSFR"].append(people["SSFR"][0])


def has_no_such_committee(names: list[Any], people: People) -> None:
    people["SSXX"] = people["SSFR"]


def is_listed_twice(names: list[Any], people: People) -> None:
    names.append(names[0])


def has_no_rank(names: list[Any], people: People) -> None:
    del people["SSFR"][0]["rank"]


def is_on_no_side(names: list[Any], people: People) -> None:
    people["SSFR"][0]["party"] = "Republican"


def has_a_title_without_end(names: list[Any], people: People) -> None:
    people["SSFR"][0]["title"] = "x" * 61


def is_of_no_chamber(names: list[Any], people: People) -> None:
    names[0]["type"] = "lords"


def has_a_code_with_a_newline(names: list[Any], people: People) -> None:
    names[0]["thomas_id"] = "SSFR\n!"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (sits_twice, "sits on SSFR 2 times"),
        (has_no_such_committee, "SSXX has members and is no committee"),
        (is_listed_twice, "SSFR is listed 2 times"),
        (has_no_rank, "The members of 'SSFR' have another shape"),
        (is_on_no_side, "The members of 'SSFR' have another shape"),
        (has_a_title_without_end, "is no title"),
        (is_of_no_chamber, "Committee 1 has another shape"),
        (has_a_code_with_a_newline, "is no committee's code"),
    ],
)
def test_what_contradicts_itself_is_refused_even_when_forced(
    names: list[Any], people: People, change: Callable[[Any, People], None], sentence: str
) -> None:
    before = everything()
    change(names, people)
    with pytest.raises(ImportRefused, match=sentence):
        bring_in(names, people, wish=Wish(force=True))
    assert everything() == before
    assert sentence in DataImport.objects.exclude(refused_because="").get().refused_because


@pytest.mark.parametrize("names", [{}, [1], "SSFR", [{"type": "senate"}], None])
def test_names_of_another_shape_change_nothing(names: Any, people: People) -> None:
    with pytest.raises(ImportRefused):
        bring_in(names, people)


@pytest.mark.parametrize("people", [[], {"SSFR": 1}, {"SSFR": [None]}, "SSFR", {"SSFR": [{}]}])
def test_people_of_another_shape_change_nothing(names: Any, people: Any) -> None:
    with pytest.raises(ImportRefused):
        bring_in(names, people)


def test_the_command_reads_two_files_or_none(
    names: Any, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memberships, committees = tmp_path / "memberships.json", tmp_path / "committees.json"
    memberships.write_text(json.dumps(people))
    committees.write_text(json.dumps(names))
    with pytest.raises(CommandError, match="Give both files"):
        call_command("sync_committees", "--file", str(memberships))
    words = ("--file", str(memberships), "--committees-file", str(committees), "--as-of", "2026-07-15")
    call_command("sync_committees", *words, "--dry-run")
    assert "A dry run: nothing was written." in capsys.readouterr().out
    assert Committee.objects.count() == 1
    call_command("sync_committees", *words)
    printed = capsys.readouterr().out
    assert "3 committees, 23 memberships, 22 on foreign relations as of 2026-07-15" in printed
    assert "+ SSJU26: Ron Wyden (W000779), minority 1, Ranking Member" in printed
    assert DataImport.objects.as_of(Subject.COMMITTEES) == JULY
    committees.write_text("<!doctype html>")
    with pytest.raises(
        CommandError, match=r"Nothing changed\. This is no JSON: 15 bytes that begin with '<!doctype html>'"
    ):
        call_command("sync_committees", *words)


def test_the_names_are_asked_for_only_when_there_are_new_members(names: Any, people: People, source: Source) -> None:
    source.body, source.others = json.dumps(people).encode(), {"/names.json": json.dumps(names).encode()}
    words = ("--url", source.url, "--committees-url", source.url.replace("legislators-current", "names"))
    call_command("sync_committees", *words)
    call_command("sync_committees", *words)
    assert source.marks == [None, "/names.json", source.etag]
    assert Committee.objects.count() == 3


def test_without_the_names_nothing_changes(people: People, source: Source) -> None:
    source.body, source.others = json.dumps(people).encode(), {"/names.json": b"<!doctype html>"}
    words = ("--url", source.url, "--committees-url", source.url.replace("legislators-current", "names"))
    with pytest.raises(CommandError, match=r"^Nothing changed\. This is no JSON: 15 bytes"):
        call_command("sync_committees", *words)
    with pytest.raises(CommandError, match=r"^Nothing changed\. .* could not be reached"):
        call_command("sync_committees", "--url", source.url, "--committees-url", "http://127.0.0.1:1/names.json")
    assert "names.json could not be reached" in DataImport.objects.latest("pk").refused_because
    assert Committee.objects.count() == 1


def test_the_real_files_of_june_are_taken_in_with_few_queries() -> None:
    if not SHARED.exists():
        pytest.skip("the public data files are not beside the project; download them into ../shared/data to run this")
    source = sources.committees((SHARED / "committees-current.json").read_bytes)
    with CaptureQueriesContext(connection) as queries:
        outcome = importing.read_file(source, SHARED / "committee-membership-current.json", date(2026, 6, 15))
    assert len(queries) <= 30
    assert outcome.counts == {"committees": 230, "memberships": 3879, "on_foreign_relations": 22}
    assert not [line for line in outcome.difference.changed if line.startswith("SSFR M")]
    again = importing.read_file(source, SHARED / "committee-membership-current.json", date(2026, 6, 15))
    assert not again.difference
