"""Who may be asked where an address lies: nonsense stops the start, with the setting's name."""

from pathlib import Path

import pytest

from campaign import env
from campaign.env import BadSetting

NAMES = ("ADDRESS_BACKEND", "GOOGLE_CIVIC_KEY", "GOOGLE_CIVIC_CONGRESS", "GEOCODIO_KEY", "DISTRICT_POLYGONS")


def chosen(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return env.address_backend("ADDRESS_BACKEND")


def test_nobody_is_asked_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch) == ""
    assert chosen(monkeypatch, ADDRESS_BACKEND="") == ""


def test_a_back_end_with_all_it_needs_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert chosen(monkeypatch, ADDRESS_BACKEND="census") == "census"
    assert chosen(monkeypatch, ADDRESS_BACKEND="geocodio", GEOCODIO_KEY="k") == "geocodio"
    google = {"ADDRESS_BACKEND": "google", "GOOGLE_CIVIC_KEY": "k", "GOOGLE_CIVIC_CONGRESS": "119"}
    assert chosen(monkeypatch, **google) == "google"
    (tmp_path / "districts.zip").touch()
    polygons = {"ADDRESS_BACKEND": "polygons", "DISTRICT_POLYGONS": str(tmp_path / "districts.zip")}
    assert chosen(monkeypatch, **polygons) == "polygons"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"ADDRESS_BACKEND": "Census"}, "ADDRESS_BACKEND must be empty or one of census, google, geocodio, polygons"),
        ({"ADDRESS_BACKEND": "google"}, "ADDRESS_BACKEND=google needs GOOGLE_CIVIC_KEY"),
        ({"ADDRESS_BACKEND": "google", "GOOGLE_CIVIC_KEY": "k"}, "needs GOOGLE_CIVIC_CONGRESS"),
        ({"ADDRESS_BACKEND": "geocodio", "GEOCODIO_KEY": " "}, "needs GEOCODIO_KEY"),
        ({"ADDRESS_BACKEND": "polygons"}, "needs DISTRICT_POLYGONS"),
        ({"ADDRESS_BACKEND": "polygons", "DISTRICT_POLYGONS": "/nowhere.zip"}, "DISTRICT_POLYGONS is not a file"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        chosen(monkeypatch, **values)


def test_polygons_without_their_libraries_say_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    (tmp_path / "districts.zip").touch()
    with pytest.raises(BadSetting, match=r"requirements-polygons\.txt"):
        chosen(monkeypatch, ADDRESS_BACKEND="polygons", DISTRICT_POLYGONS=str(tmp_path / "districts.zip"))


@pytest.mark.parametrize(
    "address", ["http://geocoder.example", "ftp://x.example", "https://", "nonsense", "https://x.example/?q=1", "",
                "https://me:secret@x.example", "http://127.0.0.1.example"],
)  # fmt: skip
def test_addresses_travel_by_https_only(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CENSUS_GEOCODER_URL", address)
    with pytest.raises(BadSetting, match="CENSUS_GEOCODER_URL must begin with https://"):
        env.service("CENSUS_GEOCODER_URL", "https://default.example")


@pytest.mark.parametrize("address", ["https://geo.example/v1/", "http://127.0.0.1:8001/x", "http://[::1]:1"])
def test_ones_own_machine_may_do_without(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CENSUS_GEOCODER_URL", address)
    assert env.service("CENSUS_GEOCODER_URL", "https://default.example") == address.rstrip("/")
