"""Actions that call a person, or no longer want one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

SAFETY_NEEDS = frozenset({"immediate_danger", "held_captive", "being_moved", "self_harm", "medical_need"})


class ActionOpenHandoff(Action):  # type: ignore[misc]
    """Ask for a person to take over; urgently where harm was heard of."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_open_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Signal the effect."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        urgent = bool(tracker.get_slot("danger")) or intent in SAFETY_NEEDS
        dispatcher.utter_message(json_message={"effect": "open_handoff", "urgent": "yes" if urgent else "no"})
        return []


class ActionCancelHandoff(Action):  # type: ignore[misc]
    """No person is wanted after all."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_cancel_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Signal the effect."""
        dispatcher.utter_message(json_message={"effect": "cancel_handoff"})
        return []
