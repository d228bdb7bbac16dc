"""Actions for when words did not get across, on either side."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.engine.shared_words import words
from bot.messages import Language

MOST_CHOICES = 3

SIMPLE = "_simple"


class ActionSayAgain(Action):  # type: ignore[misc]
    """Say the last answer again: in simpler words where there are some, otherwise as it was."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_say_again"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say it."""
        last = _last_response(tracker)
        simple = f"{last.removesuffix(SIMPLE)}{SIMPLE}" if last else None
        said = next((name for name in (simple, last) if name and words().has(name)), "utter_not_understood")
        dispatcher.utter_message(response=said)
        return []


class ActionFallback(Action):  # type: ignore[misc]
    """Ask which of the likeliest needs was meant, as buttons."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask."""
        language = tracker.get_slot("language")
        ranking = tracker.latest_message.get("intent_ranking") or ()
        named = [row["name"] for row in ranking if words().has(f"label_{row['name']}")]
        buttons = [
            {"title": _label(intent, language), "payload": f"/{intent}"} for intent in named[:MOST_CHOICES]
        ]
        dispatcher.utter_message(response="utter_not_sure", buttons=buttons)
        return []


def _label(intent: str, language: str | None) -> str:
    return words().say(f"label_{intent}", Language(language) if language else None).text


def _last_response(tracker: Tracker) -> str | None:
    """Return the name of the newest response the person was shown."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            said = (event.get("metadata") or {}).get("utter_action")
            if said:
                return str(said)
    return None
