"""A raw update becomes one of our values; what cannot be read raises UnreadableUpdate without its content."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update

from bot.errors import UnreadableUpdate
from bot.gateway.content import clean, content_of
from bot.gateway.sender import chat_id, presser_of, sender_of, whole
from bot.messages import (
    BotStanding,
    FromGroup,
    FromPrivate,
    GroupMigrated,
    Ignored,
    Incoming,
    MemberChanged,
    Pressed,
    Reach,
    ReachChanged,
)

GROUPS = frozenset({"group", "supergroup"})
NEEDED_RIGHT = "can_manage_topics"
"""What the bot must be allowed as an administrator; being one also lets it read every message."""


def read_body(body: bytes, bot_id: int) -> Incoming:
    """Read a stored update from its bytes.

    Raises:
        UnreadableUpdate: If it is no JSON, no update, or has fields of the wrong type.
    """
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableUpdate("An update is not JSON.") from None
    return read(raw, bot_id)


def read(untrusted_update: Any, bot_id: int) -> Incoming:
    """Return what an update says; ``bot_id`` is our own user id.

    Raises:
        UnreadableUpdate: Likewise.
    """
    if not isinstance(untrusted_update, dict):
        raise UnreadableUpdate("An update is not an object.")
    try:
        # The library's constructors raise whatever a wrong type happens to break.
        return _read(Update.de_json(untrusted_update, None), bot_id)
    except UnreadableUpdate:
        raise
    except Exception:
        raise UnreadableUpdate("An update has another shape than the Bot API's.") from None


def _read(update: Update, bot_id: int) -> Incoming:
    if update.message is not None:
        return _message(update.message, bot_id, edited=False)
    if update.edited_message is not None:
        return _message(update.edited_message, bot_id, edited=True)
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.my_chat_member is not None:
        return _standing(update.my_chat_member)
    if update.chat_member is not None:
        return _member(update.chat_member)
    if update.message_reaction is not None or update.message_reaction_count is not None:
        return Ignored("reaction")
    if update.channel_post is not None or update.edited_channel_post is not None:
        return Ignored("channel post")
    return Ignored("unknown kind")


def _message(message: Message, bot_id: int, *, edited: bool) -> Incoming:
    if message.chat.type == "private":
        return _from_private(message, bot_id, edited=edited)
    if message.chat.type in GROUPS:
        return _from_group(message, bot_id, edited=edited)
    return Ignored("channel post")


def _from_private(message: Message, bot_id: int, *, edited: bool) -> Incoming:
    content = content_of(message, bot_id=bot_id, edited=edited)
    if isinstance(content, Ignored):
        return content
    sender = sender_of(message)
    if sender.user != message.chat.id:
        return Ignored("sender is not the chat")
    return FromPrivate(sender, content)


def _from_group(message: Message, bot_id: int, *, edited: bool) -> Incoming:
    group = chat_id(message.chat.id)
    if message.migrate_to_chat_id is not None:
        return GroupMigrated(group, chat_id(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return GroupMigrated(chat_id(message.migrate_from_chat_id), group)
    if message.left_chat_member is not None and message.left_chat_member.id != bot_id:
        return MemberChanged(group, chat_id(message.left_chat_member.id), False)
    content = content_of(message, bot_id=bot_id, edited=edited)
    if isinstance(content, Ignored):
        return content
    return FromGroup(group, _thread(message), sender_of(message), content)


def _thread(message: Message) -> int | None:
    # A reply in General may carry a thread id of its own; only the flag tells a topic.
    if message.is_topic_message is not True or message.message_thread_id is None:
        return None
    return whole(message.message_thread_id)


def _press(query: CallbackQuery) -> Incoming:
    message = query.message
    if message is None:
        return Ignored("press without a message")
    if query.data is None:
        return Ignored("press without data")
    sender = presser_of(query.from_user)
    pressed = Pressed(clean(query.data), clean(query.id), whole(message.message_id))
    if message.chat.type == "private":
        return FromPrivate(sender, pressed)
    if message.chat.type in GROUPS:
        thread = _thread(message) if isinstance(message, Message) else None
        return FromGroup(chat_id(message.chat.id), thread, sender, pressed)
    return Ignored("channel post")


def _standing(change: ChatMemberUpdated) -> Incoming:
    new = change.new_chat_member
    if change.chat.type == "private":
        reach = Reach.BLOCKED if new.status == ChatMember.BANNED else Reach.OPEN
        return ReachChanged(chat_id(change.chat.id), reach)
    if change.chat.type not in GROUPS:
        return Ignored("channel post")
    return BotStanding(chat_id(change.chat.id), _present(new), _fit(new))


def _member(change: ChatMemberUpdated) -> Incoming:
    if change.chat.type not in GROUPS:
        return Ignored("channel post")
    new = change.new_chat_member
    return MemberChanged(chat_id(change.chat.id), chat_id(new.user.id), _present(new))


_PRESENT: dict[str, Callable[[ChatMember], bool]] = {
    ChatMember.OWNER: lambda member: True,
    ChatMember.ADMINISTRATOR: lambda member: True,
    ChatMember.MEMBER: lambda member: True,
    ChatMember.RESTRICTED: lambda member: getattr(member, "is_member", None) is True,
}


def _present(member: ChatMember) -> bool:
    return member.status in _PRESENT and _PRESENT[member.status](member)


def _fit(member: ChatMember) -> bool:
    """Whether the bot is an administrator who may do what it needs."""
    return member.status == ChatMember.ADMINISTRATOR and getattr(member, NEEDED_RIGHT, None) is True
