"""Component: which need a message expresses, with a ranking over all of them.

A small network and the nearest examples are blended. The network sees meaning and n-grams; in a language
without any examples n-grams only mislead, so they count as far as the message is in a language that has some.
What else was tried, and how it did, stands in docs/understanding.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.evidence import MEANING_LENGTH, Evidence, even_weights, evidence, training_evidence
from nlu.neighbours import Neighbours
from nlu.network import Network, Shape, train
from nlu.softmax import Array, sharpened
from nlu.traits import LANGUAGE_SCORES, example_language, examples


@dataclass(frozen=True)
class Model:
    """Everything learned."""

    intents: tuple[str, ...]
    languages: frozenset[str]
    network: Network
    neighbours: Neighbours
    rarities: Array


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedClassifier(GraphComponent):  # type: ignore[misc]
    """Arrays only: nothing is unpickled."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Units that see the meaning alone, and units that see it with the n-grams.
            "meaning_units": 640,
            "ngram_units": 128,
            # Times all examples are gone through, and how fast is learned.
            "epochs": 8,
            "rate": 0.002,
            # Share of units left out at random while learning, and of examples shown without n-grams.
            "meaning_dropout": 0.4,
            "ngram_dropout": 0.3,
            "ngrams_left_out": 0.1,
            # Nearest examples asked, cells they are looked for in, how sharply the nearest counts, and
            # their share of the answer.
            "neighbours": 12,
            "cells": 16,
            "sharpness": 15.0,
            "neighbours_share": 0.3,
            # The blend is too modest by itself; this power brings its confidence to how often it is right.
            "boldness": 1.5,
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
        meaning, ngrams, rarities = training_evidence(messages)
        model = Model(
            intents=intents,
            languages=frozenset(example_language(message) for message in messages),
            network=train(
                np.float32(MEANING_LENGTH) * meaning,
                ngrams,
                labels,
                len(intents),
                weights=even_weights([(m.get(INTENT), example_language(m)) for m in messages]),
                shape=Shape(**{name: self._config[name] for name in _SHAPE}),
            ),
            neighbours=Neighbours.learn(meaning, labels),
            rarities=rarities,
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
        learned = model.network.chances(seen.dense, seen.columns, np.float32(known) * seen.values)
        votes = model.neighbours.votes(
            seen.meaning,
            len(model.intents),
            count=int(self._config["neighbours"]),
            cells=int(self._config["cells"]),
            sharpness=float(self._config["sharpness"]),
        )
        share = float(self._config["neighbours_share"])
        return sharpened((1 - share) * learned + share * votes, float(self._config["boldness"]))


_SHAPE = (
    "meaning_units", "ngram_units", "epochs", "rate", "meaning_dropout", "ngram_dropout", "ngrams_left_out",
)  # fmt: skip


def _share_known(message: Message, model: Model) -> float:
    """Return how likely the message is in a language we have examples of; 1 if it cannot be told."""
    scores = message.get(LANGUAGE_SCORES) or {}
    if not scores:
        return 1.0
    chances = {tag: float(np.exp(score)) for tag, score in scores.items()}
    known = sum(chance for tag, chance in chances.items() if tag in model.languages)
    return known / (sum(chances.values()) or 1.0)


def _write(folder: Path, model: Model) -> None:
    np.savez(
        folder / "needs.npz", rarities=model.rarities, **model.network.arrays(), **model.neighbours.arrays()
    )
    names = {"intents": model.intents, "languages": sorted(model.languages)}
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")


def _read(folder: Path) -> Model:
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    with np.load(folder / "needs.npz", allow_pickle=False) as kept:
        stored = dict(kept)
    return Model(
        intents=tuple(names["intents"]),
        languages=frozenset(names["languages"]),
        network=Network.from_arrays(stored),
        neighbours=Neighbours.from_arrays(stored),
        rarities=stored["rarities"],
    )
