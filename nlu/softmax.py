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
    raised = np.maximum(chances, 1e-12) ** power
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


SMOOTHING = 0.05
"""Share of an example's label that is spread over all classes, so that no training ends in certainty."""


def misses(chances: Array, labels: NDArray[np.int64], weights: Array) -> Array:
    """Return the slope of a batch's cross entropy: what was believed less what should have been."""
    wrong = chances - np.float32(SMOOTHING / chances.shape[1])
    wrong[np.arange(len(labels)), labels] -= np.float32(1 - SMOOTHING)
    return np.asarray(wrong * (weights / len(labels))[:, None], dtype=np.float32)


def together(first: Array, second: Array, trust: float, power: float) -> Array:
    """Return what two witnesses of one thing say together: their chances multiplied.

    Args:
        first: The one that is always believed.
        second: The one that is believed as far as ``trust`` (0 to 1) goes.
        trust: Exponent of the second.
        power: Exponent of the product; two witnesses that saw the same message repeat each other.
    """
    return sharpened(np.maximum(first, 1e-6) * np.maximum(second, 1e-6) ** np.float32(trust), power)
