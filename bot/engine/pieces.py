"""Long messages, read sentence by sentence: one need amid much else would drown in a vector of the whole."""

from __future__ import annotations

import re

SHORT = 280
"""Characters up to which a message is read whole."""

PIECE = 120
"""Characters that sentences are gathered up to; in very long messages up to ``SHORT``."""

MOST = 24
"""Pieces that are read of one message. The last is always among them: there people say what is urgent."""

_SENTENCE = re.compile(r"(?<=[.!?…。؟\n])\s+")


def pieces(text: str) -> list[str]:
    """Return a message as pieces of whole sentences where it can; a short one is its own only piece."""
    if len(text) <= SHORT:
        return [text]
    room = min(SHORT, max(PIECE, 5 * len(text) // (4 * MOST)))
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        for part in _cut(sentence, room):
            if found and len(found[-1]) + len(part) < room:
                found[-1] = f"{found[-1]} {part}"
            elif part.strip():
                found.append(part)
    if not found:
        return [""]
    return found if len(found) <= MOST else [*found[: MOST - 1], found[-1]]


def _cut(sentence: str, room: int) -> list[str]:
    """Return a sentence whole, or in pieces cut between words where it is too long."""
    parts = []
    while len(sentence) > room:
        at = sentence.rfind(" ", room // 2, room)
        at = at if at > 0 else room
        parts.append(sentence[:at])
        sentence = sentence[at:].lstrip()
    return [*parts, sentence]
