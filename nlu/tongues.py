"""The two witnesses of language identification: careful text (pycld2) and hurried text (our examples)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.encoder import clean
from nlu.letters import bucket, bucket_counts, char_ngrams, unstretched, words
from nlu.scripts import script_of
from nlu.softmax import Array, softmax

BUCKETS = 1 << 15
WORD_BUCKETS = 1 << 17
SHORTEST, LONGEST = 1, 4

STRANGE, FAMILIAR = 0.15, 0.5
"""Share of known words from which our witness begins to count, and from which it counts fully. Measured:
lines of our languages nearly always have a third of their words or more in the examples, others less."""

# Codes of compact language detector 2 that are not BCP 47's own.
_CODES = {"iw": "he", "jw": "jv", "in": "id", "mo": "ro", "tl": "fil", "zh-Hant": "zh"}

PLAUSIBLE = frozenset(
    {
        "am", "ar", "az", "bg", "bn", "bs", "ckb", "cs", "de", "el", "en", "es", "et", "fa", "ff",
        "fil", "fr", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "it", "ja", "ka", "kk",
        "km", "kmr", "ko", "ky", "lg", "ln", "lo", "lt", "lv", "mk", "ml", "ms", "my", "ne", "nl",
        "om", "pa", "pl", "ps", "pt", "ro", "ru", "rw", "si", "sk", "sl", "sn", "so", "sq", "sr",
        "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tr", "uk", "ur", "uz", "vi", "wo", "yo",
        "zh", "zu",
    }
)  # fmt: skip
"""Languages worth naming. The detector knows others (Manx, Volapük), but finds them in hurried text only."""


def careful_guess(text: str, script: str) -> dict[str, float]:
    """Return the chances of up to three languages of carefully typed text; empty if it has no idea."""
    import pycld2

    try:
        _, _, found = pycld2.detect(clean(text), isPlainText=True, bestEffort=True)
    except pycld2.error:
        return {}
    chances = {_tag(code, script): percent / 100 for _, code, percent, _ in found}
    return {tag: chance for tag, chance in chances.items() if chance > 0 and tag in PLAUSIBLE}


def _tag(code: str, script: str) -> str:
    if code == "ku":
        return "ckb" if script == "ARABIC" else "kmr"
    return _CODES.get(code, code)


@dataclass(frozen=True)
class Tongues:
    """How our languages are typed: log chances of hashed n-grams, and known words, one row a tag and script.

    A row is named ``<tag> <script>``, since a language may be typed in two scripts.
    """

    tags: tuple[str, ...]
    log_chances: NDArray[np.float16]
    known_words: NDArray[np.uint8]

    @classmethod
    def learn(cls, lines: Iterable[tuple[str, str]]) -> Tongues:
        """Return what (text, tag) lines teach."""
        counts: dict[str, Array] = defaultdict(lambda: np.zeros(BUCKETS, np.float32))
        known: dict[str, NDArray[np.bool_]] = defaultdict(lambda: np.zeros(WORD_BUCKETS, np.bool_))
        for text, tag in lines:
            script = script_of(text)
            if script is None:
                continue
            for column, count in _grams(text).items():
                counts[f"{tag} {script}"][column] += count
            known[f"{tag} {script}"][_words(text)] = True
        names = tuple(sorted(counts))
        table = np.array([counts[name] for name in names]).reshape(len(names), BUCKETS)
        marks = np.array([known[name] for name in names]).reshape(len(names), WORD_BUCKETS)
        return cls(names, _log_chances(table), np.packbits(marks, axis=1))

    def languages(self) -> set[str]:
        """Return the tags of all languages there are examples of."""
        return {name.split()[0] for name in self.tags}

    def guess(self, text: str, script: str) -> tuple[dict[str, float], float]:
        """Return the chances of our languages in this script, and how far to trust them (0 to 1)."""
        rows = [i for i, name in enumerate(self.tags) if name.endswith(f" {script}")]
        grams = _grams(text)
        if not rows or not grams:
            return {}, 0.0
        columns = np.fromiter(grams.keys(), dtype=np.int32)
        times = np.fromiter(grams.values(), dtype=np.float32)
        table = self.log_chances[rows][:, columns].astype(np.float32)
        chances = softmax(0.5 * (table @ times))
        familiar = self._familiar(text, rows[int(np.argmax(chances))])
        guess = {self.tags[row].split()[0]: float(c) for row, c in zip(rows, chances, strict=True)}
        return guess, float(np.clip((familiar - STRANGE) / (FAMILIAR - STRANGE), 0.0, 1.0))

    def _familiar(self, text: str, row: int) -> float:
        """Return the share of the words that stood in this row's examples."""
        buckets = np.array(_words(text), dtype=np.int64)
        marks = self.known_words[row][buckets >> 3] >> (7 - (buckets & 7))
        return float((marks & 1).mean()) if len(buckets) else 0.0


def _grams(text: str) -> dict[int, int]:
    folded = unstretched(clean(text).casefold())
    return dict(bucket_counts(char_ngrams(folded, SHORTEST, LONGEST), BUCKETS))


def _words(text: str) -> list[int]:
    return [bucket(word, WORD_BUCKETS) for word in words(unstretched(clean(text).casefold()))]


def _log_chances(counts: Array) -> NDArray[np.float16]:
    smoothed = counts + 0.1
    shares = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    return np.asarray(shares, dtype=np.float16)
