"""Actions for when words did not get across, on either side."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.shown import label, last_response, spoken
from bot.engine.shared_words import words

MOST_CHOICES = 3

SIMPLE = "_simple"


class ActionSayAgain(Action):  # type: ignore[misc]
    """Say the last answer again: in simpler words where there are some, otherwise as it was."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_say_again"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say it."""
        last = last_response(tracker)
        simple = f"{last.removesuffix(SIMPLE)}{SIMPLE}" if last else None
        said = next(
            (name for name in (simple, last) if name and words().stands_alone(name)), "utter_not_understood"
        )
        dispatcher.utter_message(response=said)
        return []


class ActionFallback(Action):  # type: ignore[misc]
    """Ask which of the likeliest needs was meant, as buttons."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask."""
        language = spoken(tracker)
        ranking = tracker.latest_message.get("intent_ranking") or ()
        named = [row["name"] for row in ranking if words().has(f"label_{row['name']}")]
        buttons = [
            {"title": label(intent, language), "payload": f"/{intent}"} for intent in named[:MOST_CHOICES]
        ]
        dispatcher.utter_message(response="utter_not_sure", buttons=buttons)
        return []
