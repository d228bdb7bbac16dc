"""Component: when danger is flagged, a safety need leads, whatever else the message speaks of."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from nlu.traits import DANGER, SAFETY_NEEDS, ranking_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyFirst(GraphComponent):  # type: ignore[misc]
    """Changes the intent only; the ranking stays as the classifier made it, for people to see."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # A need this likely keeps its place: what was asked is answered, and because the flag stays
            # raised the service puts the fixed safety text before the answer.
            "sure_other": 0.7,
        }

    def __init__(self, sure_other: float) -> None:
        self._sure_other = sure_other

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyFirst:
        """Make the component from its configuration."""
        return cls(config["sure_other"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the likeliest safety need first on every message that is flagged."""
        for message in messages:
            name, confidence = next(ranking_of(message), ("", 0.0))
            if message.get(DANGER) and name not in SAFETY_NEEDS and confidence < self._sure_other:
                message.set("intent", _likeliest(message), add_to_output=True)
        return messages


def _likeliest(message: Message) -> dict[str, Any]:
    for name, confidence in ranking_of(message):
        if name in SAFETY_NEEDS:
            return {"name": name, "confidence": confidence}
    return {"name": "immediate_danger", "confidence": 0.0}
