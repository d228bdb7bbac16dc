"""Arabic written in Arabic letters and in Latin ones ("Arabizi"), brought to the same consonants.

``سجن`` and ``sijn`` both become ``sgn``: what is learned from one is known in the other. Vowels go, since
Arabizi writes them as it likes; sounds that it spells in several ways become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlu.letters import fold, words

_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
        ["", *"bttghkddrzsssdtz", "", *"gfkklmnh", "", ""],
        strict=True,
    )
)

# In this order: pairs of letters first. Digits stand for Arabic letters that look alike (7 for ح).
_LATIN = (
    ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("7", "h"), ("5", "k"),
    ("8", "g"), ("6", "t"), ("9", "k"), ("3", ""), ("2", ""), ("q", "k"), ("j", "g"), ("p", "b"), ("v", "f"),
    ("x", "k"), ("c", "k"),
)  # fmt: skip
_VOWELS = re.compile(r"[aeiouyw\d]")
_DOUBLED = re.compile(r"(.)\1+")


def skeletons(text: str) -> list[str]:
    """Return the consonants of each word that has any."""
    found = (_DOUBLED.sub(r"\1", _consonants(word)) for word in words(fold(text)))
    return [skeleton for skeleton in found if skeleton]


def skeleton_ngrams(text: str) -> Iterator[str]:
    """Yield skeletons, pairs and pieces of them, marked so that they equal no other n-gram."""
    found = skeletons(text)
    yield from (f"s:{skeleton}" for skeleton in found)
    yield from (f"s:{one} {two}" for one, two in pairwise(found))
    for skeleton in found:
        padded = f"^{skeleton}$"
        for size in (2, 3, 4):
            for start in range(max(1, len(padded) - size + 1)):
                yield f"k:{padded[start : start + size]}"


def _consonants(word: str) -> str:
    if any("\u0600" <= c <= "\u06ff" for c in word):
        return "".join(_ARABIC.get(c, "") for c in word)
    for written, sound in _LATIN:
        word = word.replace(written, sound)
    return _VOWELS.sub("", word)
