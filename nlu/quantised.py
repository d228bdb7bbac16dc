"""Unit vectors in a quarter of the room: one byte a number and one scale a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.softmax import Array


@dataclass(frozen=True)
class Quantised:
    """Rows of numbers, rounded to 1/127 of the largest in their row."""

    bytes: NDArray[np.int8]
    scales: NDArray[np.float16]

    @classmethod
    def of(cls, rows: Array) -> Quantised:
        """Return rows, packed."""
        scales = np.maximum(np.abs(rows).max(axis=1), 1e-6) / 127.0
        return cls(np.round(rows / scales[:, None]).astype(np.int8), scales.astype(np.float16))

    def rows(self, which: NDArray[np.int64] | slice = slice(None)) -> Array:
        """Return the rows at these places, unpacked."""
        return self.bytes[which].astype(np.float32) * self.scales[which].astype(np.float32)[:, None]
