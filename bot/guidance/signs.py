"""What a word on a sign tells: a town's name, or a word that stands on police cars of one country only."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from bot.errors import BadCatalogue
from bot.guidance.countries import Countries
from bot.guidance.parts import PARTS
from bot.messages import Area

LONGEST_NAME = 5
"""Words of a name that are looked at together."""

SHORTEST_NAME = 5
"""Letters: a shorter name must be all that was typed, since it is a common word far too often."""

SMALLEST_TOWN = 15_000
"""People: smaller places have names like "Send", "Over" and "Hospital"."""

BESIDES = frozenset({"TR", "CY"})
"""Countries outside Europe by the United Nations' regions that lie on the way."""

_ON_EVERY_SIGN = frozenset(
    {
        "police", "polizei", "policia", "hospital", "hotel", "airport", "aeroport", "station", "street",
        "road", "centre", "center", "market", "school", "college", "university", "entrance", "welcome",
        "church", "north", "south", "bridge", "beach", "police station", "please", "house",
    }
)  # fmt: skip
"""Words that are some town's name, too."""

READ = 200
"""Characters of a typed sign that are read."""

_ON_SIGNS = {
    "heddlu": Area("GB", "wales"),
    "araf": Area("GB", "wales"),
    "police scotland": Area("GB", "scotland"),
    "psni": Area("GB", "northern_ireland"),
    "garda siochana": Area("IE"),
    "police service of northern ireland": Area("GB", "northern_ireland"),
    "wales": Area("GB", "wales"),
    "cymru": Area("GB", "wales"),
    "scotland": Area("GB", "scotland"),
    "northern ireland": Area("GB", "northern_ireland"),
    "gendarmerie nationale": Area("FR"),
    "police nationale": Area("FR"),
    "carabinieri": Area("IT"),
    "guardia civil": Area("ES"),
}


Rank = tuple[bool, int]
"""Whether a town is in the United Kingdom, and its people: what makes one of two likelier."""


class Signs:
    """Names and words, read once."""

    def __init__(self, names: Mapping[str, tuple[Rank, str, Area]]) -> None:
        self._names = names

    @classmethod
    def load(cls, folder: Path, countries: Countries) -> Signs:
        """Read the towns of `towns.tsv`; of two with one name the British, then the bigger, is meant.

        Raises:
            BadCatalogue: If the file is missing or malformed.
        """
        best: dict[str, tuple[Rank, str, Area]] = {}
        nations: dict[str, set[str | None]] = defaultdict(set)
        try:
            for line in (folder / "towns.tsv").read_text(encoding="utf-8").splitlines():
                if not line or line.startswith("#"):
                    continue
                country, name, _, _, people, part, others = line.split("\t")
                area = Area(country, PARTS.get(part) if country == "GB" else None)
                keys = {plain(called) for called in (name, *others.split("|"))} - _ON_EVERY_SIGN
                if country == "GB":
                    nations[plain(name)].add(area.nation)
                if int(people) < SMALLEST_TOWN or not (countries.region(country) or country in BESIDES):
                    continue
                for key in keys:
                    rank = country == "GB", int(people)
                    if key not in best or best[key][0] < rank:
                        best[key] = rank, name, area
        except (OSError, ValueError) as problem:
            raise BadCatalogue(
                f"{folder / 'towns.tsv'} cannot be read ({type(problem).__name__}).",
                remedy="Run `make geography`, or take the file anew from the repository.",
            ) from problem
        # Where several nations have a town of this name, none is settled.
        return cls(
            {
                key: (rank, name, Area("GB") if area.country == "GB" and len(nations[key]) > 1 else area)
                for key, (rank, name, area) in best.items()
            }
        )

    def whole(self, text: str) -> tuple[str | None, Area] | None:
        """Return the town and where it is if the text is its name and nothing else."""
        name = plain(text[:READ])
        if name in _ON_SIGNS:
            return None, _ON_SIGNS[name]
        town = self._names.get(name)
        return (town[1], town[2]) if town else None

    def read(self, text: str) -> tuple[str | None, Area] | None:
        """Return the town (if it is one) and where it is; ``None`` if no word of the text is known."""
        words = plain(text[:READ]).split()
        for length in range(min(LONGEST_NAME, len(words)), 0, -1):
            parts = [" ".join(words[start : start + length]) for start in range(len(words) - length + 1)]
            for part in parts:
                if part in _ON_SIGNS:
                    return None, _ON_SIGNS[part]
            towns = [
                self._names[part] for part in parts if len(part) >= SHORTEST_NAME and part in self._names
            ]
            if towns:
                _, name, area = max(towns, key=lambda town: town[0])
                return name, area
        return None


def plain(text: str) -> str:
    """Return text as signs are compared: small letters, no accents, single blanks, no punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[\w']+", bare))
