"""The conversation's rooms joined: used by the service, and by `talk`, which has no Telegram."""

from __future__ import annotations

from pathlib import Path

from bot.conversation.handoff import Handoff
from bot.conversation.person_turn import PersonTurn
from bot.conversation.places import Places
from bot.conversation.ports import Clock, Engine, Store, Words
from bot.conversation.repeats import Repeats
from bot.conversation.walk import AnswerPress, Walk
from bot.guidance.countries import Countries
from bot.guidance.geography import Geography
from bot.messages import ChatId, Language
from bot.relay.desk import Desk


def load_places(root: Path, words: Words) -> Places:
    """Return the map of `guidance/geography/` below ``root``, and the words for it.

    Raises:
        BadCatalogue: If a file of it is missing or malformed.
    """
    folder = root / "guidance" / "geography"
    return Places(words, Countries.load(folder), Geography.load(folder))


def join_walk(
    store: Store,
    engine: Engine,
    words: Words,
    clock: Clock,
    places: Places,
    *,
    group: ChatId | None,
    advocates_language: Language,
    answer_press: AnswerPress,
) -> tuple[Walk, Handoff]:
    """Return the walk over these rooms, and the hand-off rules it uses."""
    handoff = Handoff(words, advocates_language)
    repeats = Repeats(store, words, handoff, clock)
    turn = PersonTurn(store, engine, words, handoff, repeats, clock, places, group)
    return Walk(store, turn, Desk(store, handoff, clock), handoff, repeats, answer_press), handoff
