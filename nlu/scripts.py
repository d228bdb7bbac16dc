"""Which script a text is in, and which languages are written in it."""

from __future__ import annotations

import unicodedata
from collections import Counter

_LANGUAGES = {
    "ARABIC": ("ar", "fa", "ps", "ckb", "ur"),
    "ETHIOPIC": ("am", "ti"),
    "CJK": ("zh",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "HANGUL": ("ko",),
    "BENGALI": ("bn",),
    "DEVANAGARI": ("hi", "ne"),
    "GURMUKHI": ("pa",),
    "TAMIL": ("ta",),
    "SINHALA": ("si",),
    "THAI": ("th",),
    "KHMER": ("km",),
    "CYRILLIC": ("uk", "ru", "bg"),
    "GREEK": ("el",),
    "HEBREW": ("he",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
}


def script_of(text: str) -> str | None:
    """Return the script of most letters, by the first word of Unicode's names; ``None`` without letters."""
    letters = Counter(
        unicodedata.name(c, "?").split()[0] for c in text if unicodedata.category(c).startswith("L")
    )
    return letters.most_common(1)[0][0] if letters else None


def main_languages(script: str) -> tuple[str, ...]:
    """Return the languages to think of first for a script; English for Latin and for unknown ones."""
    return _LANGUAGES.get(script, ("en",))
