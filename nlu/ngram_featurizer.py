"""Component: puts hashed character and word n-grams on every message; strong where examples are many."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.letters import bucket_counts, char_ngrams, fold, word_ngrams
from nlu.skeleton import skeleton_ngrams
from nlu.traits import add_sparse, text_of

ORIGIN = "ngrams"

LONGEST_TEXT = 1000
"""Characters read; n-grams are cheap, so more of a long message is seen than the encoder sees."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class NgramFeaturizer(GraphComponent):  # type: ignore[misc]
    """Counts n-grams of the folded text; nothing is learned here, so nothing has to be stored."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Hash buckets; each costs two bytes an intent in the model.
            "buckets": 65536,
            # Shortest and longest character n-gram.
            "shortest": 2,
            "longest": 5,
        }

    def __init__(self, buckets: int, shortest: int, longest: int) -> None:
        self._buckets = buckets
        self._shortest = shortest
        self._longest = longest

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        """Make the component from its configuration."""
        return cls(config["buckets"], config["shortest"], config["longest"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Put n-grams on every training example that has a text."""
        self.process([m for m in training_data.training_examples if text_of(m)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put n-grams on every message."""
        for message in messages:
            add_sparse(message, self._row(text_of(message)), ORIGIN)
        return messages

    def _row(self, text: str) -> scipy.sparse.csr_matrix:
        folded = fold(text[:LONGEST_TEXT])
        counts = bucket_counts(char_ngrams(folded, self._shortest, self._longest), self._buckets)
        counts += bucket_counts(word_ngrams(folded), self._buckets)
        counts += bucket_counts(skeleton_ngrams(folded), self._buckets)
        columns = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        values = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        ends = np.array([0, len(counts)], dtype=np.int32)
        return scipy.sparse.csr_matrix((values, columns, ends), shape=(1, self._buckets))
