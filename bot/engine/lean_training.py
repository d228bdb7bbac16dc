"""Training without the bookkeeping of a cache that we have switched off.

Rasa fingerprints every example after every component and copies all of them whenever two files are merged;
of sixty thousand examples that is half of all training (measured: 90 of 193 s). Our training runs in a
process of its own, always whole, so neither is of use there. Written for Rasa 3.6.21; what is trained does
not change by a bit, and a test watches over that.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.training.hooks import TrainingHook
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


def lean() -> None:
    """Take the bookkeeping out of Rasa's training, in this process for good."""
    TrainingHook.on_before_node = _no_key
    TrainingHook.on_after_node = _keep_nothing
    Message.__hash__ = _hash
    Message.__eq__ = _same
    TrainingData.merge = _merge


def _no_key(self: TrainingHook, *arguments: Any, **named: Any) -> dict[str, str]:
    return {"fingerprint_key": ""}


def _keep_nothing(self: TrainingHook, *arguments: Any, **named: Any) -> None:
    """Leave a component's output out of the cache."""


def _hash(self: Message) -> int:
    return hash((self.data.get(TEXT), self.data.get(INTENT)))


def _same(self: Message, other: object) -> bool:
    return self is other or (
        isinstance(other, Message) and self.data == other.data and self.features == other.features
    )


def _merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """Return one set with the examples of all; they are shared, not copied."""
    whole = [self, *(other for other in others if other)]
    return TrainingData(
        [example for part in whole for example in part.training_examples],
        {text: meant for part in whole for text, meant in part.entity_synonyms.items()},
        [feature for part in whole for feature in part.regex_features],
        [table for part in whole for table in part.lookup_tables],
        {key: response for part in whole for key, response in part.responses.items()},
    )
