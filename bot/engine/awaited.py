"""Words that answer a question of ours are read as that answer, unless they say something else plainly.

After "type a name from a sign" the word "Calais" is a place, not something out of scope. The question is good
for the very next message only, and never stands before danger, a request for a person, or any need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.guidance.countries import Countries
from bot.guidance.signs import Signs
from nlu.traits import DANGER

AWAITING = "awaiting"
"""The slot that says what the next words are asked for."""

AWAITED_SIGN = "sign"
SIGN_INTENT = "read_sign"

UNCLEAR = frozenset({"out_of_scope", "nlu_fallback", "where_am_i"})
"""Intents that leave room for a name somewhere in the words."""

PLAIN = frozenset({"talk_to_human", "cancel_handoff", "affirm", "deny", "greet", "thanks", "goodbye"})
"""Intents that one word says plainly; of any other, a message that is a name and nothing else is a sign."""

MOST_WORDS = 8
"""More words than stand on a sign are a message of their own."""


def awaited(events: Iterable[Mapping[str, Any]]) -> str | None:
    """Return what the next words are asked for, as the newest events say."""
    for event in reversed(list(events)):
        if event.get("event") == "slot" and event.get("name") == AWAITING:
            value = event.get("value")
            return str(value) if value else None
    return None


def sign_in(parsed: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """Return the parse of a sign's name, if a message that says nothing plainly holds one."""
    intent = parsed["intent"]["name"]
    if parsed.get(DANGER) or intent in PLAIN or len(text.split()) > MOST_WORDS:
        return None
    found = _signs().read(text) if intent in UNCLEAR else _signs().whole(text)
    if found is None:
        return None
    town, area = found
    told = {"country": area.country, "nation": area.nation, "town": town}
    best = {"name": SIGN_INTENT, "confidence": 1.0}
    entities = [{"entity": name, "value": value} for name, value in told.items() if value is not None]
    return {**parsed, "intent": best, "intent_ranking": [best], "entities": entities}


@cache
def _signs() -> Signs:
    folder = Path.cwd() / "guidance" / "geography"
    return Signs.load(folder, Countries.load(folder))
