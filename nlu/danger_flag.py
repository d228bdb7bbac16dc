"""Component: whether a message may tell of harm, now or soon.

Wrongly raised, it costs the person two more lines to read; wrongly silent, it may cost a child. So its
threshold is chosen on the training examples to let nearly none of the dangerous ones pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.evidence import even_weights, evidence, training_evidence
from nlu.softmax import Array, Head, fit, softmax
from nlu.traits import DANGER, SAFETY_NEEDS, example_language, examples, ranking_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DangerFlag(GraphComponent):  # type: ignore[misc]
    """A two-class head of its own beside what the need classifier says of the safety needs."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # The flag is raised from this mean of the head's chance and the safety needs' share.
            "threshold": 0.36,
            # The flag is raised whatever the head says when a safety need is first with this confidence.
            "sure_need": 0.5,
            "penalty": 2e-5,
            "rounds": 60,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head: Head | None = None
        self._rarities: Array = np.zeros(0, np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DangerFlag:
        """Make the component untrained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DangerFlag:
        """Make the component as it was trained."""
        component = cls(config, model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / "danger.npz", allow_pickle=False) as stored,
        ):
            component._head = Head(stored["dense"], stored["sparse"], stored["bias"])
            component._rarities = stored["rarities"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn dangerous against all other examples."""
        messages = examples(training_data)
        labels: NDArray[np.int64] = np.array(
            [message.get(INTENT) in SAFETY_NEEDS for message in messages], dtype=np.int64
        )
        dense, sparse, self._rarities = training_evidence(messages)
        weights = even_weights([(m.get(INTENT), example_language(m)) for m in messages])
        weights = weights * np.where(labels == 1, _balance(labels), 1.0).astype(np.float32)
        penalty, rounds = self._config["penalty"], self._config["rounds"]
        self._head = fit(dense, sparse, labels, 2, weights=weights, penalty=penalty, rounds=rounds)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / "danger.npz",
                dense=self._head.dense,
                sparse=self._head.sparse,
                bias=self._head.bias,
                rarities=self._rarities,
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the flag and its score on every message."""
        for message in messages:
            score = self._score(message)
            raised = score >= self._config["threshold"] or self._names_a_safety_need(message)
            message.set(DANGER, bool(raised), add_to_output=True)
            message.set("danger_score", round(score, 4), add_to_output=True)
        return messages

    def _score(self, message: Message) -> float:
        if self._head is None:
            raise ValueError("The danger flag is not trained.")
        seen = evidence(message, self._rarities)
        chance = float(softmax(self._head.logits(seen.dense, seen.columns, seen.values))[1])
        share = sum(confidence for name, confidence in ranking_of(message) if name in SAFETY_NEEDS)
        return (chance + share) / 2

    def _names_a_safety_need(self, message: Message) -> bool:
        name, confidence = next(ranking_of(message), ("", 0.0))
        return name in SAFETY_NEEDS and confidence >= self._config["sure_need"]


def _balance(labels: NDArray[np.int64]) -> float:
    """Return the weight of a dangerous example that makes both kinds count the same."""
    dangerous = int(labels.sum())
    return (len(labels) - dangerous) / dangerous if dangerous else 1.0
