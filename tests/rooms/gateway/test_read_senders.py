"""Whoever is not plainly a human user is marked, so that no authority can come from a disguise."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gateway.read import read
from bot.messages import FromGroup, FromPrivate
from tests.support.updates import ADA, BOT, GROUP, press, topic_message, update, user

CHANNEL = {"id": -100777, "type": "channel", "title": "News"}
ORIGIN = {"type": "user", "date": 1, "sender_user": user(9)}
HIDDEN = {"type": "hidden_user", "date": 1, "sender_user_name": "Z"}

DISGUISES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"sender_chat": {"id": GROUP, "type": "supergroup", "title": "x"}}, "anonymous admin"),
    ({"sender_chat": CHANNEL}, "channel"),
    ({"from": user(1087968824, is_bot=True)}, "anonymous admin"),
    ({"from": user(1087968824)}, "anonymous admin"),
    ({"from": user(136817688, is_bot=True)}, "channel"),
    ({"from": user(777000)}, "channel"),
    ({"is_automatic_forward": True}, "channel"),
    ({"forward_origin": ORIGIN}, "forward"),
    ({"forward_origin": HIDDEN}, "forward"),
    ({"forward_from": user(9)}, "forward"),
    ({"forward_date": 5}, "forward"),
    ({"via_bot": user(8, is_bot=True)}, "via bot"),
    ({"sender_business_bot": user(8, is_bot=True)}, "bot"),
    ({"from": user(8, is_bot=True)}, "bot"),
    ({"from": user(BOT, is_bot=True)}, "bot"),
]


@pytest.mark.threat("T07")
@pytest.mark.parametrize(("fields", "disguise"), DISGUISES)
def test_one_kind_of_sender_is_plain_and_fifteen_are_not(
    fields: dict[str, Any], disguise: str | None
) -> None:
    incoming = read(update(message=topic_message(7, text="hi", **fields)), BOT)
    assert isinstance(incoming, FromGroup)
    assert incoming.sender.disguise == disguise


@pytest.mark.threat("T07")
def test_a_message_without_a_user_belongs_to_its_channel() -> None:
    raw = topic_message(7, text="hi", sender_chat=CHANNEL)
    del raw["from"]
    incoming = read(update(message=raw), BOT)
    assert isinstance(incoming, FromGroup)
    assert (incoming.sender.user, incoming.sender.disguise) == (CHANNEL["id"], "channel")


@pytest.mark.threat("T07")
@pytest.mark.parametrize(
    ("who", "disguise"),
    [
        (user(ADA), None),
        (user(8, is_bot=True), "bot"),
        (user(1087968824, is_bot=True), "anonymous admin"),
    ],
)
def test_a_press_counts_for_who_pressed_not_for_the_message(
    who: dict[str, Any], disguise: str | None
) -> None:
    under = topic_message(7, BOT, text="card", sender_chat=CHANNEL)
    incoming = read(press("h", **{"from": who, "message": under}), BOT)
    assert isinstance(incoming, FromGroup)
    assert incoming.sender.disguise == disguise


@pytest.mark.parametrize(
    ("tag", "hint"),
    [("pt-BR", "pt-BR"), ("x", None), ("<b>", None), ("й" * 4, None), ("a" * 99, None), (None, None)],
)
def test_only_something_like_a_language_tag_is_a_hint(tag: Any, hint: str | None) -> None:
    raw = topic_message(7, text="hi", **{"from": user(ADA, language_code=tag)})
    incoming = read(update(message=raw), BOT)
    assert isinstance(incoming, FromGroup | FromPrivate)
    assert incoming.sender.language_hint == hint
