"""What is kept of a conversation: little, without words, and enough to go on."""

from __future__ import annotations

import json
from typing import Any

from bot.engine.keeping import LISTEN, NEWEST, head, keep, strip

WORDS = "CANARY words"


def turn(number: int) -> list[dict[str, Any]]:
    """One turn as Rasa writes it."""
    return [
        {
            "event": "user",
            "timestamp": float(number),
            "text": WORDS,
            "parse_data": {
                "text": WORDS,
                "intent": {"name": "greet", "confidence": 0.9, "more": WORDS},
                "intent_ranking": [{"name": "greet", "confidence": 0.9}] * 40,
                "entities": [{"entity": "nation", "value": "wales", "start": 0, "text": WORDS}],
            },
            "message_id": "7",
            "metadata": {"text": WORDS},
        },
        {"event": "user_featurization", "use_text_for_featurization": False},
        {"event": "action", "name": "utter_greet", "policy": "RulePolicy", "action_text": None},
        {
            "event": "bot",
            "text": WORDS,
            "data": {"buttons": [{"title": WORDS}]},
            "metadata": {"utter_action": "utter_greet", "text": WORDS},
        },
        {"event": "action", "name": LISTEN},
    ]


def test_names_stay_and_words_go() -> None:
    kept = keep(turn(1), {})

    assert "CANARY" not in json.dumps(kept)
    assert kept[0]["parse_data"]["intent"] == {"name": "greet", "confidence": 0.9}
    assert kept[0]["parse_data"]["entities"] == [{"entity": "nation", "value": "wales"}]
    assert kept[2]["metadata"] == {"utter_action": "utter_greet"}
    assert [event["event"] for event in kept] == ["user", "action", "bot", "action"]


def test_ten_thousand_messages_carry_no_more_than_fifty() -> None:
    state = {"nation": "wales", "danger": True, "language": None, "active_loop": "a_form"}
    events: list[dict[str, Any]] = []
    sizes = []
    for number in range(10_000):
        events = keep([*events, *turn(number)], state)
        sizes.append(len(json.dumps(events)) if number in (50, 9_999) else len(events))

    assert max(sizes[:50] + sizes[51:9_999]) <= NEWEST + len(head(state))
    assert sizes[9_999] <= sizes[50] * 1.1


def test_the_cut_falls_behind_a_listening_and_the_head_says_the_state() -> None:
    kept = keep([event for number in range(40) for event in turn(number)], {"nation": "wales", "x": None})
    start = head({"nation": "wales"})

    assert kept[: len(start)] == start
    assert start[-1] == {"event": "slot", "name": "nation", "value": "wales"}
    assert kept[len(start)] == {"event": "action", "name": LISTEN}
    assert kept[len(start) + 1]["event"] == "user"


def test_a_head_does_not_pile_up() -> None:
    state = {"nation": "wales"}
    events = keep([e for n in range(40) for e in turn(n)], state)
    for number in range(30):
        events = keep([*events, *turn(number)], state)

    assert sum(event["event"] == "session_started" for event in events) == 1
    assert sum(event["event"] == "slot" for event in events) == 1


def test_an_unknown_event_loses_its_metadata() -> None:
    assert strip({"event": "pause", "metadata": {"text": WORDS}}) == {"event": "pause"}
    assert strip({}) is None
