"""What the engine understands and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.messages.names import Language


@dataclass(frozen=True)
class Understanding:
    """What a message means: best intent, the ranking, its language, and the danger flag."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    language: Language
    danger: bool
    danger_score: float = 0.0
    """From 0 to 1; the flag is raised from a threshold of the model's own."""
    entities: tuple[tuple[str, str], ...] = ()
    """Name and value of what was said of age, place and day: see `nlu/entity_reader.py`."""


@dataclass(frozen=True)
class Tongue:
    """What is known of a person's language.

    ``chosen`` is their own choice and always wins; ``hint`` is Telegram's ``language_code``;
    ``scores`` are running log scores of earlier messages, ``spoken`` the language now answered in.
    ``unsure`` are the two or three languages it may be when this message leaves it open, ``asked`` those
    they were asked about before: nobody is asked about the same language twice.
    """

    chosen: Language | None = None
    hint: str | None = None
    spoken: Language | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    unsure: tuple[Language, ...] = ()
    asked: frozenset[Language] = frozenset()


@dataclass(frozen=True)
class Act:
    """What a button stands for: ``name`` and plain values.

    For a young person ``intent`` with ``{"intent": "talk_to_human"}`` (and entities), ``language``
    with ``{"language": "vi"}``, ``again`` …; for advocates ``claim``, ``release``, ``resend`` ….
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A label the person sees, and what it stands for."""

    label: str
    act: Act


@dataclass(frozen=True)
class Reply:
    """One message to the person, already in their language; ``name`` is the response's name."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Effect:
    """What must happen in the world, by name; carried out by ``conversation`` in the transaction.

    Names: ``open_handoff`` (values ``urgent``: "yes"/"no"), ``change_language`` (``language``),
    ``ask_language``, ``cancel_handoff``.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One question to the engine: either ``text`` or an already-parsed ``intent``."""

    events: tuple[Mapping[str, Any], ...] = field(repr=False)
    tongue: Tongue
    text: str | None = field(default=None, repr=False)
    intent: str | None = None
    entities: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the engine gives back: replies, effects, and the whole bounded event list to keep."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...]
    events: tuple[Mapping[str, Any], ...] = field(repr=False)
    understanding: Understanding
    tongue: Tongue


@dataclass(frozen=True)
class Area:
    """A country (ISO 3166), and in the United Kingdom its nation, by the name the slot ``nation`` knows."""

    country: str
    nation: str | None = None


@dataclass(frozen=True)
class Whereabouts:
    """What a point on the map tells. ``area`` is ``None`` where no country is: far at sea, or unknown."""

    area: Area | None
    near: tuple[Area, ...] = ()
    """Other areas within reach of the point, the nearest first."""
    at_sea: bool = False
    town: str | None = field(default=None, repr=False)
    town_km: float = field(default=0.0, repr=False)
