"""The action that changes the language, or asks which."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.engine.shared_words import words


class ActionChangeLanguage(Action):  # type: ignore[misc]
    """Change to the language that was named, if we serve it; otherwise offer those we serve."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_change_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Signal the effect."""
        named = next(tracker.get_latest_entity_values("language"), None)
        if named in {tag for tag, _ in words().languages()}:
            dispatcher.utter_message(json_message={"effect": "change_language", "language": named})
        else:
            dispatcher.utter_message(json_message={"effect": "ask_language"})
        return []
