"""Where a message speaks of: a town of the UK, a nation of it, a country.

"England" alone is no nation: in many languages it is the word for the whole UK, and a child in Glasgow says
it too. A town tells the nation; so do Scotland, Wales and Northern Ireland, if only one of them is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu.lexicon import Lexicon, folded

CERTAIN = ("northern_ireland", "scotland", "wales")
"""Nations whose name means nothing wider. Northern Ireland first: its name holds Ireland's."""

COUNTRIES = {"england": "GB", "united_kingdom": "GB", "ireland": "IE"}

LONGEST_COUNTRY = 4
"""Words of the longest country name that is looked for."""

_WORD = re.compile(r"[\w'-]+")

SHORTEST_NAME = 4
"""Letters of the shortest country name that is looked for in alphabetic scripts (Chad, Mali, Oman …)."""

NOT_COUNTRIES = frozenset({"chad", "mali", "jersey", "guernsey", "niger", "jordan", "turkey", "man", "togo"})
"""Names that are ordinary words or people's names in some language we serve."""


@dataclass(frozen=True)
class Places:
    """What is said of place: ``town`` by its English name, ``nation``, ``country`` as ISO 3166-1 alpha-2."""

    town: str | None
    nation: str | None
    country: str | None


@dataclass(frozen=True)
class Gazetteer:
    """Every town's names with its English name and nation (empty: the name stands in several nations)."""

    towns: Mapping[str, tuple[str, str]]
    longest: int
    """Words of the longest name."""

    @classmethod
    def of(cls, rows: Iterable[str]) -> Gazetteer:
        """Make the rows of `nlu/places/towns.tsv` ready.

        Raises:
            ValueError: If a row has not three fields.
        """
        towns: dict[str, tuple[str, str]] = {}
        for row in rows:
            if row.startswith("#") or not row.strip():
                continue
            name, nation, others = row.rstrip("\n").split("\t")
            for known in (name, *filter(None, others.split("|"))):
                towns.setdefault(folded(known), (name, nation))
        return cls(towns, max((len(name.split()) for name in towns), default=0))

    def find(self, text: str) -> list[tuple[str, str]]:
        """Return name and nation of each town named in folded text."""
        named = [run for run in _runs(text, self.longest) if run in self.towns]
        # "Bury St Edmunds" is not Bury: a name that stands within another one found is not meant.
        whole = [name for name in named if not any(name != other and name in other for other in named)]
        return list(dict.fromkeys(self.towns[name] for name in whole))


def read_towns(file: Path) -> list[str]:
    """Return the rows of the towns' file."""
    return file.read_text(encoding="utf-8").splitlines()


def places(
    text: str, lexicons: Sequence[Lexicon], gazetteer: Gazetteer, countries: Mapping[str, str]
) -> Places:
    """Return the places a message names; where two of a kind are named, neither is told.

    Args:
        text: The message.
        lexicons: Words of the languages it may be in.
        gazetteer: The towns.
        countries: ISO code of each country's folded name in those languages.
    """
    plain = folded(text)
    towns = gazetteer.find(plain)
    nations = {nation for _, nation in towns if nation}
    rest = plain
    for nation in CERTAIN:
        for lexicon in lexicons:
            if lexicon.nations[nation].search(rest):
                nations.add(nation)
                rest = lexicon.nations[nation].sub(" ", rest)
    named = {code for name, code in COUNTRIES.items() if any(x.nations[name].search(rest) for x in lexicons)}
    named |= {countries[name] for name in _runs(rest, LONGEST_COUNTRY) if name in countries}
    if towns or nations:
        named.add("GB")
    return Places(
        town=towns[0][0] if len(towns) == 1 else None,
        nation=next(iter(nations)) if len(nations) == 1 else None,
        country=next(iter(named)) if len(named) == 1 else None,
    )


def country_names(tags: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return each language's country names, folded, with their ISO codes. Source: Unicode CLDR, by Babel."""
    from babel import Locale, UnknownLocaleError

    found: dict[str, dict[str, str]] = {}
    for tag in tags:
        try:
            territories = Locale.parse(tag).territories
        except (UnknownLocaleError, ValueError):
            continue
        found[tag] = {
            folded(name): code
            for code, name in territories.items()
            if len(code) == 2 and code.isalpha() and code not in {"ZZ", "XA", "XB", "EU", "UN", "EZ"}
            and _distinct(folded(name))
        }  # fmt: skip
    return found


def _distinct(name: str) -> bool:
    han = "一" <= name[:1] <= "鿿"
    return name not in NOT_COUNTRIES and len(name) >= (2 if han else SHORTEST_NAME)


def _runs(text: str, longest: int) -> list[str]:
    """Return every run of up to ``longest`` words, and of unspaced Chinese, of up to six signs."""
    words = _WORD.findall(text)
    runs = [" ".join(words[i : i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)]
    han = "".join(sign for sign in text if "一" <= sign <= "鿿")
    return [*runs, *(han[i : i + n] for n in range(2, 7) for i in range(len(han) - n + 1))]
