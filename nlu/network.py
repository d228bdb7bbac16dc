"""A small network of two hidden layers side by side, trained and run with numpy alone.

One layer sees the meaning vector only; the other sees it together with the n-grams, whose weights are rows of
a table. What they say is added up. Training is Adam on shuffled batches with dropout, the same at every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from nlu.softmax import Array, softmax

LEAST_TURNS = 300
"""Batches that are learned from at the least: few examples are gone through more often."""


@dataclass(frozen=True)
class Shape:
    """What may be changed of a training; see `config.yml`."""

    meaning_units: int
    ngram_units: int
    epochs: int
    rate: float
    meaning_dropout: float
    ngram_dropout: float
    ngrams_left_out: float
    """Share of the examples that are shown without their n-grams, as lines of an unknown language are."""
    smoothing: float = 0.05
    batch: int = 512


@dataclass(frozen=True)
class Network:
    """The trained weights. ``table`` has a row for each n-gram bucket (zeros where none was learned)."""

    into_meaning: Array
    meaning_bias: Array
    into_mixed: Array
    mixed_bias: Array
    table: NDArray[np.float16]
    out_of_meaning: Array
    out_of_mixed: Array
    bias: Array

    def chances(self, dense: Array, columns: NDArray[np.int32], values: Array) -> Array:
        """Return a probability per class for one message; no columns: its n-grams say nothing."""
        mixed = dense @ self.into_mixed + self.mixed_bias
        if columns.size:
            mixed = mixed + values @ self.table[columns].astype(np.float32)
        meaning = np.maximum(dense @ self.into_meaning + self.meaning_bias, 0)
        logits = meaning @ self.out_of_meaning + np.maximum(mixed, 0) @ self.out_of_mixed + self.bias
        return softmax(logits)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for keeping."""
        return {f"net_{name}": getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> Network:
        """Return what ``arrays`` gave."""
        return cls(**{name: stored[f"net_{name}"] for name in cls.__dataclass_fields__})


class _Adam:
    """Adam's running moments for one array.

    Source:
        Kingma, Ba: Adam, a method for stochastic optimization (2015), with decoupled weight decay.
    """

    def __init__(self, weights: Array, decay: float = 1e-3) -> None:
        self.weights = weights
        self._first, self._second = np.zeros_like(weights), np.zeros_like(weights)
        self._decay = np.float32(decay)

    def step(
        self, slope: Array, rate: float, turn: int, where: NDArray[np.int64] | slice = slice(None)
    ) -> None:
        """Move the weights (only the rows ``where``) against the slope."""
        first = self._first[where] + np.float32(0.1) * (slope - self._first[where])
        second = self._second[where] + np.float32(0.001) * (slope * slope - self._second[where])
        self._first[where], self._second[where] = first, second
        scale = np.sqrt(second / np.float32(1 - 0.999**turn)) + np.float32(1e-8)
        move = first / np.float32(1 - 0.9**turn) / scale
        if isinstance(where, slice):
            move = move + self._decay * self.weights
        self.weights[where] -= np.float32(rate) * move


def train(
    dense: Array,
    sparse: scipy.sparse.csr_matrix,
    labels: NDArray[np.int64],
    classes: int,
    *,
    weights: Array,
    shape: Shape,
    tell: Callable[[int], None] = lambda epoch: None,
) -> Network:
    """Return a network fitted to the examples.

    Args:
        dense: Examples x dimensions.
        sparse: Examples x buckets.
        labels: Class number of each example.
        classes: How many classes there are.
        weights: How much each example counts.
        shape: Sizes, rates, epochs.
        tell: Told the number of each epoch that ended.
    """
    chance = np.random.default_rng(1)
    # What stands in one example only teaches nothing about another one.
    used = np.flatnonzero(np.bincount(sparse.indices, minlength=sparse.shape[1]) >= 2)
    narrow = sparse[:, used].tocsr().astype(np.float32)
    size, meaning, mixed = dense.shape[1], shape.meaning_units, shape.ngram_units

    def drawn(rows: int, columns: int, spread: float) -> _Adam:
        return _Adam(chance.normal(0, spread, (rows, columns)).astype(np.float32))

    into_meaning, meaning_bias = drawn(size, meaning, (2 / size) ** 0.5), _Adam(np.zeros(meaning, np.float32))
    into_mixed, mixed_bias = drawn(size, mixed, (1 / size) ** 0.5), _Adam(np.zeros(mixed, np.float32))
    table = drawn(len(used), mixed, 0.1)
    out_meaning, out_mixed = drawn(meaning, classes, meaning**-0.5), drawn(mixed, classes, mixed**-0.5)
    bias = _Adam(np.zeros(classes, np.float32))
    a_round = -(-len(labels) // shape.batch)
    epochs = max(shape.epochs, -(-LEAST_TURNS // a_round))
    turn, turns = 0, epochs * a_round

    def dropped(hidden: Array, share: float) -> tuple[Array, Array]:
        mask = (chance.random(hidden.shape, dtype=np.float32) >= share) / np.float32(1 - share)
        return np.maximum(hidden, 0) * mask, mask * (hidden > 0)

    for epoch in range(epochs):
        order = chance.permutation(len(labels))
        for start in range(0, len(order), shape.batch):
            some = order[start : start + shape.batch]
            turn += 1
            rate = shape.rate * (1 - turn / turns) + shape.rate * 0.02
            grams = narrow[some]
            kept = chance.random(len(some)) >= shape.ngrams_left_out
            columns, place = np.unique(grams.indices, return_inverse=True)
            shown = np.repeat(kept, np.diff(grams.indptr)) * grams.data
            here = scipy.sparse.csr_matrix(
                (shown.astype(np.float32), place, grams.indptr), shape=(len(some), len(columns))
            )
            seen = dense[some]
            felt, felt_slope = dropped(
                seen @ into_meaning.weights + meaning_bias.weights, shape.meaning_dropout
            )
            read, read_slope = dropped(
                seen @ into_mixed.weights + here @ table.weights[columns] + mixed_bias.weights,
                shape.ngram_dropout,
            )
            miss = softmax(felt @ out_meaning.weights + read @ out_mixed.weights + bias.weights)
            miss -= np.float32(shape.smoothing / classes)
            miss[np.arange(len(some)), labels[some]] -= np.float32(1 - shape.smoothing)
            miss *= (weights[some] / len(some))[:, None]
            back_felt = (miss @ out_meaning.weights.T) * felt_slope
            back_read = (miss @ out_mixed.weights.T) * read_slope
            for adam, slope in (
                (out_meaning, felt.T @ miss), (out_mixed, read.T @ miss), (bias, miss.sum(axis=0)),
                (into_meaning, seen.T @ back_felt), (meaning_bias, back_felt.sum(axis=0)),
                (into_mixed, seen.T @ back_read), (mixed_bias, back_read.sum(axis=0)),
            ):  # fmt: skip
                adam.step(slope, rate, turn)
            table.step(np.asarray(here.T @ back_read), rate, turn, columns)
        tell(epoch + 1)
    whole = np.zeros((sparse.shape[1], mixed), dtype=np.float16)
    whole[used] = table.weights
    return Network(
        into_meaning.weights, meaning_bias.weights, into_mixed.weights, mixed_bias.weights, whole,
        out_meaning.weights, out_mixed.weights, bias.weights,
    )  # fmt: skip
