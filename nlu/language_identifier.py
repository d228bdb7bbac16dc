"""Component: which language a message is in.

The script decides first. Between languages of one script, compact language detector 2 (shipped with
`pycld2`) knows some eighty languages from careful text, and our own n-grams know the languages we have
examples of as young people type them: without accents, or romanised. How much our own count depends on
how much of the message they have seen before, so that a language without examples is not called one with.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.letters import bare, is_latin
from nlu.scripts import main_languages, script_of
from nlu.tongues import Tongues, careful_guess
from nlu.traits import LANGUAGE, LANGUAGE_SCORES, example_language, examples, text_of, told_language

SPOKEN_AS = {"pcm": "en"}
"""Languages with examples of their own that are answered in another: Nigerian Pidgin, in English."""

FLOOR = 1e-4
"""Chance of a language nothing speaks for: never zero, so that earlier messages can still outweigh it."""

SHARED = 0.9
"""Part of the careful witness's chances for our languages that is given out anew by our own witness."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageIdentifier(GraphComponent):  # type: ignore[misc]
    """Sets the likeliest tag and a log score for every language that was weighed."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, tongues: Tongues | None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._tongues = tongues

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Make the component untrained."""
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageIdentifier:
        """Make the component as it was trained."""
        with model_storage.read_from(resource) as folder:
            tags = json.loads((folder / "tags.json").read_text(encoding="utf-8"))
            with np.load(folder / "tongues.npz", allow_pickle=False) as stored:
                return cls(
                    model_storage,
                    resource,
                    Tongues(tuple(tags), stored["log_chances"], stored["known_words"]),
                )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn how each language is typed."""
        lines = {(text_of(m), example_language(m)) for m in examples(training_data)}
        # Each Latin line once more as it is typed in a hurry: no tool knows Vietnamese without its marks.
        lines |= {(bare(text), tag) for text, tag in lines if is_latin(bare(text))}
        self._tongues = Tongues.learn(sorted(lines))
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "tags.json").write_text(json.dumps(self._tongues.tags), encoding="utf-8")
            np.savez_compressed(
                folder / "tongues.npz",
                log_chances=self._tongues.log_chances,
                known_words=self._tongues.known_words,
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the language and the scores on every message; what the caller told wins."""
        for message in messages:
            scores = self._scores(text_of(message))
            likeliest = max(scores, key=lambda tag: scores[tag]) if scores else "en"
            message.set(LANGUAGE, told_language(message) or likeliest, add_to_output=True)
            message.set(LANGUAGE_SCORES, scores, add_to_output=True)
        return messages

    def _scores(self, text: str) -> dict[str, float]:
        """Return a log score by tag; empty when there are no letters."""
        script = script_of(text)
        if script is None or self._tongues is None:
            return {}
        careful = careful_guess(text, script)
        own, trust = self._tongues.guess(text, script)
        if not careful:
            careful = own or dict.fromkeys(main_languages(script), 1.0 / len(main_languages(script)))
        known = {SPOKEN_AS.get(tag, tag) for tag in {*careful, *own, *self._tongues.languages()}}
        chances = dict.fromkeys(known, FLOOR)
        for tag, chance in _together(careful, own, trust).items():
            chances[SPOKEN_AS.get(tag, tag)] += chance
        whole = sum(chances.values())
        return {tag: round(math.log(chance / whole), 3) for tag, chance in chances.items()}


def _together(careful: dict[str, float], own: dict[str, float], trust: float) -> dict[str, float]:
    """Return what both witnesses say.

    Between our own languages our witness knows better, even where it knows few of the words: the other one
    has never seen them romanised or without accents. It gives up most of what it holds for any of them.
    """
    shared = SHARED * sum(careful.get(tag, 0.0) for tag in own)
    said = {tag: (trust + (1 - trust) * shared) * chance for tag, chance in own.items()}
    for tag, chance in careful.items():
        kept = (1 - SHARED) if tag in own else 1.0
        said[tag] = said.get(tag, 0.0) + (1 - trust) * kept * chance
    return said
