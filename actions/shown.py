"""What the person was shown last, and how a need is called on a button."""

from __future__ import annotations

from rasa_sdk import Tracker

from bot.engine.shared_words import words
from bot.messages import Language


def spoken(tracker: Tracker) -> Language | None:
    """Return the language the person is answered in."""
    language = tracker.get_slot("language")
    return Language(language) if language else None


def label(intent: str, language: Language | None) -> str:
    """Return what an intent is called on a button."""
    return words().say(f"label_{intent}", language).text


def last_response(tracker: Tracker) -> str | None:
    """Return the name of the newest response the person was shown."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            said = (event.get("metadata") or {}).get("utter_action")
            if said:
                return str(said)
    return None
