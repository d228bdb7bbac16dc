"""Folding text so that hurried typing looks like careful typing, and its character n-grams."""

from __future__ import annotations

import itertools
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"\w+")
_REPEATED = re.compile(r"(.)\1{2,}")

# Letters that do not come apart into a plain letter and a mark.
_WHOLE_LETTERS = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i"})

# Letters that are one to a hurried writer: the Arabic alefs, yehs and hehs, two kinds of apostrophe.
_SAME = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "’": "'", "`": "'"}
    | dict.fromkeys("أإآٱ", "ا")
    | {"ى": "ي", "ی": "ي", "ئ": "ي", "ة": "ه", "ؤ": "و", "ک": "ك", "ـ": None}
)


def bare(text: str) -> str:
    """Return the text without diacritics and vowel marks, as it is typed in a hurry; case is kept."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept).translate(_WHOLE_LETTERS)


def is_latin(text: str) -> bool:
    """Whether every letter is a Latin one."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c < "ɐ" for c in letters)


def fold(text: str) -> str:
    """Return the text lower-cased, bare, with look-alike letters joined and long repeats shortened."""
    # Look-alikes first: without its hamza mark a letter would be another one.
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_SAME)
    return unstretched(bare(lowered))


def unstretched(text: str) -> str:
    """Return the text with letters that are drawn out ("heeelp") written twice at most."""
    return _REPEATED.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """Return runs of letters and digits; scripts without spaces give one long run."""
    return _WORD.findall(text)


def char_ngrams(text: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the n-grams of each word with a space at both its ends."""
    for word in words(text):
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            for start in range(max(1, len(padded) - size + 1)):
                yield padded[start : start + size]


def word_ngrams(text: str) -> Iterator[str]:
    """Yield words and pairs of words, marked so that they never equal a character n-gram."""
    found = words(text)
    yield from (f"w:{word}" for word in found)
    yield from (f"w:{one} {two}" for one, two in itertools.pairwise(found))


def bucket_counts(grams: Iterable[str], buckets: int) -> Counter[int]:
    """Count n-grams by hash bucket; CRC-32, so the same in every process and on every machine."""
    return Counter(bucket(gram, buckets) for gram in grams)


def bucket(gram: str, buckets: int) -> int:
    """Return a string's hash bucket."""
    return zlib.crc32(gram.encode("utf-8", "surrogatepass")) % buckets
