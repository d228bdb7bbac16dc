"""What a classifier sees of messages: sentence vectors, and n-grams weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message

from nlu.ngram_featurizer import ORIGIN as NGRAMS
from nlu.softmax import Array
from nlu.traits import feature, sparse_matrix

NGRAMS_LENGTH = 2.0
"""Length of every message's n-grams together, however long it is."""


def rarity(rows: scipy.sparse.csr_matrix) -> Array:
    """Return the inverse document frequency of every bucket."""
    seen = np.asarray((rows > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((1 + rows.shape[0]) / (1 + seen)) + 1.0, dtype=np.float32)


def ngrams(message: Message, rarities: Array) -> tuple[NDArray[np.int32], Array]:
    """Return a message's n-gram buckets and their weights."""
    row = feature(message, NGRAMS)
    values = row.data * rarities[row.indices]
    length = NGRAMS_LENGTH / (float(np.linalg.norm(values)) or 1.0)
    return row.indices, (values * length).astype(np.float32)


def training_ngrams(messages: Sequence[Message]) -> tuple[scipy.sparse.csr_matrix, Array]:
    """Return the weighed n-gram rows of the training examples, and the rarities."""
    counts = sparse_matrix(messages, NGRAMS)
    rarities = rarity(counts)
    weighed = counts @ scipy.sparse.diags(rarities)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    scaled = scipy.sparse.diags(NGRAMS_LENGTH / np.maximum(lengths, 1e-9)) @ weighed
    return scaled.tocsr().astype(np.float32), rarities


def even_weights(groups: Sequence[tuple[str, str]]) -> Array:
    """Return example weights under which large groups (intent, language) count less than their size."""
    _, where, sizes = np.unique(
        [f"{intent}\0{language}" for intent, language in groups], return_inverse=True, return_counts=True
    )
    weights = 1.0 / np.sqrt(sizes[where])
    return np.asarray(weights / weights.mean(), dtype=np.float32)
