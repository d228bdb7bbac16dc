"""What the meaning of a message says of its need: a softmax regression over its sentence vector.

The encoder was taught these needs (docs/understanding.md), so a straight border between them is enough; it is
learned in a second, whatever a trainer adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.adam import Adam
from nlu.softmax import Array, misses, softmax

LENGTH = 20.0
"""Length of the vectors as the regression sees them; the encoder learned with the same."""

ROUNDS, BATCH, RATE, DECAY = 10, 1024, 0.02, 1e-4
LEAST_TURNS = 200
"""Batches that are learned from at the least: few examples are gone through more often."""


@dataclass(frozen=True)
class MeaningWitness:
    """The trained weights."""

    rows: Array
    bias: Array

    def chances(self, vector: Array) -> Array:
        """Return a probability per class for one unit vector."""
        return softmax(np.float32(LENGTH) * vector @ self.rows + self.bias)

    @classmethod
    def learn(cls, vectors: Array, labels: NDArray[np.int64], classes: int, weights: Array) -> MeaningWitness:
        """Return a regression fitted to the examples.

        Args:
            vectors: Unit vectors, examples x dimensions.
            labels: Class number of each example.
            classes: How many classes there are.
            weights: How much each example counts.
        """
        chance = np.random.default_rng(1)
        rows = Adam(np.zeros((vectors.shape[1], classes), np.float32), DECAY)
        bias = Adam(np.zeros(classes, np.float32))
        a_round = -(-len(labels) // BATCH)
        turns, turn = max(ROUNDS * a_round, LEAST_TURNS), 0
        while turn < turns:
            order = chance.permutation(len(labels))
            for start in range(0, len(order), BATCH):
                some = order[start : start + BATCH]
                turn += 1
                seen = np.float32(LENGTH) * vectors[some]
                wrong = misses(softmax(seen @ rows.weights + bias.weights), labels[some], weights[some])
                rate = RATE * max(0.02, 1 - turn / turns)
                rows.step(seen.T @ wrong, rate, turn)
                bias.step(wrong.sum(axis=0), rate, turn)
        return cls(rows.weights, bias.weights)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for keeping."""
        return {"meaning_rows": self.rows, "meaning_bias": self.bias}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> MeaningWitness:
        """Return what ``arrays`` gave."""
        return cls(stored["meaning_rows"], stored["meaning_bias"])
