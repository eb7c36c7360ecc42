"""Where every ZIP lies, as the Census says: in which states, in which districts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from campaign.legislators import furnishing, lookup, places, placing, tasks
from campaign.legislators.lookup import Reason
from campaign.legislators.models import DataImport, PostalCode, Subject
from campaign.lib import kept
from tests.legislators.census import FACTS, CensusFile
from tests.legislators.conftest import Source

pytestmark = pytest.mark.usefixtures("furnished")

Sync = Callable[..., str]
NEVER_HEARD_OF = "00003"


@pytest.fixture
def census(tmp_path: Path) -> CensusFile:
    """The checked facts."""
    return CensusFile(tmp_path / "tab20_cd11920_zcta520_natl.txt").with_facts()


@pytest.fixture
def districts(capsys: pytest.CaptureFixture[str]) -> Sync:
    """Run sync_districts as an operator does; what it printed."""

    def run(*words: object) -> str:
        call_command("sync_districts", *map(str, words))
        kept.forget_everything()
        return capsys.readouterr().out

    return run


@pytest.fixture
def zips(capsys: pytest.CaptureFixture[str]) -> Sync:
    """Run sync_zips as an operator does; what it printed."""

    def run(*words: object) -> str:
        call_command("sync_zips", *map(str, words))
        kept.forget_everything()
        return capsys.readouterr().out

    return run


def everything() -> str:
    """A fingerprint of all that is known of ZIPs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(string_agg(row(here.*)::text, '' ORDER BY zip)) FROM legislators_postalcode AS here")
        return str(cursor.fetchone()[0])


def latest(subject: Subject) -> DataImport:
    return DataImport.objects.filter(what=subject).latest("pk")


def test_the_whole_file_is_taken_in_and_lookups_know_it(
    census: CensusFile, districts: Sync, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = census.with_filler().write()
    with django_assert_max_num_queries(16):
        said = districts("--file", path, "--as-of", "2026-01-05")
    assert f"{len(census.of_zip)} zips, 14 split, " in said
    assert "+ 00001: AK-0" in said
    assert "+ and 31," in said
    for row in FACTS.strip().replace("\n", "|").split("|"):
        zip_code, *expected = row.split()
        assert lookup.find(postal_code=zip_code).districts == tuple(expected)
    kept_import = latest(Subject.DISTRICTS)
    assert (kept_import.congress, kept_import.as_of) == (119, date(2026, 1, 5))
    assert kept_import.counts["zips"] == len(census.of_zip)
    assert len(kept_import.difference["joined"]) == 101


def test_the_same_file_again_changes_nothing(census: CensusFile, districts: Sync) -> None:
    districts("--file", census.write(), "--force")
    said = districts("--file", census.path, "--force")
    assert "21 zips, 14 split, 0 changed" in said
    assert said.endswith("Nothing changed.\n")


def test_what_changed_is_said_zip_by_zip(census: CensusFile, districts: Sync) -> None:
    districts("--file", census.write(), "--force")
    census.without("02134").of_zip |= {"97910": ["ID-1", "OR-2"], "97201": ["OR-1"]}
    lines = districts("--file", census.write(), "--force").splitlines()
    assert set(lines[1:]) == {"+ 97201: OR-1", "- 02134: MA-7", "~ 97910: OR-2 ID-1 -> ID-1 OR-2"}
    assert lookup.find("OR", "97201").districts == ("OR-1",)
    assert lookup.find("MA", "02134").reasons == (Reason.ADDRESS_NEEDED,)


def test_a_dry_run_says_what_would_change_and_writes_nothing(census: CensusFile, districts: Sync) -> None:
    before = everything(), DataImport.objects.count()
    census.of_zip["97201"] = ["OR-1"]
    assert "+ 97201: OR-1" in districts("--file", census.write(), "--force", "--dry-run")
    assert (everything(), DataImport.objects.count()) == before


def test_zips_get_the_states_of_their_land_beside_that_of_their_post_office(census: CensusFile, zips: Sync) -> None:
    census.of_zip |= {"97201": ["OR-1", "WA-3"], NEVER_HEARD_OF: ["NY-1"]}
    said = zips("--file", census.write(counties=True), "--force")
    assert "23 zips, 13 split" in said
    assert lookup.find(postal_code="97201").states == ("OR", "WA")
    assert lookup.find("WA", "97201").state == "WA"
    assert lookup.find(postal_code=NEVER_HEARD_OF).states == places.states_of(NEVER_HEARD_OF) == ("NY",)
    assert lookup.find(postal_code="45275").states == ("OH", "KY"), "of what it does not know others may know"
    assert latest(Subject.ZIPS).congress is None


def test_zips_also_reads_the_file_of_districts(census: CensusFile, zips: Sync) -> None:
    zips("--file", census.with_filler().write())
    assert PostalCode.objects.get(zip="57717").census_states == ["SD", "WY", "MT"]
    assert PostalCode.objects.get(zip="20135").census_states == ["VA", "WV"]


def test_no_source_undoes_another(census: CensusFile, zips: Sync, districts: Sync) -> None:
    census.of_zip[NEVER_HEARD_OF] = ["NY-1"]
    zips("--file", census.write(), "--force")
    districts("--file", census.path, "--force")
    DataImport.objects.filter(what=Subject.PLACES).update(sha256="an older package")
    furnishing.furnish_places()
    furnishing.furnish_districts()
    unheard = PostalCode.objects.get(zip=NEVER_HEARD_OF)
    assert (unheard.states, unheard.census_states, unheard.districts) == ([], ["NY"], ["NY-1"])
    split = PostalCode.objects.get(zip="57717")
    assert (split.states, split.districts) == (["SD", "MT", "WY"], ["SD-0", "WY-0", "MT-2"])
    districts("--file", census.without(NEVER_HEARD_OF).write(), "--force")
    assert PostalCode.objects.get(zip=NEVER_HEARD_OF).districts == []
    zips("--file", census.path, "--force")
    assert not PostalCode.objects.filter(zip=NEVER_HEARD_OF).exists()


def test_our_own_facts_are_for_a_start_without_a_network_only(census: CensusFile, districts: Sync) -> None:
    assert furnishing.furnish_districts() is False
    districts("--file", census.write(), "--force", "--as-of", "2025-01-05")
    DataImport.objects.filter(what=Subject.DISTRICTS, source__startswith="facts/").update(sha256="older facts")
    assert furnishing.furnish_districts() is False
    assert PostalCode.objects.get(zip="97910").districts == ["OR-2", "ID-1"]


def test_newer_facts_of_ours_replace_older_ones_of_ours() -> None:
    DataImport.objects.filter(what=Subject.DISTRICTS).update(sha256="older facts")
    PostalCode.objects.filter(zip="97910").update(districts=["OR-6"])
    assert furnishing.furnish_districts() is True
    assert PostalCode.objects.get(zip="97910").districts == ["ID-1", "OR-2"]


# --- what is not believed ---------------------------------------------------------------------------------------------


def refused(run: Sync, path: Path, *words: str) -> str:
    """Run into a refusal; afterwards everything is as it was, but for the note why."""
    before = everything()
    with pytest.raises(CommandError) as caught:
        run("--file", path, *words)
    said = str(caught.value)
    assert said.startswith("Nothing changed. ")
    assert everything() == before
    assert DataImport.objects.latest("pk").refused_because.replace("\n", " ") in said
    return said


HEADER = "GEOID_CD119_20|GEOID_ZCTA5_20|AREALAND_PART|AREALAND_ZCTA5_20|GEOID_COUNTY_20\n"
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "It is empty."),
    "blanks": (b" \r\n\n", "It is empty."),
    "an error page": (b"<!doctype html><html><body>Access denied</body></html>", "no relationship file of the Census"),
    "JSON": (b'[{"id": {"bioguide": "M001176"}}]', "its first line has no GEOID_ZCTA5_20, AREALAND_PART, "),
    "another encoding": (HEADER.encode("utf-16"), "It is no text in UTF-8 (byte 0)."),
    "bytes": (bytes(range(256)) * 100, "It is no text in UTF-8"),
    "a line cut off": ((HEADER + "4103|97201|9|9|41051\n4103|972").encode(), "The last line is cut off: 2 columns"),
    "an odd line": ((HEADER + "4103|97201\n4103|97201|9|9|41051\n").encode(), "Line 2 is not like the others"),
    "an unknown state": ((HEADER + "9901|97201|9|9|99051\n").encode(), "Line 2: there is no state '99'."),
    "an odd ZIP": ((HEADER + "4103|9720|9|9|41051\n").encode(), "Line 2: '9720' is no ZIP."),
    "foreign digits": ((HEADER + "4103|\uff19\uff17\uff12\uff10\uff11|9|9|41051\n").encode(), "is no ZIP."),
    "odd land": ((HEADER + "4103|97201|-9|9|41051\n").encode(), "Line 2: '-9' is no size of land."),
    "too much land": ((HEADER + f"4103|97201|{'9' * 5000}|9|41051\n").encode(), "is no size of land."),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", ["districts", "zips"])
def test_what_is_no_such_file_changes_nothing_whatever_is_wished(
    name: str, command: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    body, sentence = BAD_FILES[name]
    path = tmp_path / "census.txt"
    path.write_bytes(body)
    assert sentence in refused(request.getfixturevalue(command), path, "--force")


def test_a_district_that_is_none_is_named(tmp_path: Path, districts: Sync) -> None:
    path = tmp_path / "census.txt"
    path.write_text(HEADER + "41AB|97201|9|9|41051\n")
    assert "Line 2: '41AB' is no district of OR." in refused(districts, path, "--force")


def test_a_huge_file_is_not_read(tmp_path: Path, districts: Sync, zips: Sync) -> None:
    path = tmp_path / "census.txt"
    with path.open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    assert "larger than 32 MB" in refused(districts, path, "--force")
    assert "larger than 32 MB" in refused(zips, path, "--force")


def test_a_file_cut_off_between_two_lines_is_not_believed(census: CensusFile, districts: Sync, zips: Sync) -> None:
    whole = census.with_filler().text()
    half = whole[: whole.index("\r\n", len(whole) // 2) + 2]
    census.path.write_text(half, newline="")
    for run in (districts, zips):
        said = refused(run, census.path)
        assert "fewer than 30000 are not believed" in said
        assert "It knows no ZIP of " in said
        assert "WY" in said
    assert "Nothing changed" not in districts("--file", census.path, "--force")


def test_zips_that_vanish_by_the_thousand_are_not_believed(census: CensusFile, districts: Sync) -> None:
    census.with_filler(each=620)
    districts("--file", census.write())
    gone = [zip_code for zip_code, areas in census.of_zip.items() if areas == ["TX-1"]][:610]
    gone += [zip_code for zip_code, areas in census.of_zip.items() if areas == ["CA-1"]][:610]
    assert "1220 ZIPs would be in it no more" in refused(districts, census.without(*gone).write())
    assert "1220 changed" in districts("--file", census.path, "--force")


def test_only_the_congress_that_sits_is_taken_in(census: CensusFile, districts: Sync, time_machine: object) -> None:
    census.congress = 120
    said = refused(districts, census.write(), "--force")
    assert "It holds the districts of Congress 120, which does not sit yet; until then it is kept out." in said
    census.congress = 118
    assert "Congress 118; the one that sits is 119." in refused(districts, census.write(), "--force")
    time_machine.move_to("2027-01-04")  # type: ignore[attr-defined]
    assert "Congress 118; the one that sits is 120." in refused(districts, census.write(), "--force")
    census.congress = 120
    districts("--file", census.write(), "--force")
    assert latest(Subject.DISTRICTS).congress == 120


# --- over the web -----------------------------------------------------------------------------------------------------


def test_every_congress_has_an_address_of_its_own(time_machine: object) -> None:
    assert placing.districts().url.endswith("/rel2020/cd-sld/tab20_cd11920_zcta520_natl.txt")
    time_machine.move_to("2027-01-03")  # type: ignore[attr-defined]
    assert placing.districts().url.endswith("/rel2020/cd-sld/tab20_cd12020_zcta520_natl.txt")


def test_the_second_look_says_which_version_it_knows(census: CensusFile, districts: Sync, source: Source) -> None:
    source.body = census.with_filler().text().encode()
    assert "31221 zips" in districts("--url", source.url)
    assert latest(Subject.DISTRICTS).as_of == date(2026, 7, 1)
    assert "nothing newer" in districts("--url", source.url)
    assert source.marks == [None, '"one"']
    assert latest(Subject.DISTRICTS).checked_at is not None


def test_the_weekly_tasks_bring_in_both_files(
    census: CensusFile, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    DataImport.objects.update(checked_at=None)
    source.body = census.with_filler().text().encode()
    monkeypatch.setattr(placing, "ZIPS", replace(placing.ZIPS, url=source.url))
    here = replace(placing.districts(), url=source.url)
    monkeypatch.setattr(placing, "districts", lambda: here)
    tasks.sync_zips()
    tasks.sync_districts()
    row = PostalCode.objects.get(zip="57717")
    assert (row.census_states, row.districts) == (["SD", "WY", "MT"], ["SD-0", "WY-0", "MT-2"])


def test_the_weekly_tasks_survive_an_error_page(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    DataImport.objects.update(checked_at=None)
    source.status, source.body = 503, b"<!doctype html>"
    monkeypatch.setattr(placing, "ZIPS", replace(placing.ZIPS, url=source.url))
    tasks.sync_zips()
    source.status = 200
    tasks.sync_zips()
    assert "no relationship file" in latest(Subject.ZIPS).refused_because
