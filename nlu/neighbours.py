"""The nearest examples, found among those of a few cells instead of among all.

Examples are laid into cells around centres; a message is compared with those of the nearest cells only. Of
256 cells, 16 find nearly all of the true neighbours (measured).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.quantised import Quantised
from nlu.softmax import Array

EXAMPLES_A_CELL = 230
ROUNDS = 30


@dataclass(frozen=True)
class Neighbours:
    """Examples' unit vectors, sorted by cell; ``starts`` has one more entry than there are cells."""

    centres: Array
    starts: NDArray[np.int64]
    memory: Quantised
    labels: NDArray[np.int64]

    @classmethod
    def learn(cls, vectors: Array, labels: NDArray[np.int64]) -> Neighbours:
        """Lay examples into cells."""
        from sklearn.cluster import MiniBatchKMeans

        cells = max(1, len(vectors) // EXAMPLES_A_CELL)
        means = MiniBatchKMeans(cells, batch_size=4096, n_init=1, random_state=1, max_iter=ROUNDS)
        cell = means.fit_predict(vectors)
        order = np.argsort(cell, kind="stable")
        centres = means.cluster_centers_.astype(np.float32)
        lengths = np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-6)
        starts = np.searchsorted(cell[order], np.arange(cells + 1)).astype(np.int64)
        return cls(centres / lengths, starts, Quantised.of(vectors[order]), labels[order])

    def votes(self, vector: Array, classes: int, *, count: int, cells: int, sharpness: float) -> Array:
        """Return each class's part among the nearest examples, nearer ones counting more.

        Args:
            vector: The message's unit vector.
            classes: How many classes there are.
            count: How many neighbours vote.
            cells: How many cells are looked into.
            sharpness: How much more a nearer one counts.
        """
        looked = min(cells, len(self.centres))
        nearest_cells = np.argpartition(-(self.centres @ vector), looked - 1)[:looked]
        ranges = [np.arange(self.starts[cell], self.starts[cell + 1]) for cell in nearest_cells]
        places = np.concatenate(ranges)
        if not len(places):
            return np.full(classes, 1.0 / classes, dtype=np.float32)
        likeness = self.memory.rows(places) @ vector
        most = min(count, len(places))
        nearest = np.argpartition(-likeness, most - 1)[:most]
        pull = np.exp(sharpness * (likeness[nearest] - likeness[nearest].max()))
        votes = np.bincount(self.labels[places[nearest]], weights=pull, minlength=classes)
        return np.asarray(votes / votes.sum(), dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for keeping."""
        return {
            "cell_centres": self.centres,
            "cell_starts": self.starts,
            "memory": self.memory.bytes,
            "memory_scales": self.memory.scales,
            "memory_labels": self.labels.astype(np.int16),
        }

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> Neighbours:
        """Return what ``arrays`` gave."""
        memory = Quantised(stored["memory"].astype(np.int8), stored["memory_scales"].astype(np.float16))
        return cls(
            stored["cell_centres"].astype(np.float32),
            stored["cell_starts"].astype(np.int64),
            memory,
            stored["memory_labels"].astype(np.int64),
        )
