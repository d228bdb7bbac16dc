"""What is kept of a conversation: names of intents, slots and actions, never anyone's words; and few of them.

The cost of a turn grows with the events it carries, so only the newest stand, cut where the bot listens,
behind a short head that says what state the older ones had led to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Event = dict[str, Any]

NEWEST = 30
"""Events kept beside the head: five turns and more, all that `max_history` in config.yml looks back."""

LISTEN = "action_listen"

FORGOTTEN = frozenset({"town", "country"})
"""Entities that serve one answer: where somebody is rests nowhere but as their nation."""


def keep(events: Iterable[Mapping[str, Any]], state: Mapping[str, Any], newest: int = NEWEST) -> list[Event]:
    """Return the events to keep after a turn.

    Args:
        events: All events of the tracker, as Rasa writes them.
        state: Values of the slots that are set, by name, and ``active_loop`` if there is one.
        newest: How many to keep beside the head.
    """
    bare = [kept for event in events if (kept := strip(event)) is not None]
    if len(bare) <= newest:
        return bare
    return [*head(state), *bare[_cut(bare, newest) :]]


def head(state: Mapping[str, Any]) -> list[Event]:
    """Return events that lead a new tracker to this state."""
    start: list[Event] = [
        {"event": "action", "name": "action_session_start", "confidence": 1.0},
        {"event": "session_started"},
    ]
    slots = {name: value for name, value in state.items() if name != "active_loop" and value is not None}
    start += [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]
    if state.get("active_loop"):
        start.append({"event": "active_loop", "name": state["active_loop"]})
    return start


def strip(event: Mapping[str, Any]) -> Event | None:
    """Return what later turns need of one event; ``None`` if they need nothing of it."""
    match event.get("event"):
        case "user":
            return _user(event)
        case "bot":
            return _bot(event)
        case "action":
            return _only(event, "event", "timestamp", "name", "policy", "confidence", "hide_rule_turn")
        case "slot":
            return _only(event, "event", "timestamp", "name", "value")
        case None | "user_featurization" | "entities":
            return None
        case _:
            return {key: value for key, value in event.items() if key != "metadata"}


def _user(event: Mapping[str, Any]) -> Event:
    parsed = event.get("parse_data") or {}
    intent = parsed.get("intent") or {}
    entities = [
        {"entity": entity["entity"], "value": entity["value"]}
        for entity in parsed.get("entities") or ()
        if "entity" in entity and "value" in entity and entity["entity"] not in FORGOTTEN
    ]
    return {
        "event": "user",
        "timestamp": event.get("timestamp"),
        "text": None,
        "parse_data": {
            "intent": _only(intent, "name", "confidence"),
            "entities": entities,
            # Rasa reads these two whenever it loads an event.
            "text": None,
            "metadata": {},
        },
    }


def _bot(event: Mapping[str, Any]) -> Event:
    said = (event.get("metadata") or {}).get("utter_action")
    return {"event": "bot", "timestamp": event.get("timestamp"), "metadata": {"utter_action": said}}


def _only(source: Mapping[str, Any], *names: str) -> Event:
    return {name: source[name] for name in names if source.get(name) is not None}


def _cut(events: Sequence[Mapping[str, Any]], newest: int) -> int:
    """Return where the kept part begins: behind a listening, so that it starts with a whole turn."""
    first = len(events) - newest
    for index in range(first, len(events)):
        if events[index].get("name") == LISTEN and events[index].get("event") == "action":
            return index
    return first
