"""Scores to probabilities, and the array type of everything here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def sharpened(chances: Array, power: float) -> Array:
    """Return probabilities raised to a power and made to sum to one again; above one they grow bolder."""
    raised = np.maximum(chances, 1e-9) ** power
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
