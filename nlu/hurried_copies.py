"""Component: while training, adds each accented Latin example once more as typed without accents."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.letters import bare
from nlu.traits import examples, text_of

HURRIED = "hurried"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class HurriedCopies(GraphComponent):  # type: ignore[misc]
    """The encoder hardly knows Vietnamese without tone marks, as the young type it; live text stays."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HurriedCopies:
        """Make the component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with the bare copies added."""
        seen = {text_of(message) for message in training_data.training_examples}
        copies = []
        for message in examples(training_data):
            hurried = bare(text_of(message))
            if hurried in seen or not is_latin(hurried):
                continue
            seen.add(hurried)
            copies.append(_copy(message, hurried))
        return training_data.merge(TrainingData(copies))

    def process(self, messages: list[Message]) -> list[Message]:
        """Return live messages as they are."""
        return messages


def is_latin(text: str) -> bool:
    """Whether every letter is a Latin one."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c < "ɐ" for c in letters)


def _copy(message: Message, text: str) -> Message:
    return Message.build(
        text,
        intent=message.get(INTENT),
        intent_metadata=(message.get("metadata") or {}).get("intent"),
        example_metadata={HURRIED: True},
    )
