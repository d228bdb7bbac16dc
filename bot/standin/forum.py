"""What happens in a forum, whoever does it: topics open, change, close, and messages are pinned."""

from __future__ import annotations

from typing import Any

from bot.standin.model import Chat, Message, Topic
from bot.standin.problems import JSON, bad_request
from bot.standin.updates import tell_message
from bot.standin.world import World

COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
"""Source: Bot API, createForumTopic.icon_color."""
MOST_NAME = 128


def announce(world: World, chat: Chat, by: int, content: JSON, **more: Any) -> Message:
    """Write a service message; unlike other sends, the bot's own ones come back to it.

    Source: telegram-bot-api `Client.cpp`:17399-17440.
    """
    message = world.write(chat, by, next(iter(content)), content, service=True, **more)
    tell_message(world, message)
    return message


def create(
    world: World, chat: Chat, by: int, name: str, colour: int | None = None, emoji: str | None = None
) -> Topic:
    """Open a topic; its number is its service message's.

    Raises:
        ApiError: 400 when the name or the colour is not one.
    """
    _check_name(name)
    if colour is not None and colour not in COLOURS:
        raise bad_request("wrong icon color specified")
    number = world.next_message_id(chat)
    topic = Topic(number, name, colour if colour is not None else COLOURS[0], by, emoji)
    chat.topics[number] = topic
    told: JSON = {"name": name, "icon_color": topic.icon_color}
    if emoji:
        told["icon_custom_emoji_id"] = emoji
    opening = Message(
        chat.id, number, world.clock.now(), by, "forum_topic_created", {"forum_topic_created": told},
        thread=number, topical=True, service=True,
    )  # fmt: skip
    tell_message(world, world.add(opening))
    return topic


def rename(
    world: World, chat: Chat, by: int, topic: Topic, name: str | None, emoji: str | None = None
) -> None:
    """Change a topic's name or icon.

    Raises:
        ApiError: 400 when nothing would change or the name is not one.
    """
    if name is not None:
        _check_name(name)
    told: JSON = {"name": name} if name is not None and name != topic.name else {}
    if emoji is not None and emoji != (topic.icon_custom_emoji_id or ""):
        told["icon_custom_emoji_id"] = emoji
    if not told:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = told.get("name", topic.name)
    topic.icon_custom_emoji_id = told.get("icon_custom_emoji_id", topic.icon_custom_emoji_id) or None
    announce(world, chat, by, {"forum_topic_edited": told}, thread=topic.thread, topical=True)


def set_closed(world: World, chat: Chat, by: int, topic: Topic, *, closed: bool) -> None:
    """Close or reopen a topic.

    Raises:
        ApiError: 400 ``TOPIC_NOT_MODIFIED`` when it is so already.
    """
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    kind = "forum_topic_closed" if closed else "forum_topic_reopened"
    announce(world, chat, by, {kind: {}}, thread=topic.thread, topical=True)


def remove(world: World, chat: Chat, topic: Topic) -> None:
    """Delete a topic with all its messages; nobody is told."""
    topic.deleted = True
    for message in chat.messages.values():
        if message.topical and message.thread == topic.thread and message.deleted_at is None:
            world.delete(message)
    world.clock.ring()


def _check_name(name: str) -> None:
    if not name.strip():
        raise bad_request("topic title must be non-empty")
    if len(name) > MOST_NAME:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
