"""Where a point on the map is: country, nation, nearest town; near a border; at sea. No network.

Data: `guidance/geography/`, made by `make geography`. Outlines reach over the sea and say nothing of the
coast, so a second, finer outline of the land tells the sea from the shore (around Europe only).

Privacy: coordinates are read here and kept nowhere.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from bot.errors import BadCatalogue
from bot.guidance.parts import PARTS
from bot.messages import Area, Whereabouts

KM_PER_DEGREE = 111.2
"""Along a meridian; source: the mean radius of the Earth, 6,371 km."""

NEAR_BORDER_KM = 5.0
"""Within this much of another country or nation we say both: phones find themselves that badly indoors."""

AT_SEA_KM = 3.0
"""This far off any land we know is sea: piers, harbours and our coarse coast stay on land."""

TOWN_WITHIN_KM = 5.0
"""A town farther away is not where one is: sent there, nobody would find anyone."""

AROUND_EUROPE = (-25.0, 27.0, 45.0, 72.0)
"""West, south, east, north in degrees: where the sea is told from the land; source: `tools/geography`."""

NATIONS = {"Q21": "england", "Q25": "wales", "Q22": "scotland", "Q26": "northern_ireland"}
"""The nations' outlines by Wikidata's name for them."""

UK = "GB"

_UNIONS = {"EU", "UN"}

_WHOLE = {"FX": "FR", "IC": "ES", "EA": "ES", "AC": "SH", "TA": "SH", "CQ": "GG", "DG": "IO", "CP": "FR"}
"""Reserved codes of a part, and the country or territory they are of."""


class Geography:
    """The outlines and the towns, read once; 31 MB, a point takes a millisecond or two."""

    def __init__(self, areas: list[tuple[Area, Any]], land: Any, towns: dict[Area, Towns]) -> None:
        # The smallest first: of two outlines that hold a point the smaller one is meant.
        areas = sorted(areas, key=lambda each: each[1].area)
        self._areas = [area for area, _ in areas]
        self._shapes = [shape for _, shape in areas]
        self._tree = shapely.STRtree(self._shapes)
        self._land = shapely.STRtree(shapely.get_parts(land))
        self._towns = towns

    @classmethod
    def load(cls, folder: Path) -> Geography:
        """Read `borders.json`, `land.json` and `towns.tsv` of this folder.

        Raises:
            BadCatalogue: If a file is missing or malformed; it says how to make it again.
        """
        try:
            return cls(
                _areas(json.loads((folder / "borders.json").read_text(encoding="utf-8"))),
                shapely.from_geojson((folder / "land.json").read_text(encoding="utf-8")),
                _towns((folder / "towns.tsv").read_text(encoding="utf-8")),
            )
        except (OSError, ValueError, KeyError, shapely.errors.ShapelyError) as problem:
            raise BadCatalogue(
                f"{folder} cannot be read ({type(problem).__name__}).",
                remedy="Run `make geography`, or take the folder anew from the repository.",
            ) from problem

    def where(self, latitude: float, longitude: float, accuracy_m: float = 0.0) -> Whereabouts:
        """Return what is known of a point.

        Args:
            latitude: In degrees, north positive.
            longitude: In degrees, east positive.
            accuracy_m: Radius in metres within which the phone says it is.

        Raises:
            ValueError: If the point is not on the Earth.
        """
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise ValueError("latitude is within 90 and longitude within 180 degrees")
        point = shapely.Point(longitude, latitude)
        at_sea = self._at_sea(point)
        area = self._area(point)
        if area is None or at_sea:
            return Whereabouts(area, at_sea=at_sea)
        towns = self._towns.get(area)
        town, distance = towns.nearest(latitude, longitude) if towns else ("", math.inf)
        near = self._near(point, area, NEAR_BORDER_KM + accuracy_m / 1000)
        if distance > TOWN_WITHIN_KM:
            return Whereabouts(area, near)
        return Whereabouts(area, near, town=town, town_km=distance)

    def _area(self, point: Any) -> Area | None:
        holding = self._tree.query(point, predicate="intersects")
        return self._areas[int(holding.min())] if len(holding) else None

    def _at_sea(self, point: Any) -> bool:
        west, south, east, north = AROUND_EUROPE
        if not (west < point.x < east and south < point.y < north):
            return False
        return not len(self._land.query(_around(point, AT_SEA_KM), predicate="intersects"))

    def _near(self, point: Any, area: Area, reach_km: float) -> tuple[Area, ...]:
        """Return the other areas whose land is within reach: nobody walks to a coast across the sea."""
        found: dict[Area, float] = {}
        circle = _around(point, reach_km)
        for number in self._tree.query(circle, predicate="intersects"):
            other = self._areas[int(number)]
            if other != area and other.country != "XX":
                ashore = shapely.intersection(self._shapes[int(number)], circle)
                if self._has_land(ashore):
                    found[other] = min(found.get(other, math.inf), float(shapely.distance(point, ashore)))
        return tuple(sorted(found, key=lambda each: (found[each], each.country, each.nation or "")))

    def _has_land(self, shape: Any) -> bool:
        west, south, east, north = AROUND_EUROPE
        if not shapely.box(west, south, east, north).contains(shape):
            return True
        return bool(len(self._land.query(shape, predicate="intersects")))


class Towns:
    """The places of one country."""

    def __init__(self, rows: list[tuple[str, float, float]]) -> None:
        self._names = [name for name, _, _ in rows]
        self._points: NDArray[np.float64] = np.radians([[lat, lon] for _, lat, lon in rows])

    def nearest(self, latitude: float, longitude: float) -> tuple[str, float]:
        """Return the nearest place and how far it is, in kilometres."""
        at = math.radians(latitude), math.radians(longitude)
        north = self._points[:, 0] - at[0]
        east = (self._points[:, 1] - at[1]) * math.cos(at[0])
        squared = north**2 + east**2
        best = int(squared.argmin())
        return self._names[best], math.degrees(math.sqrt(float(squared[best]))) * KM_PER_DEGREE


def _around(point: Any, km: float) -> Any:
    """Return a circle of this radius as it lies in degrees."""
    shrink = max(0.05, math.cos(math.radians(point.y)))
    turn = [2 * math.pi * step / 24 for step in range(24)]
    reach = km / KM_PER_DEGREE
    return shapely.Polygon(
        [(point.x + reach / shrink * math.cos(angle), point.y + reach * math.sin(angle)) for angle in turn]
    )


def country_code(about: Mapping[str, Any]) -> str | None:
    """Return the ISO 3166 code of the country or territory an outline of country-coder is of."""
    own = about.get("iso1A2")
    if own is None:
        # A part without a code of its own, such as Alderney: its territory stands among its groups.
        own = next(
            (group for group in about.get("groups") or () if len(group) == 2 and group not in _UNIONS), None
        )
    code = own or about.get("country")
    return _WHOLE.get(code, code) if code else None


def _areas(collection: dict[str, Any]) -> list[tuple[Area, Any]]:
    found = []
    for feature in collection["features"]:
        about = feature["properties"]
        country = country_code(about)
        if feature.get("geometry") is None or country is None:
            continue
        shape = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        shapely.prepare(shape)
        found.append((Area(country, NATIONS.get(about.get("wikidata", ""))), shape))
    return found


def _towns(text: str) -> dict[Area, Towns]:
    rows: dict[Area, list[tuple[str, float, float]]] = defaultdict(list)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, name, latitude, longitude, _, part, _ = line.split("\t")
            area = Area(country, PARTS.get(part) if country == UK else None)
            rows[area].append((name, float(latitude), float(longitude)))
    return {area: Towns(found) for area, found in rows.items()}
