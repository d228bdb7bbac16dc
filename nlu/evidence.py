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

MEANING_LENGTH = 4.9
"""Length of the meaning vector that a network sees: a quarter of the root of its 384 dimensions."""

NGRAMS_LENGTH = 2.0
"""Length of the n-grams' one beside it. The n-grams carry dialects and romanised text, the vector carries
everything that was never said so before."""


@dataclass(frozen=True)
class Evidence:
    """One message, ready for a network; ``meaning`` is the unit vector, ``dense`` the same at its length."""

    meaning: Array
    dense: Array
    columns: NDArray[np.int32]
    values: Array


def rarity(rows: scipy.sparse.csr_matrix) -> Array:
    """Return the inverse document frequency of every bucket."""
    seen = np.asarray((rows > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((1 + rows.shape[0]) / (1 + seen)) + 1.0, dtype=np.float32)


def evidence(message: Message, rarities: Array) -> Evidence:
    """Return what a network sees of a live message."""
    row = feature(message, NGRAMS)
    values = row.data * rarities[row.indices]
    length = NGRAMS_LENGTH / (float(np.linalg.norm(values)) or 1.0)
    meaning = feature(message, MEANING)[0].astype(np.float32)
    dense = np.float32(MEANING_LENGTH) * meaning
    return Evidence(meaning, dense, row.indices, (values * length).astype(np.float32))


def training_evidence(
    messages: Sequence[Message],
) -> tuple[Array, scipy.sparse.csr_matrix, Array]:
    """Return the unit meaning rows, the weighed n-gram rows, and the rarities of the training examples."""
    counts = sparse_matrix(messages, NGRAMS)
    rarities = rarity(counts)
    weighed = counts @ scipy.sparse.diags(rarities)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    scaled = scipy.sparse.diags(NGRAMS_LENGTH / np.maximum(lengths, 1e-9)) @ weighed
    return dense_matrix(messages, MEANING), scaled.tocsr().astype(np.float32), rarities


def even_weights(groups: Sequence[tuple[str, str]]) -> Array:
    """Return example weights under which large groups (intent, language) count less than their size."""
    _, where, sizes = np.unique(
        [f"{intent}\0{language}" for intent, language in groups], return_inverse=True, return_counts=True
    )
    weights = 1.0 / np.sqrt(sizes[where])
    return np.asarray(weights / weights.mean(), dtype=np.float32)
