"""Component: whether a message may tell of harm, now or soon.

Wrongly raised, it costs the person two more lines to read; wrongly silent, it may cost a child. The score is
all that the need classifier gives the safety needs together, so two needs that each get a part still add up.
A second classifier that only knew danger from the rest was tried, and missed more (docs/understanding.md).
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from nlu.traits import DANGER, DANGER_SCORE, SAFETY_NEEDS, ranking_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerFlag(GraphComponent):  # type: ignore[misc]
    """A threshold of its own, far below the confidence at which a need is believed."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # The flag is raised from this score; `harbour evaluate` draws what each threshold would do.
            "threshold": 0.16,
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
    ) -> DangerFlag:
        """Make the component from its configuration."""
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the flag and its score on every message."""
        for message in messages:
            score = sum(confidence for name, confidence in ranking_of(message) if name in SAFETY_NEEDS)
            message.set(DANGER, score >= self._threshold, add_to_output=True)
            message.set(DANGER_SCORE, round(score, 4), add_to_output=True)
        return messages
