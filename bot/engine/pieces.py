"""Long messages, read in pieces: the encoder sees 300 characters, and what matters may stand at the end."""

from __future__ import annotations

import re

PIECE = 280
"""Longest piece, in characters; a little under what the encoder sees."""

MOST = 3
"""Pieces read of one message. The last one is always among them: that is where people say what is urgent."""

_SENTENCE = re.compile(r"(?<=[.!?…。؟\n])\s+")


def pieces(text: str) -> list[str]:
    """Return a message as pieces of whole sentences where it can; a short one is its own only piece."""
    if len(text) <= PIECE:
        return [text]
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        for part in _cut(sentence):
            if found and len(found[-1]) + len(part) < PIECE:
                found[-1] = f"{found[-1]} {part}"
            elif part.strip():
                found.append(part)
    if not found:
        return [""]
    return found if len(found) <= MOST else [*found[: MOST - 1], found[-1]]


def _cut(sentence: str) -> list[str]:
    """Return a sentence whole, or in pieces cut between words where it is too long."""
    parts = []
    while len(sentence) > PIECE:
        at = sentence.rfind(" ", PIECE // 2, PIECE)
        at = at if at > 0 else PIECE
        parts.append(sentence[:at])
        sentence = sentence[at:].lstrip()
    return [*parts, sentence]
