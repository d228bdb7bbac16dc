"""Countries: their names in our languages, and what tells one from another.

Data: `guidance/geography/countries.tsv`, made by `make geography`; names from CLDR, by Babel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError

from bot.errors import BadCatalogue


@dataclass(frozen=True)
class Country:
    """What tells a country from another; ``region`` is ``eu``, ``europe`` or empty."""

    code: str
    region: str
    road: str
    dialling: frozenset[str]
    money: frozenset[str]
    languages: frozenset[str]


class Countries:
    """The table of countries."""

    def __init__(self, countries: Mapping[str, Country]) -> None:
        self._countries = countries

    @classmethod
    def load(cls, folder: Path) -> Countries:
        """Read `countries.tsv` of this folder.

        Raises:
            BadCatalogue: If the file is missing or malformed; it says how to make it again.
        """
        try:
            lines = (folder / "countries.tsv").read_text(encoding="utf-8").splitlines()
            rows = [_country(line) for line in lines if line and not line.startswith("#")]
        except (OSError, ValueError) as problem:
            raise BadCatalogue(
                f"{folder / 'countries.tsv'} cannot be read ({type(problem).__name__}).",
                remedy="Run `make geography`, or take the file anew from the repository.",
            ) from problem
        return cls({row.code: row for row in rows})

    def all(self) -> list[Country]:
        """Return every country, by its code."""
        return [self._countries[code] for code in sorted(self._countries)]

    def region(self, code: str) -> str:
        """Return ``eu`` (a member in Europe), ``europe`` (Europe otherwise) or an empty text."""
        country = self._countries.get(code)
        return country.region if country else ""

    def name(self, code: str, language: str | None) -> str:
        """Return what a country is called in a language; in English where that is not known."""
        tag = language or "en"
        try:
            own = Locale.parse(tag, sep="-").territories.get(code)
        except (UnknownLocaleError, ValueError):
            own = None
        return str(own or Locale("en").territories.get(code, code))


def _country(line: str) -> Country:
    code, region, road, *several = line.split("\t")
    dialling, money, languages = (frozenset(part.split()) - {"-"} for part in several)
    return Country(code, region.strip("-"), road, dialling, money, languages)
