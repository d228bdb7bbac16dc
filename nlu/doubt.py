"""Component: when nothing is likely enough, the intent is `nlu_fallback` and the dialogue asks."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.training_data.message import Message

from nlu.traits import DANGER, ranking_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubt(GraphComponent):  # type: ignore[misc]
    """Never doubts a flagged message: danger is answered, however unsure its name is."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Below this confidence of the best need, ask instead of answering.
            "threshold": 0.3,
        }

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Doubt:
        """Make the component from its configuration."""
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the intent of every message that is not understood; the ranking stays."""
        for message in messages:
            _, confidence = next(ranking_of(message), ("", 0.0))
            if confidence < self._threshold and not message.get(DANGER):
                doubt = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0 - confidence}
                message.set("intent", doubt, add_to_output=True)
        return messages
