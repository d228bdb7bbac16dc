"""How many examples are thoughts of their own: two lines that share most of their letters count once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.conversation.danger import SAFETY_NEEDS

GRAM = 4
"""Letters of the n-grams by which two lines are compared."""

ALIKE = 0.5
"""Share of their n-grams two lines must have in common (Jaccard) to count as one."""

WANTED = {"en": 60} | dict.fromkeys(("vi", "sq", "ar", "ti", "am", "so", "fa", "ps", "ckb", "ro", "zh"), 50)
"""Thoughts wanted of each need, by language."""

WANTED_ELSEWHERE = 25
"""In every other language that has examples at all."""

DOUBLED = SAFETY_NEEDS | {"out_of_scope"}
"""Needs of which twice as many are wanted: nothing may be missed, and anything may be said."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Short:
    """A need with too few thoughts in one language."""

    language: str
    need: str
    thoughts: int
    wanted: int


def shortages(language: str, lines: Mapping[str, Sequence[str]]) -> Iterator[Short]:
    """Yield every need of one language that has too few thoughts of its own.

    Args:
        language: BCP 47 tag.
        lines: The example lines by need.
    """
    for need, texts in sorted(lines.items()):
        wanted = WANTED.get(language, WANTED_ELSEWHERE) * (2 if need in DOUBLED else 1)
        thoughts = len(own_thoughts(texts))
        if thoughts < wanted:
            yield Short(language, need, thoughts, wanted)


def own_thoughts(texts: Sequence[str]) -> list[str]:
    """Return the lines that are like none before them."""
    kept: list[tuple[str, frozenset[str]]] = []
    for text in texts:
        grams = _grams(text)
        if not any(alike(grams, others) for _, others in kept):
            kept.append((text, grams))
    return [text for text, _ in kept]


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two lines, given by their n-grams, count as one thought."""
    return len(one & other) > ALIKE * len(one | other)


def repeats(lines: Sequence[str], trained: Sequence[str]) -> list[str]:
    """Return the lines that a trained line is nearly the same as."""
    by_gram: dict[str, list[int]] = {}
    known = [_grams(text) for text in trained]
    for number, grams in enumerate(known):
        for gram in grams:
            by_gram.setdefault(gram, []).append(number)
    return [text for text in lines if _stands_in(_grams(text), known, by_gram)]


def _stands_in(
    grams: frozenset[str], known: Sequence[frozenset[str]], by_gram: Mapping[str, Sequence[int]]
) -> bool:
    shared: dict[int, int] = {}
    for gram in grams:
        for number in by_gram.get(gram, ()):
            shared[number] = shared.get(number, 0) + 1
    return any(count > ALIKE * len(grams | known[number]) for number, count in shared.items())


def _grams(text: str) -> frozenset[str]:
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    padded = f" {folded} "
    return frozenset(padded[at : at + GRAM] for at in range(max(1, len(padded) - GRAM + 1)))
