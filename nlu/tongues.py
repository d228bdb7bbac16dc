"""The two witnesses of language identification: careful text (pycld2) and hurried text (our examples)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.encoder import clean
from nlu.letters import bucket, bucket_counts, char_ngrams, unstretched, words
from nlu.scripts import in_script, plain_letters, script_of
from nlu.softmax import Array, softmax

BUCKETS = 1 << 15
WORD_BUCKETS = 1 << 17
SHORTEST, LONGEST = 1, 4

STRANGE, FAMILIAR = 0.05, 0.3
"""Share of known words from which our witness begins to count, and from which it counts fully. Measured on
held-out lines of our languages, and on lines of languages without examples."""

LENT = "en LATIN"
"""Everybody mixes English words in: any other language may lend a word from this row, and a word that is more
English than its own teaches it nothing."""

LENDS = 0.03
"""Chance that a word is lent; small, so that a sentence of English alone stays English."""

TEMPER = 0.5
"""Overlapping n-grams say the same thing several times."""

MOST_WORDS = 60
"""Words of a message that are read."""

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
    impossible = set() if script == "LATIN" else {"en"}
    return {tag: chance for tag, chance in chances.items() if chance > 0 and tag in PLAUSIBLE - impossible}


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
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text, tag in lines:
            script = script_of(text)
            if script is not None:
                counts[f"{tag} {script}"].update(_words(text, script))
        names = tuple(sorted(counts))
        table = np.zeros((len(names), BUCKETS), np.float32)
        marks = np.zeros((len(names), WORD_BUCKETS), np.bool_)
        lent = counts.get(LENT, Counter())
        for row, name in enumerate(names):
            for word, count in _own_words(name, counts[name], lent).items():
                for column, times in _grams(word).items():
                    table[row, column] += count * times
                marks[row, bucket(word, WORD_BUCKETS)] = True
        return cls(names, _log_chances(table), np.packbits(marks, axis=1))

    def languages(self) -> set[str]:
        """Return the tags of all languages there are examples of."""
        return {name.split()[0] for name in self.tags}

    def guess(self, text: str, script: str) -> tuple[dict[str, float], float]:
        """Return the chances of our languages in this script, and how far to trust them (0 to 1)."""
        rows = [i for i, name in enumerate(self.tags) if name.endswith(f" {script}")]
        found = _words(text, script)[:MOST_WORDS]
        if not rows or not found:
            return {}, 0.0
        lent = next((at for at, row in enumerate(rows) if self.tags[row] == LENT), None)
        chances = softmax(self._scores(rows, found, lent))
        familiar = self._familiar(
            found, rows[int(np.argmax(chances))], rows[lent] if lent is not None else None
        )
        guess: dict[str, float] = defaultdict(float)
        for row, chance in zip(rows, chances, strict=True):
            guess[self.tags[row].split()[0]] += float(chance)
        return dict(guess), float(np.clip((familiar - STRANGE) / (FAMILIAR - STRANGE), 0.0, 1.0))

    def _scores(self, rows: Sequence[int], found: Sequence[str], lent: int | None) -> Array:
        """Return each row's log chance of the words, each of which it may have lent from English."""
        table = self.log_chances[np.array(rows)]
        whole = np.zeros(len(rows), dtype=np.float32)
        for word in found:
            grams = _grams(word)
            columns = np.fromiter(grams.keys(), dtype=np.int64, count=len(grams))
            times = np.fromiter(grams.values(), dtype=np.float32, count=len(grams))
            own = TEMPER * (table[:, columns].astype(np.float32) @ times)
            if lent is not None and len(found) > 1:
                mixed = np.logaddexp(np.log(1 - LENDS) + own, np.log(LENDS) + own[lent])
                mixed[lent] = own[lent]
                own = mixed
            whole += own
        return whole

    def _familiar(self, found: Sequence[str], row: int, lent: int | None) -> float:
        """Return the share of the words that stood in this row's examples, or in those it lends from."""
        buckets = np.array([bucket(word, WORD_BUCKETS) for word in found], dtype=np.int64)
        known = self._known(row, buckets)
        if lent is not None:
            known |= self._known(lent, buckets)
        return float(known.mean())

    def _known(self, row: int, buckets: NDArray[np.int64]) -> NDArray[np.uint8]:
        return np.asarray((self.known_words[row][buckets >> 3] >> (7 - (buckets & 7))) & 1, dtype=np.uint8)


def _own_words(name: str, words_of_row: Counter[str], lent: Counter[str]) -> Mapping[str, int]:
    """Return the words that are a row's own: none that English says twice as often."""
    if name == LENT or not name.endswith(" LATIN") or not lent:
        return words_of_row
    own, others = sum(words_of_row.values()), sum(lent.values())
    return {w: n for w, n in words_of_row.items() if lent[w] / others <= 0.5 * n / own}


def _words(text: str, script: str) -> list[str]:
    """Return the words in the script; Latin words amid another script say nothing of the language."""
    found = words(unstretched(clean(text).casefold()))
    return [word for word in found if in_script(word, script)] or found


def _grams(word: str) -> Mapping[int, int]:
    """Return a word's n-grams as typed, and once more with its script's plainest letters."""
    grams = bucket_counts(char_ngrams(word, SHORTEST, LONGEST), BUCKETS)
    plain = plain_letters(word)
    if plain != word:
        grams += bucket_counts((f"~{gram}" for gram in char_ngrams(plain, SHORTEST, LONGEST)), BUCKETS)
    return grams


def _log_chances(counts: Array) -> NDArray[np.float16]:
    smoothed = counts + 0.1
    shares = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    return np.asarray(shares, dtype=np.float16)
