"""What our components read from and write on a Rasa message, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

LANGUAGE = "language"
"""BCP 47 tag of a message, the likeliest one."""

LANGUAGE_SCORES = "language_scores"
"""Log score of every language that was weighed, by tag; empty when the text has no letters."""

DANGER = "danger"
"""True when the message may tell of harm now or soon."""

DANGER_SCORE = "danger_score"
"""From 0 to 1: how likely any of the safety needs is."""

SAFETY_NEEDS = ("immediate_danger", "held_captive", "being_moved", "self_harm", "medical_need")

FOR_ANOTHER = "worried_about_friend"
"""Somebody else may be in danger. It has its own answer, which begins with the emergency number, so no need
of the writer's own takes its place."""


def text_of(message: Message) -> str:
    """Return a message's text; empty if it has none."""
    return str(message.get(TEXT) or "")


def examples(training_data: TrainingData) -> list[Message]:
    """Return the training examples that have both a text and an intent."""
    return [m for m in training_data.training_examples if m.get(TEXT) and m.get(INTENT)]


def example_language(message: Message) -> str:
    """Return the language an example's intent entry says it is in; English where it says nothing."""
    metadata = message.get("metadata") or {}
    said = metadata.get("intent") if isinstance(metadata, dict) else None
    return str(said.get(LANGUAGE, "en")) if isinstance(said, dict) else "en"


def told_language(message: Message) -> str | None:
    """Return the language the caller says a live message is in, if they said."""
    metadata = message.get("metadata") or {}
    told = metadata.get(LANGUAGE) if isinstance(metadata, dict) else None
    return str(told) if told else None


def add_dense(message: Message, vector: NDArray[np.float32], origin: str) -> None:
    """Put a sentence vector on a message under a name."""
    message.add_features(Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, origin))


def add_sparse(message: Message, row: scipy.sparse.csr_matrix, origin: str) -> None:
    """Put a sparse sentence row on a message under a name."""
    message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, origin))


def feature(message: Message, origin: str) -> Any:
    """Return the newest feature of this name.

    Raises:
        ValueError: If no earlier component made it.
    """
    for found in reversed(message.features):
        if found.origin == origin:
            return found.features
    raise ValueError(f"config.yml: the component that makes {origin} must stand before its users.")


def dense_matrix(messages: Sequence[Message], origin: str) -> NDArray[np.float32]:
    """Return the dense features of several messages as rows."""
    return np.vstack([feature(message, origin) for message in messages]).astype(np.float32)


def sparse_matrix(messages: Sequence[Message], origin: str) -> scipy.sparse.csr_matrix:
    """Return the sparse features of several messages as rows."""
    return scipy.sparse.vstack([feature(message, origin) for message in messages], format="csr")


def ranking_of(message: Message) -> Iterator[tuple[str, float]]:
    """Yield each intent with its confidence, best first."""
    for row in message.get("intent_ranking") or ():
        yield str(row["name"]), float(row["confidence"])
