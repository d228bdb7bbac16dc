"""Which happenings the bot hears of, and as what."""

from __future__ import annotations

import re
from typing import Any

from bot.standin import render
from bot.standin.model import Chat, Member, Message, Query
from bot.standin.problems import JSON
from bot.standin.queue import BUTTON_LIFE, LIFE
from bot.standin.world import World


def hears(world: World, message: Message) -> bool:
    """Whether a message reaches the bot: in groups privacy mode hides most from a bot that is no admin.

    Source: core.telegram.org/bots/features#privacy-mode.
    """
    chat = world.chats[message.chat]
    if chat.private:
        return True
    standing = world.bot_in(chat)
    if not standing.present:
        return False
    return standing.admin or message.service or _concerns_the_bot(world, chat, message)


def _concerns_the_bot(world: World, chat: Chat, message: Message) -> bool:
    answered = chat.living(message.reply_to) if message.reply_to else None
    if answered is not None and answered.sender == world.bot.id:
        return True
    name = re.escape(world.bot.username or "")
    if re.match(rf"/[A-Za-z0-9_]+(@{name})?(?![@\w])", message.words):
        return True
    return re.search(rf"@{name}\b", message.words, re.IGNORECASE) is not None


def tell_message(world: World, message: Message) -> None:
    """Queue a new message of somebody else's, if the bot hears it."""
    _tell(world, "message", message)


def tell_edit(world: World, message: Message) -> None:
    """Queue an edited message, if the bot hears it."""
    _tell(world, "edited_message", message)


def _tell(world: World, kind: str, message: Message) -> None:
    if hears(world, message):
        body = render.message(world, message)
        heard = message if kind == "message" else None
        world.queue.push(kind, body, ("message", message.chat), life=LIFE, message=heard)


def tell_press(world: World, query: Query, data: str, message: Message | None) -> None:
    """Queue a pressed button; it lives 150 seconds only.

    Source: telegram-bot-api `Client.cpp`, add_new_callback_query.
    """
    chat = world.chats[query.chat]
    body: JSON = {
        "id": query.id,
        "from": render.user(world.users[query.user]),
        "chat_instance": str(abs(query.chat) * 7919),
        "data": data,
        "message": {"chat": render.chat(world, chat), "message_id": query.message, "date": 0},
    }
    if message is not None:
        body["message"] = render.message(world, message)
    world.queue.push("callback_query", body, ("callback_query", query.user), life=BUTTON_LIFE)


def tell_standing(world: World, chat: Chat, by: int, old: JSON, new: JSON) -> None:
    """Queue that a member's standing changed: the bot's own, or another's when the bot is admin and asked."""
    if old == new:
        return
    body: JSON = {
        "chat": render.chat(world, chat),
        "from": render.user(world.users[by]),
        "date": int(world.clock.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    if new["user"]["id"] == world.bot.id:
        world.queue.push("my_chat_member", body, ("my_chat_member", chat.id))
    elif world.bot_in(chat).admin:
        world.queue.push("chat_member", body, ("chat_member", chat.id))


def tell_blocked(world: World, person: int, *, blocked: bool) -> None:
    """Queue that a person blocked or unblocked the bot, as a change of the bot's standing in their chat."""
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    old, new = (render.member(world, Member(world.bot.id, status)) for status in (before, after))
    tell_standing(world, world.chats[person], person, old, new)


def tell_reaction(world: World, message: Message, by: int, old: list[JSON], new: list[JSON]) -> None:
    """Queue a changed reaction; in groups for an admin alone.

    Source: Bot API, Update.message_reaction.
    """
    chat = world.chats[message.chat]
    if old == new or (not chat.private and not world.bot_in(chat).admin):
        return
    body: JSON = {
        "chat": render.chat(world, chat),
        "message_id": message.id,
        "user": render.user(world.users[by]),
        "date": int(world.clock.now()),
        "old_reaction": old,
        "new_reaction": new,
    }
    world.queue.push("message_reaction", body, ("message_reaction", message.chat))


def tell_raw(world: World, told: JSON) -> int:
    """Queue any update made by hand: of an unknown kind, with a chosen id, or one that cannot be read.

    A `raw` text becomes an update whose message is that text: whole JSON, yet no message. With `verbatim`
    the text itself goes out, which Telegram would never do.
    """
    chosen = told.get("update_id")
    update_id = int(chosen) if chosen is not None else world.queue.new_id()
    if isinstance(told.get("raw"), str):
        verbatim = told["raw"] if told.get("verbatim") else None
        return world.queue.put(update_id, "message", told["raw"], ("message", 0), verbatim=verbatim)
    kind = next(key for key in told if key != "update_id")
    return world.queue.put(update_id, kind, told[kind], (kind, _lane_number(told[kind])))


def _lane_number(body: Any) -> int:
    if not isinstance(body, dict):
        return 0
    chat = body.get("chat") or body.get("from") or {}
    return int(chat.get("id", 0)) if isinstance(chat, dict) else 0
