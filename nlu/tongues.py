"""The two witnesses of language identification: careful text (pycld2) and hurried text (our examples)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.encoder import clean
from nlu.letters import bucket_counts, char_ngrams
from nlu.scripts import script_of
from nlu.softmax import Array, softmax

BUCKETS = 1 << 15
SHORTEST, LONGEST = 1, 4

# Codes of compact language detector 2 that are not BCP 47's own.
_CODES = {"iw": "he", "jw": "jv", "in": "id", "mo": "ro", "tl": "fil", "zh-Hant": "zh"}


def careful_guess(text: str, script: str) -> dict[str, float]:
    """Return the chances of up to three languages of carefully typed text; empty if it has no idea."""
    import pycld2

    try:
        _, _, found = pycld2.detect(clean(text), isPlainText=True, bestEffort=True)
    except pycld2.error:
        return {}
    chances = {_tag(code, script): percent / 100 for _, code, percent, _ in found if code != "un"}
    return {tag: chance for tag, chance in chances.items() if chance > 0}


def _tag(code: str, script: str) -> str:
    if code == "ku":
        return "ckb" if script == "ARABIC" else "kmr"
    return _CODES.get(code, code)


@dataclass(frozen=True)
class Tongues:
    """How our languages are typed: log chances of hashed n-grams, one row a language and script.

    A tag's row is named ``<tag> <script>``, since a language may be typed in two scripts.
    """

    tags: tuple[str, ...]
    log_chances: NDArray[np.float16]

    @classmethod
    def learn(cls, lines: Iterable[tuple[str, str]]) -> Tongues:
        """Return what (text, tag) lines teach."""
        counts: dict[str, Array] = defaultdict(lambda: np.zeros(BUCKETS, np.float32))
        for text, tag in lines:
            script = script_of(text)
            if script is not None:
                for bucket, count in _grams(text).items():
                    counts[f"{tag} {script}"][bucket] += count
        names = tuple(sorted(counts))
        table = np.array([counts[name] for name in names]).reshape(len(names), BUCKETS)
        return cls(names, _log_chances(table))

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
        unseen = self.log_chances[rows].min(axis=1).astype(np.float32)
        chances = softmax(0.5 * (table @ times))
        best = int(np.argmax(chances))
        familiar = float(times[table[best] > unseen[best] + 0.01].sum() / times.sum())
        return {self.tags[row].split()[0]: float(c) for row, c in zip(rows, chances, strict=True)}, _trust(
            familiar
        )


def _grams(text: str) -> dict[int, int]:
    return dict(bucket_counts(char_ngrams(clean(text).casefold(), SHORTEST, LONGEST), BUCKETS))


def _log_chances(counts: Array) -> NDArray[np.float16]:
    smoothed = counts + 0.1
    shares = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    return np.asarray(shares, dtype=np.float16)


def _trust(familiar: float) -> float:
    """Return how far our own witness counts when this part of the n-grams is familiar to it."""
    return float(np.clip((familiar - 0.6) / 0.3, 0.0, 1.0)) * 0.95
