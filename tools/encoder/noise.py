"""Lines as they are typed in a hurry: no accents, slips of the finger, no full stop."""

from __future__ import annotations

import random

from nlu.letters import bare, is_latin

A_SLIP_EACH = 30
"""Characters to one slip, at the least one in a line that gets any."""


def hurried(text: str, chance: random.Random) -> str:
    """Return the line as somebody in a hurry may have typed it; often unchanged."""
    if chance.random() < 0.2 and is_latin(bare(text)):
        text = bare(text)
    case = chance.random()
    text = text.lower() if case < 0.1 else text.upper() if case < 0.13 else text
    if chance.random() < 0.25 and len(text) > 6:
        for _ in range(1 + len(text) // A_SLIP_EACH):
            text = slip(text, chance)
    if chance.random() < 0.2:
        text = text.strip(".!?؟።。,")
    return text or "?"


def slip(text: str, chance: random.Random) -> str:
    """Return the text with one letter lost, doubled, swapped or mistaken."""
    at, kind = chance.randrange(1, len(text) - 1), chance.random()
    if kind < 0.3:
        return text[:at] + text[at + 1 :]
    if kind < 0.6:
        return text[:at] + text[at] + text[at:]
    if kind < 0.9:
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    return text[:at] + chance.choice(text) + text[at + 1 :]
