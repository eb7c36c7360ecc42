"""Districts from a file on this machine: a small one that this test draws."""

import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapefile
import time_machine

from campaign.legislators import geocoding
from campaign.legislators.geocoding import Answer, Trouble
from campaign.lib.refusals import Refused

AMBIGUOUS, NOT_FOUND = Answer(trouble=Trouble.AMBIGUOUS), Answer(trouble=Trouble.NOT_FOUND)
# Two districts side by side, with a hole of the second in the first, and an island far away.
BORDER = -122.5


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [west, north], [east, north], [east, south], [west, south]]


def draw(folder: Path, congress: int = 119, session: str | None = None) -> Path:
    """A zip as the Census serves it."""
    name = f"cb_2024_us_cd{congress}_500k"
    with shapefile.Writer(str(folder / name)) as writer:
        for field in ("STATEFP", f"CD{congress}FP", "GEOID", "CDSESSN"):
            writer.field(field, "C", size=4)
        hole = [list(point) for point in reversed(box(-123.2, 45.2, -123.1, 45.3))]
        rows = [
            ("41", "01", [box(-124, 45, BORDER, 46), hole]),
            ("41", "03", [box(BORDER, 45, -121, 46), box(-123.2, 45.2, -123.1, 45.3)]),
            ("56", "00", [box(-110, 42, -105, 44)]),
            ("41", "ZZ", [box(-125, 45, -124, 46)]),
        ]
        for state, district, parts in rows:
            writer.poly(parts)
            writer.record(state, district, state + district, session or str(congress))
    packed = folder / f"{name}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for end in ("shp", "shx", "dbf"):
            archive.write(folder / f"{name}.{end}", f"{name}.{end}")
    return packed


@pytest.fixture
def polygons(settings: Any, db: None, tmp_path: Path) -> Any:
    settings.ADDRESS_BACKEND = "polygons"
    settings.DISTRICT_POLYGONS = str(draw(tmp_path))
    return settings


@pytest.mark.parametrize(
    ("point", "answer"),
    [
        ("45.5, -123.5", Answer("OR-1")),
        ("45.5,-121.5", Answer("OR-3")),
        (" 45.5 -121.5\n", Answer("OR-3")),
        ("45.5; \u2212121.5", Answer("OR-3")),
        ("45.25, -123.15", Answer("OR-3")),
        ("43, -107", Answer("WY-0")),
        (f"45.5, {BORDER}", AMBIGUOUS),
        (f"45.5, {BORDER - 0.0006}", AMBIGUOUS),
        (f"45.5, {BORDER + 0.0006}", AMBIGUOUS),
        (f"45.5, {BORDER - 0.003}", Answer("OR-1")),
        ("45.0003, -123.5", Answer("OR-1")),
        ("44.9997, -123.5", NOT_FOUND),
        ("45.5, -124.5", NOT_FOUND),
        ("0, 0", NOT_FOUND),
        ("-89.99, 180", NOT_FOUND),
    ],
)
def test_a_point_lies_in_a_district_or_too_near_to_another(polygons: Any, point: str, answer: Answer) -> None:
    assert geocoding.district_of(point) == answer


@pytest.mark.parametrize(
    "typed",
    ["", "1221 Quixotic Lane, Portland", "45.5", "91, 0", "0, 181", "nan, nan", "1e3, 4", "\u0664\u0665, 12", "4" * 99],
)
def test_what_is_no_point_is_refused_with_an_example(polygons: Any, typed: str) -> None:
    with pytest.raises(Refused) as caught:
        geocoding.district_of(typed)
    assert "45.5200, -122.6800" in str(caught.value.refusals[0].detail)


def test_nothing_leaves_the_house(polygons: Any) -> None:
    receiver = geocoding.receiver()
    assert receiver is not None
    assert (receiver.is_outside, receiver.takes_points) == (False, True)


def test_a_file_of_another_congress_does_not_count(polygons: Any, tmp_path: Path) -> None:
    with time_machine.travel("2027-01-04T12:00:00Z"):
        assert geocoding.district_of("45.5, -121.5") == Answer(trouble=Trouble.OTHER_CONGRESS)
        polygons.DISTRICT_POLYGONS = str(draw(tmp_path, 120))
        assert geocoding.district_of("45.5, -121.5") == Answer("OR-3")


def test_a_file_that_cannot_be_read_is_said_to_the_operator_only(
    polygons: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.zip"
    for content in (b"", b"<html>", b"PK\x05\x06" + b"\0" * 18):
        broken.write_bytes(content)
        polygons.DISTRICT_POLYGONS = str(broken)
        assert geocoding.district_of("45.5, -121.5") == Answer(trouble=Trouble.UNAVAILABLE)
    polygons.DISTRICT_POLYGONS = str(draw(tmp_path, 119, session="118"))
    assert geocoding.district_of("45.5, -121.5") == Answer(trouble=Trouble.UNAVAILABLE)
    assert "DISTRICT_POLYGONS" in caplog.text
    assert "45.5" not in caplog.text


def test_many_at_once_read_the_file_once(polygons: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from campaign.legislators.geocoding import polygons as room

    read, found = [], []
    original = room._read

    def counting(path: str) -> Any:
        read.append(path)
        return original(path)

    monkeypatch.setattr(room, "_read", counting)
    threads = [threading.Thread(target=lambda: found.append(room.BACKEND.find("45.5,-121.5", 119))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == 1
    assert found == [Answer("OR-3")] * 8
