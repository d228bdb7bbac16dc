"""Words that answer a question of ours are read as that answer, unless they say something more urgent.

After "type a name from a sign" the word "Calais" is a place, not something out of scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.guidance.countries import Countries
from bot.guidance.signs import Signs
from nlu.traits import DANGER

AWAITED_SIGN = "sign"
SIGN_INTENT = "read_sign"

MOST_WORDS = 8
"""More words than stand on a sign are a message of their own."""


def as_answer(parsed: Mapping[str, Any], awaiting: object, text: str) -> dict[str, Any]:
    """Return the parse, or the place named on a sign where a sign was asked for and danger was not heard."""
    if awaiting != AWAITED_SIGN or parsed.get(DANGER) or len(text.split()) > MOST_WORDS:
        return dict(parsed)
    found = _signs().read(text)
    if found is None:
        return dict(parsed)
    town, area = found
    told = {"country": area.country, "nation": area.nation, "town": town}
    best = {"name": SIGN_INTENT, "confidence": 1.0}
    entities = [{"entity": name, "value": value} for name, value in told.items() if value is not None]
    return {**parsed, "intent": best, "intent_ranking": [best], "entities": entities}


@cache
def _signs() -> Signs:
    folder = Path.cwd() / "guidance" / "geography"
    return Signs.load(folder, Countries.load(folder))
