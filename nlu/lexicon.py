"""The words each language has for ages, days and nations: `nlu/lexicon/<language>.yml`, made ready to match.

Matching is by whole words, longest first; Chinese ones, which have no blanks between them, anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.numerals import in_digits

_HAN = re.compile("[一-鿿]")

_APOSTROPHES = str.maketrans("’‘ʼ`´ʻ", "''''''")

Words = Mapping[str, Any]
"""One language's file, as YAML gives it."""


@dataclass(frozen=True)
class Lexicon:
    """One language's words. ``numbers`` gives each word's value; the rest say where they stand."""

    numbers: Mapping[str, int]
    number: re.Pattern[str]
    years: re.Pattern[str]
    my_age: re.Pattern[str]
    not_my_age: re.Pattern[str]
    doubted: re.Pattern[str]
    days: Mapping[str, re.Pattern[str]]
    nations: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, words: Words) -> Lexicon:
        """Make the words of one file ready."""

        def phrases(found: Iterable[Any]) -> re.Pattern[str]:
            return any_of(str(phrase) for phrase in found)

        numbers = {
            folded(str(word)): int(value) for value, found in words["numbers"].items() for word in found
        }
        return cls(
            numbers=numbers,
            number=phrases(numbers),
            years=phrases(words["years"]),
            my_age=phrases(words["my_age"]),
            not_my_age=phrases(words["not_my_age"]),
            doubted=phrases(words["doubted"]),
            days={day: phrases(words[day]) for day in ("tonight", "today", "tomorrow")},
            nations={nation: phrases(found) for nation, found in words["nations"].items()},
        )


def folded(text: str) -> str:
    """Return text as it is matched: NFKC, lower case, one kind of apostrophe and blank, numbers in digits."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    return " ".join(in_digits(plain).split())


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the phrases, the longest first; as whole words, but for Chinese ones."""
    known = sorted({folded(phrase) for phrase in phrases} - {""}, key=lambda p: (-len(p), p))
    parts = [re.escape(p) if _HAN.search(p) else rf"(?<!\w){re.escape(p)}(?!\w)" for p in known]
    return re.compile("|".join(parts) or r"(?!)")


def read_lexicons(folder: Path) -> dict[str, Words]:
    """Return the words of every language below ``folder``, by tag.

    Raises:
        ValueError: If a file lacks a key or cannot be read; it names the file and what is missing.
    """
    import yaml

    found: dict[str, Words] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            words = yaml.safe_load(file.read_text(encoding="utf-8"))
            Lexicon.of(words)
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as problem:
            raise ValueError(f"{file}: {problem!r}. Compare it with en.yml beside it.") from problem
        found[words["language"]] = words
    return found
