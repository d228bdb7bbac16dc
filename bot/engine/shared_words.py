"""The words the child speaks with, read once from the project it runs in (its working directory)."""

from __future__ import annotations

from pathlib import Path

from bot.messages import Reply
from bot.words import Words

APOLOGIES = ("utter_engine_down", "utter_not_understood")
"""Responses that fit when an answer went wrong; the first that exists is said."""

_loaded: dict[Path, Words] = {}


def words() -> Words:
    """Return the project's words.

    Raises:
        BadCatalogue: If a file of theirs is missing or malformed.
    """
    root = Path.cwd()
    if root not in _loaded:
        _loaded[root] = Words.load(root)
    return _loaded[root]


def read_again() -> Words:
    """Return the words as the files hold them now; the old ones stay if a file is malformed."""
    _loaded[Path.cwd()] = Words.load(Path.cwd())
    return words()


def apology() -> str | None:
    """Return the name of what to say when an answer went wrong; ``None`` if the project has nothing."""
    return next((name for name in APOLOGIES if words().has(name)), None)


def payload(reply: Reply, index: int) -> str:
    """Return a button's payload in Rasa's form, ``/intent{"entity": "value"}``."""
    import json

    values = dict(reply.buttons[index].act.values)
    intent = values.pop("intent", "")
    return f"/{intent}{json.dumps(values, ensure_ascii=False) if values else ''}"
