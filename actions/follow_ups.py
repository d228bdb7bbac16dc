"""What follows an answer: more of it, who can help, a card to show, and where it comes from.

Each layer of a topic is a response of its own: ``utter_<topic>``, ``…_more``, ``…_who``, ``…_card``.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.shown import label, last_response, spoken
from bot.engine.shared_words import words
from bot.messages import Language
from bot.words import ENGLISH, autonym, english_name

LAYERS = ("_simple", "_more", "_who", "_card")

OF_AGE = 18

_RULE = "———"
"""Between the English of a card and the same words in the person's language."""


class ActionTellMore(Action):  # type: ignore[misc]
    """Say more of a topic; asked of another age or nation, the answer that is true there."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_tell_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say it."""
        topic = topic_of(tracker)
        if topic is None:
            dispatcher.utter_message(response="utter_more_of_what")
        elif _asks_as_adult(tracker):
            # For this one answer: a typed age never switches a child's safeguards off.
            dispatcher.utter_message(response=f"utter_{topic}", age_band="over_18")
        elif next(tracker.get_latest_entity_values("nation"), None):
            dispatcher.utter_message(response=f"utter_{topic}")
        else:
            _say_layer(dispatcher, tracker, topic, "_more")
        return []


class ActionWhoCanHelp(Action):  # type: ignore[misc]
    """Say who can help with a topic."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_who_can_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say it."""
        _say_layer(dispatcher, tracker, topic_of(tracker) or "rights_general", "_who")
        return []


class ActionShowCard(Action):  # type: ignore[misc]
    """Show a card for an adult: in English, with the same words in the person's language under it."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_show_card"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Show it."""
        topic = topic_of(tracker)
        name = f"utter_{topic}_card"
        if topic is None or not words().has(name):
            topic, name = "talk_to_human", "utter_talk_to_human_card"
        language = spoken(tracker)
        dispatcher.utter_message(response="utter_card_intro")
        slots = _slots(tracker)
        english = words().say(name, ENGLISH, slots=slots, my_language=english_name(language)).text
        own = words().say(name, language, slots=slots, my_language=autonym(language)).text
        same = words().say(name, ENGLISH, slots=slots, my_language=autonym(language)).text
        shown = english if own == same else f"{english}\n\n{_RULE}\n\n{own}"
        dispatcher.utter_message(text=shown, buttons=_after(topic, "_card", language))
        return []


class ActionShowSource(Action):  # type: ignore[misc]
    """Say where an answer was read, and when."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_show_source"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say it."""
        topic = topic_of(tracker)
        told = words().source(f"utter_{topic}", slots=_slots(tracker)) if topic else None
        if told is None:
            dispatcher.utter_message(response="utter_that_is_all")
        else:
            dispatcher.utter_message(response="utter_source", source=told.source, checked=told.checked)
        return []


def topic_of(tracker: Tracker) -> str | None:
    """Return the topic a button names, else the one that was last answered."""
    named = next(tracker.get_latest_entity_values("topic"), None)
    said = f"utter_{named}" if named else last_response(tracker)
    if said is None:
        return None
    topic = said.removeprefix("utter_")
    for layer in LAYERS:
        topic = topic.removesuffix(layer)
    known = words().has(f"utter_{topic}_more") or words().has(f"utter_{topic}_card")
    return topic if known else None


def _say_layer(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str, layer: str) -> None:
    name = f"utter_{topic}{layer}"
    if not words().has(name):
        dispatcher.utter_message(response="utter_that_is_all")
        return
    dispatcher.utter_message(response=name, buttons=_after(topic, layer, spoken(tracker)))


def _after(topic: str, layer: str, language: Language | None) -> list[dict[str, str]]:
    """Return the buttons behind a layer: what else there is of its topic, and a person, always."""
    offered = [
        ("_more", "tell_me_more", "label_tell_me_more"),
        ("_who", "who_can_help", "label_who_can_help"),
        ("_card", "show_card", "label_show_card"),
    ]
    shown = [
        _button(intent, topic, text, language)
        for suffix, intent, text in offered
        if suffix != layer and words().has(f"utter_{topic}{suffix}")
    ]
    if words().has(f"utter_{topic}_more"):
        shown.append(_button("show_source", topic, "label_show_source", language))
    return [
        {"title": label("talk_to_human", language), "payload": "/talk_to_human"},
        *shown,
        {"title": words().say("label_back", language).text, "payload": f"/{topic}"},
    ]


def _button(intent: str, topic: str, text: str, language: Language | None) -> dict[str, str]:
    return {"title": words().say(text, language).text, "payload": f'/{intent}{{"topic": "{topic}"}}'}


def _asks_as_adult(tracker: Tracker) -> bool:
    said = next(tracker.get_latest_entity_values("age"), None)
    return said is not None and str(said).isdecimal() and int(said) >= OF_AGE


def _slots(tracker: Tracker) -> dict[str, str]:
    return {name: str(value) for name, value in tracker.current_slot_values().items() if value is not None}
