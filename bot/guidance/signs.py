"""What a word on a sign tells: a town's name, or a word that stands on police cars of one country only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from bot.errors import BadCatalogue
from bot.guidance.countries import Countries
from bot.messages import Area

LONGEST_NAME = 4
"""Words of a name that are looked at together."""

SHORTEST_NAME = 3
"""Letters: shorter words are names of somewhere far too often."""

READ = 200
"""Characters of a typed sign that are read."""

_ON_SIGNS = {
    "heddlu": Area("GB", "wales"),
    "araf": Area("GB", "wales"),
    "police scotland": Area("GB", "scotland"),
    "psni": Area("GB", "northern_ireland"),
    "garda": Area("IE"),
    "gendarmerie": Area("FR"),
    "carabinieri": Area("IT"),
    "guardia civil": Area("ES"),
}

_NATIONS = {"ENG": "england", "WLS": "wales", "SCT": "scotland", "NIR": "northern_ireland"}


Rank = tuple[bool, int]
"""Whether a town is in Europe, and its people: what makes one of two likelier."""


class Signs:
    """Names and words, read once."""

    def __init__(self, names: Mapping[str, tuple[Rank, str, Area]]) -> None:
        self._names = names

    @classmethod
    def load(cls, folder: Path, countries: Countries) -> Signs:
        """Read the towns of `towns.tsv`; of two with one name the one in Europe, then the bigger, is meant.

        Raises:
            BadCatalogue: If the file is missing or malformed.
        """
        best: dict[str, tuple[Rank, str, Area]] = {}
        try:
            for line in (folder / "towns.tsv").read_text(encoding="utf-8").splitlines():
                if not line or line.startswith("#"):
                    continue
                country, name, _, _, people, part, others = line.split("\t")
                rank = bool(countries.region(country)), int(people)
                area = Area(country, _NATIONS.get(part) if country == "GB" else None)
                for key in {plain(called) for called in (name, *others.split("|"))}:
                    if key not in best or best[key][0] < rank:
                        best[key] = rank, name, area
        except (OSError, ValueError) as problem:
            raise BadCatalogue(
                f"{folder / 'towns.tsv'} cannot be read ({type(problem).__name__}).",
                remedy="Run `make geography`, or take the file anew from the repository.",
            ) from problem
        return cls(best)

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
