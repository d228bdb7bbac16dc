"""What the wording of a message says of its need: a small network over its n-grams, trained with numpy alone.

One hidden layer, whose weights are rows of a table by n-gram. Learned apart from the meaning: where both
learn together, n-grams only learn what the meaning left unexplained, and it knows the examples too well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from nlu.adam import Adam
from nlu.softmax import Array, misses, softmax

BATCH = 1024
LEAST_TURNS = 300
"""Batches that are learned from at the least: few examples are gone through more often."""

SEEN_TWICE = 2
"""Examples an n-gram must stand in: what stands in one only teaches nothing about another one."""


@dataclass(frozen=True)
class Shape:
    """What may be changed of a training; see `config.yml`."""

    units: int
    epochs: int
    rate: float
    dropout: float


@dataclass(frozen=True)
class WordingWitness:
    """The trained weights; ``table`` has a row for each n-gram bucket (zeros where none was learned)."""

    table: NDArray[np.float16]
    hidden_bias: Array
    rows: Array
    bias: Array

    def chances(self, columns: NDArray[np.int32], values: Array) -> Array:
        """Return a probability per class for one message's n-grams."""
        hidden = values @ self.table[columns].astype(np.float32) + self.hidden_bias
        return softmax(np.maximum(hidden, 0) @ self.rows + self.bias)

    @classmethod
    def learn(
        cls,
        ngrams: scipy.sparse.csr_matrix,
        labels: NDArray[np.int64],
        classes: int,
        weights: Array,
        shape: Shape,
    ) -> WordingWitness:
        """Return a network fitted to the examples.

        Args:
            ngrams: Examples x buckets.
            labels: Class number of each example.
            classes: How many classes there are.
            weights: How much each example counts.
            shape: Sizes, rates, epochs.
        """
        chance = np.random.default_rng(1)
        used = np.flatnonzero(np.bincount(ngrams.indices, minlength=ngrams.shape[1]) >= SEEN_TWICE)
        narrow = ngrams[:, used].tocsr().astype(np.float32)
        table = Adam(chance.normal(0, 0.1, (len(used), shape.units)).astype(np.float32))
        hidden_bias = Adam(np.zeros(shape.units, np.float32))
        rows = Adam(chance.normal(0, shape.units**-0.5, (shape.units, classes)).astype(np.float32), 1e-3)
        bias = Adam(np.zeros(classes, np.float32))
        turns, turn = max(shape.epochs * -(-len(labels) // BATCH), LEAST_TURNS), 0
        while turn < turns:
            order = chance.permutation(len(labels))
            for start in range(0, len(order), BATCH):
                some = order[start : start + BATCH]
                turn += 1
                rate = shape.rate * max(0.02, 1 - turn / turns)
                columns, here = _narrowed(narrow[some])
                hidden = here @ table.weights[columns] + hidden_bias.weights
                kept = (chance.random(hidden.shape, dtype=np.float32) >= shape.dropout) / np.float32(
                    1 - shape.dropout
                )
                lit = np.maximum(hidden, 0) * kept
                wrong = misses(softmax(lit @ rows.weights + bias.weights), labels[some], weights[some])
                back = (wrong @ rows.weights.T) * kept * (hidden > 0)
                rows.step(lit.T @ wrong, rate, turn)
                bias.step(wrong.sum(axis=0), rate, turn)
                hidden_bias.step(back.sum(axis=0), rate, turn)
                table.step(np.asarray(here.T @ back), rate, turn, columns)
        whole = np.zeros((ngrams.shape[1], shape.units), dtype=np.float16)
        whole[used] = table.weights
        return cls(whole, hidden_bias.weights, rows.weights, bias.weights)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for keeping."""
        return {f"wording_{name}": getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> WordingWitness:
        """Return what ``arrays`` gave."""
        return cls(**{name: stored[f"wording_{name}"] for name in cls.__dataclass_fields__})


def _narrowed(rows: scipy.sparse.csr_matrix) -> tuple[NDArray[np.int64], scipy.sparse.csr_matrix]:
    """Return the columns that occur, and the rows over those only."""
    columns, place = np.unique(rows.indices, return_inverse=True)
    shape = (rows.shape[0], len(columns))
    return columns, scipy.sparse.csr_matrix((rows.data, place, rows.indptr), shape=shape)
