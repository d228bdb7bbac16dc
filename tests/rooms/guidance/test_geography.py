"""Where a point is: country, nation, town, border, sea. No network."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadCatalogue
from bot.guidance.geography import Geography
from bot.messages import Area

ROOT = Path(__file__).parents[3]
POINTS = Path(__file__).with_name("points.tsv")

ON_THE_LINE = {"Norham", "Coldstream", "Llanymynech", "Presteigne"}
"""Villages whose border runs through them or less than a kilometre off: both sides are named."""


@pytest.fixture(scope="module")
def geography() -> Geography:
    return Geography.load(ROOT / "guidance" / "geography")


def points() -> list[tuple[str, float, float, str, str | None]]:
    rows = [line.split("\t") for line in POINTS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return [
        (name, float(lat), float(lon), country, None if nation == "-" else nation)
        for name, lat, lon, country, nation in rows
    ]


def test_every_point_of_the_table_is_found_and_there_are_enough_of_them(geography):
    rows = points()
    assert len(rows) >= 300
    wrong = []
    for name, latitude, longitude, country, nation in rows:
        found = geography.where(latitude, longitude)
        if country == "sea":
            right = found.at_sea
        else:
            wanted = Area(country, nation)
            right = not found.at_sea and (
                found.area == wanted or (name in ON_THE_LINE and wanted in found.near)
            )
        if not right:
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize(
    ("latitude", "longitude", "town"),
    [
        (51.129, 1.308, "Dover"),
        (50.951, 1.858, "Calais"),
        (54.175, -6.34, "Newry"),
        (58.209, -6.387, "Stornoway"),
    ],
)
def test_the_nearest_town_is_named(geography, latitude, longitude, town):
    assert geography.where(latitude, longitude).town == town


def test_the_town_is_in_the_same_country(geography):
    """Blacklion is Irish, though a British village lies nearer than the next Irish town."""
    found = geography.where(54.291, -7.877)
    assert found.area == Area("IE")
    assert found.town not in {"Belcoo", "Garrison"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "other"),
    [
        (54.997, -3.067, Area("GB", "england")),  # Gretna
        (51.642, -2.673, Area("GB", "england")),  # Chepstow
        (54.130, -6.330, Area("IE")),  # south of Newry
    ],
)
def test_near_a_border_both_sides_are_named(geography, latitude, longitude, other):
    assert other in geography.where(latitude, longitude).near


def test_a_coast_across_the_water_is_no_near_border(geography):
    assert geography.where(51.129, 1.308, accuracy_m=1500).near == ()


def test_a_wide_accuracy_widens_what_is_near(geography):
    point = 54.158, -6.34
    assert geography.where(*point).near == ()
    assert Area("IE") in geography.where(*point, accuracy_m=1500).near


def test_a_far_town_is_not_named(geography):
    """Lairg is forty kilometres from there: nobody would be found in it."""
    found = geography.where(58.369, -4.589)
    assert found.area == Area("GB", "scotland")
    assert found.town is None


def test_a_town_of_another_nation_is_not_named(geography):
    assert geography.where(55.161, -2.563).town != "Newcastleton"


def test_off_the_map_is_refused(geography):
    with pytest.raises(ValueError, match="degrees"):
        geography.where(91, 0)
    with pytest.raises(ValueError, match="degrees"):
        geography.where(float("nan"), 0)


@pytest.mark.parametrize("broken", ["borders.json", "land.json", "towns.tsv"])
def test_a_broken_file_says_how_to_make_it_again(tmp_path, broken):
    for file in (ROOT / "guidance" / "geography").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / broken).write_text("{", encoding="utf-8")
    with pytest.raises(BadCatalogue, match="make geography"):
        Geography.load(tmp_path)
