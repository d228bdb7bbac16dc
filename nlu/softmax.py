"""Softmax regression over a dense and a sparse part, trained here and kept as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """Weights of one classifier: ``dense`` (classes x dimensions), ``sparse`` (buckets x classes)."""

    dense: Array
    sparse: NDArray[np.float16]
    bias: Array

    def logits(self, dense: Array, columns: NDArray[np.int32], values: Array) -> Array:
        """Return a score per class for one message; empty parts count nothing."""
        score = self.bias + self.dense @ dense if dense.size else self.bias.copy()
        if columns.size and self.sparse.size:
            score = score + values @ self.sparse[columns].astype(np.float32)
        return np.asarray(score, dtype=np.float32)


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def fit(
    dense: Array,
    sparse: scipy.sparse.csr_matrix,
    labels: NDArray[np.int64],
    classes: int,
    *,
    weights: Array,
    penalty: float,
    rounds: int,
) -> Head:
    """Return the head that fits the examples best (L-BFGS, ridge penalty, no stopping early).

    Args:
        dense: Examples x dimensions; zero columns switch the part off.
        sparse: Examples x buckets; zero columns switch the part off.
        labels: Class number of each example.
        classes: How many classes there are.
        weights: Weight of each example.
        penalty: Strength of the ridge; larger trusts the examples less.
        rounds: Most iterations.
    """
    from scipy.optimize import minimize

    # What stands in one example only teaches nothing about another one.
    used = np.flatnonzero(np.bincount(sparse.indices, minlength=sparse.shape[1]) >= 2)
    narrow = sparse[:, used].astype(np.float32)
    turned = narrow.T.tocsr()
    wanted = np.zeros((len(labels), classes), dtype=np.float32)
    wanted[np.arange(len(labels)), labels] = 1.0
    share = (weights / weights.sum()).astype(np.float32)
    sizes = (dense.shape[1] * classes, narrow.shape[1] * classes, classes)

    def unpack(flat: NDArray[np.float64]) -> tuple[Array, Array, Array]:
        one, two, three = np.split(flat.astype(np.float32), np.cumsum(sizes)[:2])
        return one.reshape(-1, classes), two.reshape(-1, classes), three

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        on_dense, on_sparse, bias = unpack(flat)
        chances = softmax(dense @ on_dense + narrow @ on_sparse + bias)
        miss = (chances - wanted) * share[:, None]
        right = np.log(np.maximum((chances * wanted).sum(axis=1), 1e-12))
        ridge = 0.5 * penalty * float((on_dense**2).sum() + (on_sparse**2).sum())
        slopes = (dense.T @ miss + penalty * on_dense, turned @ miss + penalty * on_sparse, miss.sum(axis=0))
        return float(-(share * right).sum()) + ridge, np.concatenate([s.ravel() for s in slopes]).astype(
            np.float64
        )

    found: Any = minimize(
        loss, np.zeros(sum(sizes)), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 6}
    )
    on_dense, on_sparse, bias = unpack(found.x)
    whole = np.zeros((sparse.shape[1], classes), dtype=np.float16)
    whole[used] = on_sparse
    return Head(np.ascontiguousarray(on_dense.T), whole, bias)
