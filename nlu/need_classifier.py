"""Component: which need a message expresses, with a ranking over all of them.

Two heads and the nearest examples are blended. Where a language has examples, meaning and n-grams decide
together; in a language without any, n-grams only mislead, so the head that sees the meaning alone decides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.evidence import DENSE_WEIGHT, Evidence, even_weights, evidence, training_evidence
from nlu.softmax import Array, Head, fit, softmax
from nlu.traits import LANGUAGE_SCORES, example_language, examples

NO_SPARSE: NDArray[np.int32] = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Model:
    """Everything learned."""

    intents: tuple[str, ...]
    languages: frozenset[str]
    with_ngrams: Head
    meaning_only: Head
    rarities: Array
    memory: Array
    memory_labels: NDArray[np.int64]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedClassifier(GraphComponent):  # type: ignore[misc]
    """Logistic regression blended with nearest neighbours; arrays only, nothing is unpickled."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Ridge of the head with n-grams, and of the one without.
            "penalty": 5e-6,
            "penalty_meaning": 8e-6,
            # Most training rounds.
            "rounds": 80,
            # Nearest examples asked, how sharply the nearest counts, and their share of the answer.
            "neighbours": 12,
            "sharpness": 15.0,
            "neighbours_share": 0.3,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: Model | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NeedClassifier:
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
    ) -> NeedClassifier:
        """Make the component as it was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = _read(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples with an intent."""
        messages = examples(training_data)
        intents = tuple(sorted({message.get(INTENT) for message in messages}))
        number = {intent: i for i, intent in enumerate(intents)}
        labels = np.array([number[message.get(INTENT)] for message in messages], dtype=np.int64)
        dense, sparse, rarities = training_evidence(messages)
        weights = even_weights([(m.get(INTENT), example_language(m)) for m in messages])
        empty = scipy.sparse.csr_matrix((len(messages), 0), dtype=np.float32)
        settings = {"weights": weights, "rounds": self._config["rounds"]}
        penalties = self._config["penalty"], self._config["penalty_meaning"]
        model = Model(
            intents=intents,
            languages=frozenset(example_language(message) for message in messages),
            with_ngrams=fit(dense, sparse, labels, len(intents), penalty=penalties[0], **settings),
            meaning_only=fit(dense, empty, labels, len(intents), penalty=penalties[1], **settings),
            rarities=rarities,
            memory=dense / DENSE_WEIGHT,
            memory_labels=labels,
        )
        with self._model_storage.write_to(self._resource) as folder:
            _write(folder, model)
        self._model = model
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on every message."""
        for message in messages:
            ranking = self._rank(message)
            message.set("intent", dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        model = self._model
        if model is None:
            raise ValueError("The need classifier is not trained.")
        chances = self._chances(model, evidence(message, model.rarities), _share_known(message, model))
        order = np.argsort(-chances)
        return [{"name": model.intents[i], "confidence": round(float(chances[i]), 4)} for i in order]

    def _chances(self, model: Model, seen: Evidence, known: float) -> Array:
        with_ngrams = softmax(model.with_ngrams.logits(seen.dense, seen.columns, seen.values))
        meaning = softmax(model.meaning_only.logits(seen.dense, NO_SPARSE, seen.values))
        learned = known * with_ngrams + (1 - known) * meaning
        share = float(self._config["neighbours_share"])
        return np.asarray((1 - share) * learned + share * self._neighbours(model, seen), dtype=np.float32)

    def _neighbours(self, model: Model, seen: Evidence) -> Array:
        """Return each intent's part among the nearest examples, nearer ones counting more."""
        likeness = model.memory @ (seen.dense / DENSE_WEIGHT)
        count = min(int(self._config["neighbours"]), len(likeness))
        nearest = np.argpartition(-likeness, count - 1)[:count]
        pull = np.exp(float(self._config["sharpness"]) * (likeness[nearest] - likeness[nearest].max()))
        votes = np.bincount(model.memory_labels[nearest], weights=pull, minlength=len(model.intents))
        return np.asarray(votes / votes.sum(), dtype=np.float32)


def _share_known(message: Message, model: Model) -> float:
    """Return how likely the message is in a language we have examples of; 1 if it cannot be told."""
    scores = message.get(LANGUAGE_SCORES) or {}
    if not scores:
        return 1.0
    chances = {tag: float(np.exp(score)) for tag, score in scores.items()}
    known = sum(chance for tag, chance in chances.items() if tag in model.languages)
    return known / (sum(chances.values()) or 1.0)


def _write(folder: Path, model: Model) -> None:
    np.savez_compressed(
        folder / "needs.npz",
        dense=model.with_ngrams.dense,
        sparse=model.with_ngrams.sparse,
        bias=model.with_ngrams.bias,
        meaning_dense=model.meaning_only.dense,
        meaning_bias=model.meaning_only.bias,
        rarities=model.rarities,
        memory=model.memory.astype(np.float16),
        memory_labels=model.memory_labels,
    )
    names = {"intents": model.intents, "languages": sorted(model.languages)}
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")


def _read(folder: Path) -> Model:
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    with np.load(folder / "needs.npz", allow_pickle=False) as stored:
        none = np.zeros((0, len(names["intents"])), np.float16)
        return Model(
            intents=tuple(names["intents"]),
            languages=frozenset(names["languages"]),
            with_ngrams=Head(stored["dense"], stored["sparse"], stored["bias"]),
            meaning_only=Head(stored["meaning_dense"], none, stored["meaning_bias"]),
            rarities=stored["rarities"],
            memory=stored["memory"].astype(np.float32),
            memory_labels=stored["memory_labels"],
        )
