"""Component: which need a message expresses, with a ranking over all of them.

Two witnesses are heard: what the message means (its sentence vector) and how it is worded (its n-grams). Each
is learned alone, and their chances are multiplied. In a language without any examples wording only misleads,
so it is believed as far as the message is in a language that has some. What else was tried stands in
docs/understanding.md.
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

from nlu.e5_featurizer import ORIGIN as MEANING
from nlu.evidence import even_weights, ngrams, training_ngrams
from nlu.meaning_witness import MeaningWitness
from nlu.softmax import Array, together
from nlu.traits import LANGUAGE_SCORES, dense_matrix, example_language, examples, feature
from nlu.wording_witness import Shape, WordingWitness

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Model:
    """Everything learned."""

    intents: tuple[str, ...]
    languages: frozenset[str]
    meaning: MeaningWitness
    wording: WordingWitness
    rarities: Array


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedClassifier(GraphComponent):  # type: ignore[misc]
    """Arrays only: nothing is unpickled."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Hidden units that see the n-grams, times all examples are gone through, how fast is learned,
            # and the share of units left out at random meanwhile.
            "units": 96,
            "epochs": 7,
            "rate": 0.004,
            "dropout": 0.3,
            # Two witnesses that agree are surer together than they are right; this power brings their
            # confidence to how often they are (measured: error of calibration 0.01).
            "boldness": 0.8,
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
        weights = even_weights([(m.get(INTENT), example_language(m)) for m in messages])
        worded, rarities = training_ngrams(messages)
        shape = Shape(**{name: self._config[name] for name in ("units", "epochs", "rate", "dropout")})
        model = Model(
            intents=intents,
            languages=frozenset(example_language(message) for message in messages),
            meaning=MeaningWitness.learn(dense_matrix(messages, MEANING), labels, len(intents), weights),
            wording=WordingWitness.learn(worded, labels, len(intents), weights, shape),
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
        if not feature(message, MEANING).any():
            return _nothing_said(model.intents)
        columns, values = ngrams(message, model.rarities)
        chances = together(
            model.meaning.chances(feature(message, MEANING)[0]),
            model.wording.chances(columns, values),
            # Emoji alone have no wording.
            trust=_share_known(message, model) if columns.size else 0.0,
            power=float(self._config["boldness"]),
        )
        order = np.argsort(-chances)
        return [{"name": model.intents[i], "confidence": round(float(chances[i]), 4)} for i in order]


def _nothing_said(intents: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a ranking in which nothing is likely, what is out of scope first."""
    ranked = sorted(intents, key=lambda name: name != OUT_OF_SCOPE)
    return [{"name": name, "confidence": round(1 / len(ranked), 4)} for name in ranked]


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
        folder / "needs.npz", rarities=model.rarities, **model.meaning.arrays(), **model.wording.arrays()
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
        meaning=MeaningWitness.from_arrays(stored),
        wording=WordingWitness.from_arrays(stored),
        rarities=stored["rarities"],
    )
