"""People write: texts, places, files, in their own chat or in a group's topic."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.standin import entities, files, render
from bot.standin.control.reading import chat_for, living, person, words
from bot.standin.entities import Styled
from bot.standin.model import Chat, Message, User
from bot.standin.problems import JSON, ApiError, ControlError
from bot.standin.updates import tell_blocked, tell_edit, tell_message
from bot.standin.world import World

ANONYMOUS_ADMIN = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = User(136817688, "Channel", "Channel_Bot", is_bot=True)
A_CHANNEL = {"id": -1009000000009, "type": "channel", "title": "Some channel"}
OTHER_BOT = {"id": 4000001, "is_bot": True, "first_name": "Another bot", "username": "another_standin_bot"}


def send(world: World, told: JSON) -> JSON:
    """Someone writes."""
    who = person(world, told)
    chat = chat_for(world, told, who)
    kind, content = _content(world, told)
    where = _where(chat, told, who)
    if chat.private:
        _begin(world, who)
    extras, sender = _guise(world, chat, told, who)
    message = world.write(chat, sender, kind, content, extras=extras, **where)
    tell_message(world, message)
    return {"message": message.id, "chat": chat.id, **render.message(world, message)}


def _begin(world: World, who: User) -> None:
    """Whoever writes to the bot has started it; after blocking it, that takes the block away."""
    who.started = True
    if who.blocked:
        who.blocked = False
        tell_blocked(world, who.id, blocked=False)


def _where(chat: Chat, told: JSON, who: User) -> JSON:
    where: JSON = {}
    if told.get("thread") not in (None, 0, 1):
        found = chat.open_topic(told["thread"])
        if found is None:
            raise ControlError(f"there is no topic {told['thread']} in this group")
        if found.closed and not chat.member(who.id).admin:
            raise ControlError("this topic is closed")
        where = {"thread": found.thread, "topical": True}
    if told.get("reply_to") is not None:
        answered = living(chat, told, "reply_to")
        where["reply_to"] = answered.id
    return where


def _content(world: World, told: JSON) -> tuple[str, JSON]:
    if told.get("location") is not None:
        return "location", {"location": _location(told["location"])}
    if told.get("file") is not None:
        return _file(world, told["file"])
    return "text", text_content(words(told, "text"))


def text_content(text: str) -> JSON:
    """Return a person's words as Telegram keeps them: commands are found, nothing is formatted."""
    try:
        styled = entities.message_text(Styled(text))
    except ApiError as refused:
        raise ControlError(refused.description) from refused
    found = {"entities": list(styled.entities)} if styled.entities else {}
    return {"text": styled.text, **found}


def _location(told: Any) -> JSON:
    kept = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
    place = {key: told[key] for key in kept if isinstance(told, dict) and key in told}
    if not all(isinstance(place.get(key), int | float) for key in ("latitude", "longitude")):
        raise ControlError("a location has a latitude and a longitude")
    return place


def _file(world: World, told: JSON) -> tuple[str, JSON]:
    kind = told.get("kind", "document")
    if kind == "contact":
        number = str(told.get("phone_number", "+440000000000"))
        return kind, {"contact": {"phone_number": number, "first_name": str(told.get("name") or "Somebody")}}
    if kind not in files.FILE_KINDS:
        raise ControlError(f"kind is contact or one of {', '.join(sorted(files.FILE_KINDS))}")
    try:
        data = base64.b64decode(told.get("base64") or "", validate=True)
    except (binascii.Error, TypeError) as error:
        raise ControlError("base64 is not base64") from error
    size = told.get("size")
    file = world.files.keep(
        kind, str(told.get("name") or kind), data, size=size if isinstance(size, int) else None
    )
    caption = str(told.get("caption") or "")
    return kind, files.describe(file, told) | ({"caption": caption} if caption else {})


def _guise(world: World, chat: Chat, told: JSON, who: User) -> tuple[JSON, int]:
    """Return what a message shows of its sender, and under whose id it goes."""
    extras: JSON = {}
    sender = who.id
    if told.get("forward_from") is not None:
        origin = render.user(person(world, told, "forward_from"))
        extras["forward_origin"] = {"type": "user", "date": int(world.clock.now()), "sender_user": origin}
    if told.get("via_bot"):
        extras["via_bot"] = OTHER_BOT
    if told.get("sender_chat"):
        if chat.private:
            raise ControlError("sender_chat is for groups")
        mask = ANONYMOUS_ADMIN if told["sender_chat"] == "self" else CHANNEL_BOT
        extras["sender_chat"] = render.chat(world, chat) if told["sender_chat"] == "self" else A_CHANNEL
        extras["from"] = render.user(mask)
    return extras, sender


def edit(world: World, told: JSON) -> JSON:
    """Someone edits their own message, or moves their live location."""
    who = person(world, told)
    chat = chat_for(world, told, who)
    message = living(chat, told)
    if message.sender != who.id or message.service:
        raise ControlError("people edit their own messages only")
    message.content = _edited(message, told)
    message.edited_at = world.clock.now()
    world.edited(message)
    tell_edit(world, message)
    return render.message(world, message)


def _edited(message: Message, told: JSON) -> JSON:
    if told.get("location") is not None:
        if "location" not in message.content:
            raise ControlError("this message is no location")
        return {"location": message.content["location"] | _location(told["location"])}
    if "text" in message.content:
        return text_content(words(told, "text"))
    if message.kind in {"location", "contact", "sticker", "video_note"}:
        raise ControlError("this message has no text")
    return message.content | {"caption": words(told, "text")}
