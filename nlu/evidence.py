"""What a classifier sees of one message: its meaning vector, and its n-grams weighed by rarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message

from nlu.language_projector import ORIGIN as MEANING
from nlu.ngram_featurizer import ORIGIN as NGRAMS
from nlu.softmax import Array
from nlu.traits import dense_matrix, feature, sparse_matrix

DENSE_WEIGHT = 0.7
"""Length of the meaning vector beside the n-grams' one. Chosen on held-out lines: the n-grams carry dialects
and romanised text, the vector carries everything that was never said so before."""


@dataclass(frozen=True)
class Evidence:
    """One message, ready for a head."""

    dense: Array
    columns: NDArray[np.int32]
    values: Array


def rarity(rows: scipy.sparse.csr_matrix) -> Array:
    """Return the inverse document frequency of every bucket."""
    seen = np.asarray((rows > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((1 + rows.shape[0]) / (1 + seen)) + 1.0, dtype=np.float32)


def evidence(message: Message, rarities: Array) -> Evidence:
    """Return what a head sees of a live message."""
    row = feature(message, NGRAMS)
    values = row.data * rarities[row.indices]
    length = float(np.linalg.norm(values)) or 1.0
    dense = DENSE_WEIGHT * feature(message, MEANING)[0]
    return Evidence(dense.astype(np.float32), row.indices, (values / length).astype(np.float32))


def training_evidence(
    messages: Sequence[Message],
) -> tuple[Array, scipy.sparse.csr_matrix, Array]:
    """Return the dense rows, the weighed n-gram rows, and the rarities of the training examples."""
    counts = sparse_matrix(messages, NGRAMS)
    rarities = rarity(counts)
    weighed = counts @ scipy.sparse.diags(rarities)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    unit = scipy.sparse.diags(1.0 / np.maximum(lengths, 1e-9)) @ weighed
    dense = DENSE_WEIGHT * dense_matrix(messages, MEANING)
    return dense.astype(np.float32), unit.tocsr().astype(np.float32), rarities


def even_weights(groups: Sequence[tuple[str, str]]) -> Array:
    """Return example weights under which large groups (intent, language) count less than their size."""
    _, where, sizes = np.unique(
        [f"{intent}\0{language}" for intent, language in groups], return_inverse=True, return_counts=True
    )
    weights = 1.0 / np.sqrt(sizes[where])
    return np.asarray(weights / weights.mean(), dtype=np.float32)
