"""Finding out where somebody is without a map: clues by buttons, one at a time, or a word on a sign."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shown import spoken
from bot.conversation.places import place_text
from bot.engine.shared_words import words
from bot.guidance.clues import ENOUGH, QUESTIONS, fitting, known, next_question
from bot.guidance.countries import Countries
from bot.messages import Area, Language

UK = "GB"

FEW = 3
"""As many countries are worth naming; more are no answer."""

AWAITS_SIGN = "sign"
"""Value of the slot `awaiting` while a typed word is read as a sign."""


class ActionNextClue(Action):  # type: ignore[misc]
    """Ask for the next clue, or say which country it is."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_next_clue"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask or tell."""
        given = {name: value for name in QUESTIONS if (value := tracker.get_slot(name))}
        begun = any(next(tracker.get_latest_entity_values(name), None) for name in (*QUESTIONS, "nation"))
        # Whoever begins anew is asked anew.
        clues = given if begun else {}
        forget: list[dict[str, Any]] = [SlotSet(name, None) for name in QUESTIONS] if not begun else []
        nation = next(tracker.get_latest_entity_values("nation"), None)
        if nation is not None:
            return _tell(dispatcher, Area(UK, None if nation == "unknown" else nation), spoken(tracker))
        question = next_question(clues, _countries().all())
        if question is not None:
            dispatcher.utter_message(response=f"utter_{question}")
            return forget
        return [*forget, *_conclude(dispatcher, clues, spoken(tracker))]


class ActionReadSign(Action):  # type: ignore[misc]
    """Say where a town or a word of a sign is."""

    def name(self) -> str:
        """Return the name stories use."""
        return "action_read_sign"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Tell."""
        country = next(tracker.get_latest_entity_values("country"), None)
        nation = next(tracker.get_latest_entity_values("nation"), None)
        town = next(tracker.get_latest_entity_values("town"), None)
        if country is None:
            dispatcher.utter_message(response="utter_clue_sign")
            return []
        return _tell(dispatcher, Area(country, nation), spoken(tracker), town)


def _conclude(
    dispatcher: CollectingDispatcher, clues: dict[str, str], language: Language | None
) -> list[dict[str, Any]]:
    left = fitting(clues, _countries().all())
    sure = known(clues) >= ENOUGH
    if left == [UK] and sure:
        dispatcher.utter_message(response="utter_clue_nation")
        return []
    if len(left) == 1 and sure:
        return _tell(dispatcher, Area(left[0]), language)
    if 1 <= len(left) <= FEW:
        named = ", ".join(_countries().name(code, language) for code in left)
        dispatcher.utter_message(response="utter_clues_several", place=named)
    else:
        dispatcher.utter_message(response="utter_clues_none")
    dispatcher.utter_message(response="utter_clue_sign")
    return [*_done(), SlotSet("awaiting", AWAITS_SIGN)]


def _tell(
    dispatcher: CollectingDispatcher, area: Area, language: Language | None, town: str | None = None
) -> list[dict[str, Any]]:
    name, place = place_text(area, town, words(), _countries(), language, surely_uk=True)
    dispatcher.utter_message(response=name, place=place)
    # Rights are told by nation: what was true in Scotland is not true in France.
    return [*_done(), SlotSet("nation", area.nation or "unknown")]


def _done() -> list[dict[str, Any]]:
    return [*(SlotSet(name, None) for name in QUESTIONS), SlotSet("awaiting", None)]


@cache
def _countries() -> Countries:
    return Countries.load(Path.cwd() / "guidance" / "geography")
