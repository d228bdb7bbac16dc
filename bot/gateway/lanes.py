"""The order key of a raw update, found without parsing it whole; odd input never raises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.inbox.ports import RawUpdate

ODD = "odd"
MOST_UPDATE_ID = 2**62

_WITH_CHAT = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
    "message_reaction",
    "message_reaction_count",
    "chat_join_request",
)


def lane_of(untrusted_update: object) -> str:
    """Return ``private:<chat>``, ``topic:<chat>:<thread>``, ``group:<chat>`` or ``odd``."""
    update = _table(untrusted_update)
    for kind in _WITH_CHAT:
        if kind in update:
            return _lane_of_message(_table(update[kind]))
    query = _table(update.get("callback_query"))
    if "message" in query:
        return _lane_of_message(_table(query["message"]))
    user = _number(_table(query.get("from")).get("id"))
    return ODD if user is None else f"private:{user}"


def pressed_in_private(untrusted_update: object) -> str | None:
    """Return the id of a button press in a private chat, which is answered at once; else ``None``."""
    query = _table(_table(untrusted_update).get("callback_query"))
    chat = _table(_table(query.get("message")).get("chat"))
    number = query.get("id")
    return number if chat.get("type") == "private" and isinstance(number, str) else None


def update_id_of(untrusted_update: object) -> int | None:
    """Return Telegram's number of the update, or ``None`` if it carries none that can be one."""
    number = _number(_table(untrusted_update).get("update_id"))
    return number if number is not None and 0 <= number < MOST_UPDATE_ID else None


def to_store(untrusted_update: object, body: bytes | None = None) -> RawUpdate:
    """Return the update as the inbox keeps it; ``body`` is what came, if that is at hand.

    One without a usable number gets one below zero, made from its bytes: repeats are still found, and
    it can never stand in the way of a number of Telegram's.
    """
    if body is None:
        body = json.dumps(untrusted_update, separators=(",", ":")).encode()
    number = update_id_of(untrusted_update)
    if number is None:
        number = -1 - int.from_bytes(hashlib.sha256(body).digest()[:7])
    return RawUpdate(number, lane_of(untrusted_update), body)


def _lane_of_message(message: Mapping[str, Any]) -> str:
    chat = _table(message.get("chat"))
    number = _number(chat.get("id"))
    if number is None:
        return ODD
    if chat.get("type") == "private":
        return f"private:{number}"
    thread = _number(message.get("message_thread_id"))
    if message.get("is_topic_message") is True and thread is not None:
        return f"topic:{number}:{thread}"
    return f"group:{number}"


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
