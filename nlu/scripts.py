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


AMID_LATIN = 0.1
"""Share of the letters from which another script decides, however many Latin ones stand around it: a message
in Amharic may be half English words, but nobody puts Amharic into English."""

HEAVY = {"CJK": 3, "HANGUL": 2, "HIRAGANA": 2, "KATAKANA": 2}
"""Letters that stand for a syllable or a word count more."""

_PLAIN = str.maketrans(
    dict.fromkeys("ەةھۀ", "ه") | dict.fromkeys("یىېۍێئ", "ي") | dict.fromkeys("کګگ", "ك")
    | dict.fromkeys("ۆۇ", "و") | dict.fromkeys("ڕړ", "ر") | {"ڵ": "ل", "ڼ": "ن"}
)  # fmt: skip


def script_of(text: str) -> str | None:
    """Return the script that tells most of a text, by the first word of Unicode's names.

    ``None`` without letters. Latin letters give way to any other script that stands among them.
    """
    letters: Counter[str] = Counter()
    for letter in text:
        if unicodedata.category(letter).startswith("L"):
            script = unicodedata.name(letter, "?").split()[0]
            letters[script] += HEAVY.get(script, 1)
    others = [script for script in letters if script != "LATIN"]
    foreign = max(others, key=lambda script: letters[script], default=None)
    if foreign is not None and letters[foreign] >= max(2, AMID_LATIN * letters.total()):
        return foreign
    return letters.most_common(1)[0][0] if letters else None


def in_script(word: str, script: str) -> bool:
    """Whether any letter of a word is of this script."""
    return any(unicodedata.name(letter, "?").startswith(script) for letter in word)


def plain_letters(word: str) -> str:
    """Return a word with only the Arabic letters that every keyboard has, as in hurried Sorani or Pashto."""
    return word.translate(_PLAIN)


def main_languages(script: str) -> tuple[str, ...]:
    """Return the languages to think of first for a script; English for Latin and for unknown ones."""
    return _LANGUAGES.get(script, ("en",))
