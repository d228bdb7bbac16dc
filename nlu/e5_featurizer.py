"""Component: puts a multilingual sentence vector on every message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import Encoder, TrainingVectors, clean, load_encoder
from nlu.shipped_vectors import read_shipped
from nlu.traits import add_dense, text_of

ORIGIN = "e5"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class E5Featurizer(GraphComponent):  # type: ignore[misc]
    """Embeds each message once; later components share the vector."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Name of the encoder, see `nlu/encoder.py`.
            "encoder": "harbour-e5",
            # Where vectors of training examples rest between trainings, below the working directory.
            "training_cache": ".rasa/vectors.npz",
            # Where those lie that come with the repository.
            "shipped": "nlu/vectors",
        }

    def __init__(self, encoder: Encoder, training_cache: Path, shipped: Path) -> None:
        self._encoder = encoder
        self._training_cache = training_cache
        self._shipped = shipped

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> E5Featurizer:
        """Make the component from its configuration."""
        return cls(load_encoder(config["encoder"]), Path(config["training_cache"]), Path(config["shipped"]))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Put a vector on every training example."""
        messages = [m for m in training_data.training_examples if text_of(m)]
        cache = TrainingVectors(self._training_cache, self._encoder, read_shipped(self._shipped))
        vectors = cache.encode_all([clean(text_of(message)) for message in messages])
        for message, vector in zip(messages, vectors, strict=True):
            add_dense(message, vector, ORIGIN)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put a vector on every message."""
        for message in messages:
            add_dense(message, self._encoder.encode(clean(text_of(message))), ORIGIN)
        return messages
