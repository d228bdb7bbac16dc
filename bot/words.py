"""Reviewed words: a response's name and a language in, text and buttons out.

English stands in `stories/domain/` as Rasa responses; other languages in gettext catalogues
`stories/locale/<tag>/LC_MESSAGES/harbour.po` whose msgid is the English text. Numbers and names of
services are placeholders filled from `guidance/`. The engine's child and the parent both speak
through this module, so that a text is the same whoever says it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.errors import BadCatalogue
from bot.guidance.facts import load_facts
from bot.messages import Act, Button, Language, Reply
from bot.yaml_files import read_yaml

ENGLISH = Language("en")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

# Digits in groups ("0800 1111") change places inside right-to-left text unless they are isolated.
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"

# A text takes its direction from its first strong character, and some emoji count as left-to-right.
_RIGHT_TO_LEFT = "\u200f"
_RIGHT = {"R", "AL"}


@dataclass(frozen=True)
class Origin:
    """Where a text was read (``source``), and the day that copy was looked at (``checked``, ISO 8601)."""

    source: str
    checked: str


@dataclass(frozen=True)
class Variation:
    """One way to say a response: English text, titled payloads, and the slots that ask for it."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    condition: Mapping[str, str] = field(default_factory=dict)
    safety: bool = False
    origin: Origin | None = None


class Words:
    """Every response in every language we hold."""

    def __init__(
        self,
        responses: Mapping[str, Sequence[Variation]],
        catalogues: Mapping[Language, Catalog],
        facts: Mapping[str, str],
    ) -> None:
        self._responses = responses
        self._catalogues = catalogues
        self._facts = facts

    @classmethod
    def load(cls, root: Path) -> Words:
        """Read `stories/` and `guidance/` below ``root``.

        Raises:
            BadCatalogue: If a file is missing or malformed; it names the file and what to mend.
        """
        locale = root / "stories" / "locale"
        catalogues = {
            Language(file.parent.parent.name): _catalogue(file)
            for file in sorted(locale.glob("*/LC_MESSAGES/harbour.po"))
        }
        return cls(read_responses(root / "stories" / "domain"), catalogues, load_facts(root / "guidance"))

    def has(self, name: str) -> bool:
        """Tell whether there is a response of this name."""
        return name in self._responses

    def stands_alone(self, name: str) -> bool:
        """Tell whether a response needs nothing but `guidance/` to be said: no place, no source."""
        texts = [variation.text for variation in self._responses.get(name, ())]
        return bool(texts) and all(set(PLACEHOLDER.findall(text)) <= set(self._facts) for text in texts)

    def source(self, name: str, slots: Mapping[str, str] | None = None) -> Origin | None:
        """Return where a response was read; ``None`` if it has no source, or there is no such response."""
        return self._choose(name, slots or {}).origin if self.has(name) else None

    def languages(self) -> list[tuple[Language, str]]:
        """Return the languages we answer in, each with its own name, English first."""
        tags = [ENGLISH, *sorted(tag for tag in self._catalogues if tag != ENGLISH)]
        return [(tag, autonym(tag)) for tag in tags]

    def say(
        self,
        name: str,
        language: Language | None,
        /,
        *,
        slots: Mapping[str, str] | None = None,
        **values: str,
    ) -> Reply:
        """Return a response in a language, placeholders filled; English where no translation stands.

        Raises:
            BadCatalogue: If there is no such response or a placeholder has no value.
        """
        variation = self._choose(name, slots or {})
        tag = language if language is not None and language in self._catalogues else ENGLISH
        text = self._fill(self._translate(variation.text, tag, safety=variation.safety), tag, values)
        buttons = tuple(
            Button(self._fill(self._translate(title, tag), tag, values), parse_payload(payload))
            for title, payload in variation.buttons
        )
        return Reply(text, buttons, name)

    def _choose(self, name: str, slots: Mapping[str, str]) -> Variation:
        variations = self._responses.get(name)
        if not variations:
            raise BadCatalogue(f"There is no response {name}.", remedy="Add it to stories/domain/.")
        fitting = [v for v in variations if all(slots.get(k) == want for k, want in v.condition.items())]
        conditional = [v for v in fitting if v.condition]
        plain = [v for v in fitting if not v.condition]
        if not conditional and not plain:
            raise BadCatalogue(
                f"{name} has no variation without a condition.", remedy="Add one that is true for everyone."
            )
        return max(conditional, key=lambda v: len(v.condition)) if conditional else plain[0]

    def _translate(self, english: str, tag: Language, *, safety: bool = False) -> str:
        catalogue = self._catalogues.get(tag)
        message = catalogue.get(english) if catalogue is not None else None
        if message is None or not message.string:
            return english
        translated = str(message.string)
        if not message.fuzzy:
            return translated
        # A translation of an older English text: for safety both are shown, otherwise the English.
        return f"{translated}\n\n{english}" if safety else english

    def _fill(self, text: str, tag: Language, values: Mapping[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            found = values.get(name, self._facts.get(name))
            if found is None:
                raise BadCatalogue(
                    f"No value for the placeholder {{{name}}}.",
                    remedy="Add it to guidance/ or correct the placeholder.",
                )
            if is_right_to_left(tag) and any(c.isdigit() for c in found):
                return f"{_ISOLATE}{found}{_END_ISOLATE}"
            return found

        filled = PLACEHOLDER.sub(value, text)
        # Every line takes its own direction, not only the first.
        lines = [f"{_RIGHT_TO_LEFT}{line}" if _turns_wrongly(line) else line for line in filled.split("\n")]
        return "\n".join(lines)


def read_responses(folder: Path) -> dict[str, list[Variation]]:
    """Return the responses of every domain file in a folder (sub-folders included).

    Raises:
        BadCatalogue: If a file is malformed, or a response stands in two files.
    """
    found: dict[str, list[Variation]] = {}
    for file in sorted(folder.rglob("*.yml")):
        for name, entries in (read_yaml(file).get("responses") or {}).items():
            if name in found:
                raise BadCatalogue(f"{file.name}: {name} stands twice.", remedy="Keep one of them.")
            found[name] = [_variation(file, name, entry) for entry in entries]
    return found


def _variation(file: Path, name: str, entry: Mapping[str, Any]) -> Variation:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadCatalogue(f"{file.name}: {name} has an entry without text.", remedy="Give it `text:`.")
    about = entry.get("metadata") or {}
    origin = Origin(str(about["source"]), str(about.get("checked", ""))) if about.get("source") else None
    return Variation(
        text=text.strip(),
        buttons=tuple((str(b["title"]), str(b["payload"])) for b in entry.get("buttons") or ()),
        condition={
            str(c["name"]): str(c["value"]) for c in entry.get("condition") or () if c.get("type") == "slot"
        },
        safety=bool(about.get("safety")),
        origin=origin,
    )


def _catalogue(file: Path) -> Catalog:
    try:
        with file.open("rb") as lines:
            return read_po(lines, abort_invalid=True)
    except (ValueError, OSError) as problem:
        raise BadCatalogue(f"{file} cannot be read.", remedy="Open it in Poedit and mend it.") from problem


def parse_payload(payload: str) -> Act:
    """Return what a button's payload stands for: ``/intent{"entity": "value"}``."""
    intent, brace, rest = payload.removeprefix("/").partition("{")
    try:
        entities = json.loads(brace + rest) if brace else {}
    except json.JSONDecodeError:
        raise BadCatalogue(f"The button payload {payload} is malformed.", remedy="Mend its JSON.") from None
    return Act("intent", {"intent": intent.strip(), **{str(k): str(v) for k, v in entities.items()}})


def english_name(tag: Language | None) -> str:
    """Return what English calls a language (source: CLDR, by Babel); the tag where CLDR has none."""
    try:
        return str(Locale.parse(tag or ENGLISH, sep="-").get_language_name("en") or tag)
    except (UnknownLocaleError, ValueError):
        return str(tag)


def autonym(tag: Language | None) -> str:
    """Return a language's own name for itself (source: CLDR, by Babel); the tag where CLDR has none."""
    tag = tag or ENGLISH
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    name = locale.get_display_name(locale)
    return (name[:1].upper() + name[1:]) if name else tag


def _turns_wrongly(text: str) -> bool:
    """Tell whether right-to-left text begins with something that may turn it the other way."""
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    return bool(_RIGHT & set(kinds)) and kinds[0] not in _RIGHT


def is_right_to_left(tag: Language) -> bool:
    """Tell whether a language is written from right to left (source: CLDR, by Babel)."""
    try:
        return bool(Locale.parse(tag, sep="-").text_direction == "rtl")
    except (UnknownLocaleError, ValueError):
        return False
