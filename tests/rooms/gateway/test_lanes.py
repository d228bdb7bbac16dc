"""The order key: one per private chat, one per topic, one per group, and one for what fits nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gateway.lanes import lane_of, pressed_in_private
from tests.support.updates import (
    BOT,
    GROUP,
    PERSON,
    group,
    message,
    press,
    standing,
    topic_message,
    update,
)

IN_TOPIC = topic_message(7, BOT, text="card")
IN_GENERAL = {key: value for key, value in IN_TOPIC.items() if key != "is_topic_message"}


@pytest.mark.parametrize(
    ("raw", "lane"),
    [
        (update(message=message(text="x")), f"private:{PERSON}"),
        (update(edited_message=message(text="x")), f"private:{PERSON}"),
        (press(), f"private:{PERSON}"),
        (update(my_chat_member=standing("kicked")), f"private:{PERSON}"),
        (update(message=IN_TOPIC), f"topic:{GROUP}:7"),
        (press(message=IN_TOPIC), f"topic:{GROUP}:7"),
        (update(message=IN_GENERAL), f"group:{GROUP}"),
        (update(chat_member=standing("left", chat=group(), who=9)), f"group:{GROUP}"),
        (update(callback_query={"id": "1", "from": {"id": 5}, "data": "x"}), "private:5"),
        (update(message={"chat": {"id": "7", "type": "private"}}), "odd"),
        (update(message={"chat": {"id": True, "type": "private"}}), "odd"),
        (update(message="text"), "odd"),
        (update(inline_query={"id": "1"}), "odd"),
        (None, "odd"),
        ([1, 2], "odd"),
        ("text", "odd"),
    ],
)
def test_what_must_stay_in_order_shares_a_lane(raw: Any, lane: str) -> None:
    assert lane_of(raw) == lane


def test_only_presses_in_private_chats_are_answered_before_anyone_decides() -> None:
    assert pressed_in_private(press()) == "77"
    assert pressed_in_private(press(message=IN_TOPIC)) is None
    assert pressed_in_private(update(message=message(text="x"))) is None
    assert pressed_in_private({"callback_query": {"id": 7, "message": {"chat": {"type": "private"}}}}) is None
