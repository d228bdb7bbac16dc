"""Which country it is, from clues: money, side of the road, signs, dialling code, emergency number.

A pure decision over the table of countries. A clue that is not known rules nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.guidance.countries import Country

QUESTIONS = ("clue_money", "clue_road", "clue_signs", "clue_dial", "clue_emergency")
"""The clues in the order they are asked for: the easiest to see from a window first."""

UNKNOWN = "unknown"
OTHER = "other"

_MONEY = {"pound": "GBP", "euro": "EUR"}
_SIGNS = ("en", "fr", "nl", "de", "es", "it")
_DIALLING = ("44", "353", "33", "32", "49", "39", "34", "31")

_EMERGENCY = {"999": frozenset({"GB", "IE", "IM", "GG", "JE"})}
"""Where a number stands on police cars. Only what tells us apart: 112 works nearly everywhere in Europe."""

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "clue_money": (*_MONEY, OTHER),
    "clue_road": ("left", "right"),
    "clue_signs": (*_SIGNS, OTHER),
    "clue_dial": (*_DIALLING, OTHER),
    "clue_emergency": (*_EMERGENCY, OTHER),
}

_SMALL = frozenset(["GG", "JE", "IM", "GI", "MC", "SM", "VA", "LI", "AD", "SJ", "AX", "FO"])
"""Too small to be told from their neighbours by clues: the neighbour is meant."""


ENOUGH = 2
"""Known clues that a country must rest on: one alone is easily mistaken."""


def known(clues: Mapping[str, str]) -> int:
    """Return how many clues tell anything."""
    return sum(answer != UNKNOWN for answer in clues.values())


def fitting(clues: Mapping[str, str], countries: Iterable[Country]) -> list[str]:
    """Return the codes of the countries that fit every clue; Europe's alone where the clues point there."""
    left = [country for country in countries if all(_fits(country, *clue) for clue in clues.items())]
    points_there = clues.get("clue_money") in _MONEY or clues.get("clue_dial") in _DIALLING
    if points_there and any(country.region for country in left):
        left = [country for country in left if country.region]
    return [country.code for country in left if country.code not in _SMALL]


def next_question(clues: Mapping[str, str], countries: Iterable[Country]) -> str | None:
    """Return the next clue worth asking for; ``None`` if one country is left, none, or nothing tells more."""
    rows = {country.code: country for country in countries}
    left = [rows[code] for code in fitting(clues, rows.values())]
    if not left or (len(left) == 1 and known(clues) >= ENOUGH):
        return None
    if len(left) == 1:
        return next((name for name in QUESTIONS if name not in clues), None)
    return next((name for name in QUESTIONS if name not in clues and _tells_apart(name, left)), None)


def _tells_apart(question: str, left: list[Country]) -> bool:
    answers = {"clue_money": [*_MONEY, OTHER], "clue_road": ["left", "right"], "clue_signs": [*_SIGNS, OTHER]}
    answers |= {"clue_dial": [*_DIALLING, OTHER], "clue_emergency": [*_EMERGENCY, OTHER]}
    return any(
        0 < sum(_fits(country, question, answer) for country in left) < len(left)
        for answer in answers[question]
    )


def _fits(country: Country, question: str, answer: str) -> bool:
    if answer == UNKNOWN:
        return True
    match question:
        case "clue_money":
            return _among(answer, _MONEY, country.money)
        case "clue_road":
            return country.road == answer
        case "clue_signs":
            return _among(answer, {tag: tag for tag in _SIGNS}, country.languages)
        case "clue_dial":
            return _among(answer, {code: code for code in _DIALLING}, country.dialling)
        case "clue_emergency":
            # Only 999 tells anything: both numbers work in the United Kingdom.
            return country.code in _EMERGENCY[answer] if answer in _EMERGENCY else True
        case _:
            return True


def _among(answer: str, named: Mapping[str, str], has: frozenset[str]) -> bool:
    """Tell whether a country has what was named; ``other`` fits where it has something we did not name."""
    return named[answer] in has if answer in named else not has or bool(has - set(named.values()))
