"""Component: age, place and day in a message, as entities.

``age`` (the writer's own), ``age_band`` (``under_18`` or nothing), ``town``, ``nation``, ``country`` (ISO)
and ``day`` (``today``, ``tonight``, ``tomorrow``). Their words come from `nlu/lexicon/` and `nlu/places/` and
travel inside the model, so that a release understands what it understood when it was tested.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.ages import band, own_ages
from nlu.lands import Gazetteer, country_names, places, read_towns
from nlu.lexicon import Lexicon, Words, folded, read_lexicons
from nlu.traits import LANGUAGE, LANGUAGE_SCORES, text_of

READ = 1000
"""Characters that are read; who says their age says it in the first lines."""

LIKELY = 2
"""How many of the likeliest languages' words are looked for, besides English's."""

ALWAYS = "en"


@dataclass(frozen=True)
class Known:
    """Everything words are compared with."""

    lexicons: Mapping[str, Lexicon]
    gazetteer: Gazetteer
    countries: Mapping[str, Mapping[str, str]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityReader(GraphComponent):  # type: ignore[misc]
    """Reads, never guesses: what is not plainly said is not told."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings `config.yml` may change."""
        return {
            # Where the words and the towns stand, below the working directory.
            "lexicon": "nlu/lexicon",
            "towns": "nlu/places/towns.tsv",
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, known: Known | None
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._known = known

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityReader:
        """Make the component untrained."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EntityReader:
        """Make the component as it was trained."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, _known(**kept))

    def train(self, training_data: TrainingData) -> Resource:
        """Take the words into the model.

        Raises:
            ValueError: If a file of words is not as it must be.
        """
        words = read_lexicons(Path(self._config["lexicon"]))
        kept: dict[str, Any] = {
            "words": words,
            "towns": read_towns(Path(self._config["towns"])),
            "countries": country_names(words),
        }
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "words.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        self._known = _known(**kept)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the entities on every message."""
        for message in messages:
            found = self._read(message) if self._known else {}
            entities = [
                {"entity": name, "value": value, "extractor": type(self).__name__}
                for name, value in found.items()
                if value is not None
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages

    def _read(self, message: Message) -> dict[str, str | None]:
        known = self._known
        assert known is not None
        text = text_of(message)[:READ]
        tags = _likely(message, known.lexicons)
        lexicons = [known.lexicons[tag] for tag in tags]
        ages = own_ages(text, lexicons)
        names = {name: code for tag in tags for name, code in known.countries.get(tag, {}).items()}
        named = places(text, lexicons, known.gazetteer, names)
        return {
            "age": str(min(ages)) if ages else None,
            "age_band": band(ages),
            "town": named.town,
            "nation": named.nation,
            "country": named.country,
            "day": _day(text, lexicons),
        }


def _likely(message: Message, lexicons: Mapping[str, Lexicon]) -> list[str]:
    scores = message.get(LANGUAGE_SCORES) or {}
    told = message.get(LANGUAGE)
    ranked = [told, *sorted(scores, key=lambda tag: -scores[tag])[:LIKELY], ALWAYS]
    return [tag for tag in dict.fromkeys(ranked) if tag in lexicons]


def _day(text: str, lexicons: Sequence[Lexicon]) -> str | None:
    """Return the nearest day that is named: tonight before today before tomorrow."""
    plain = folded(text)
    for day in ("tonight", "today", "tomorrow"):
        if any(lexicon.days[day].search(plain) for lexicon in lexicons):
            return day
    return None


def _known(
    words: Mapping[str, Words], towns: Sequence[str], countries: Mapping[str, Mapping[str, str]]
) -> Known:
    return Known({tag: Lexicon.of(found) for tag, found in words.items()}, Gazetteer.of(towns), countries)
