"""Component: when danger is likelier than any other need, a safety need leads, whatever else is spoken of."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from nlu.traits import DANGER, DANGER_SCORE, FOR_ANOTHER, SAFETY_NEEDS, ranking_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyFirst(GraphComponent):  # type: ignore[misc]
    """Changes the intent only; the ranking stays as the classifier made it, for people to see.

    Where another need stays likelier, it is answered, and because the flag stays raised the service puts the
    fixed safety text before that answer.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyFirst:
        """Make the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the likeliest safety need first where all of them together outweigh every other need."""
        for message in messages:
            name, confidence = next(ranking_of(message), ("", 0.0))
            led = name in SAFETY_NEEDS or name == FOR_ANOTHER
            score = float(message.get(DANGER_SCORE) or 0.0)
            if message.get(DANGER) and not led and score > confidence:
                message.set("intent", _likeliest(message), add_to_output=True)
        return messages


def _likeliest(message: Message) -> dict[str, Any]:
    for name, confidence in ranking_of(message):
        if name in SAFETY_NEEDS:
            return {"name": name, "confidence": confidence}
    return {"name": "immediate_danger", "confidence": 0.0}
