"""How the Bot API writes users, chats, members and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.standin.model import ADMIN_RIGHTS, MEMBER_RIGHTS, Chat, Member, Message, Topic, User
from bot.standin.problems import JSON

if TYPE_CHECKING:
    from bot.standin.world import World


def user(one: User) -> JSON:
    """Return a User."""
    told: JSON = {"id": one.id, "is_bot": one.is_bot, "first_name": one.first_name}
    if one.username:
        told["username"] = one.username
    if one.language_code:
        told["language_code"] = one.language_code
    return told


def chat(world: World, one: Chat) -> JSON:
    """Return a Chat."""
    if one.private:
        person = world.users[one.id]
        told: JSON = {"id": one.id, "type": "private", "first_name": person.first_name}
        return {**told, "username": person.username} if person.username else told
    told = {"id": one.id, "type": one.type, "title": one.title}
    return {**told, "is_forum": True} if one.is_forum else told


def full_chat(world: World, one: Chat) -> JSON:
    """Return a ChatFullInfo."""
    told = chat(world, one) | {
        "accent_color_id": one.id % 7 if one.private else 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if not one.private:
        told["permissions"] = dict.fromkeys(MEMBER_RIGHTS, True)
    if one.pinned and (pinned := one.living(one.pinned[-1])) is not None:
        told["pinned_message"] = message(world, pinned, shallow=True)
    return told


def member(world: World, one: Member) -> JSON:
    """Return a ChatMember."""
    told: JSON = {"status": one.status, "user": user(world.users[one.user])}
    if one.status == "creator":
        told["is_anonymous"] = False
    elif one.status == "administrator":
        told |= {"can_be_edited": False, "is_anonymous": False}
        told |= {right: right in one.rights for right in ADMIN_RIGHTS}
    elif one.status == "restricted":
        told |= {right: right in one.rights for right in MEMBER_RIGHTS}
        told |= {"is_member": True, "until_date": 0}
    elif one.status == "kicked":
        told["until_date"] = 0
    return told


def topic(one: Topic) -> JSON:
    """Return a ForumTopic."""
    told: JSON = {"message_thread_id": one.thread, "name": one.name, "icon_color": one.icon_color}
    return {**told, "icon_custom_emoji_id": one.icon_custom_emoji_id} if one.icon_custom_emoji_id else told


def message(world: World, one: Message, *, shallow: bool = False) -> JSON:
    """Return a Message; a shallow one leaves out what it answers."""
    where = world.chats[one.chat]
    told: JSON = {"message_id": one.id, "date": int(one.date), "chat": chat(world, where)}
    if one.sender in world.users:
        told["from"] = user(world.users[one.sender])
    told |= one.extras
    if one.thread is not None:
        told["message_thread_id"] = one.thread
    if one.topical:
        told["is_topic_message"] = True
    if one.edited_at is not None:
        told["edit_date"] = int(one.edited_at)
    told |= one.content
    if "pinned_message" in told:
        told["pinned_message"] = _pinned(world, where, told["pinned_message"])
    if not shallow and (answered := _answered(where, one)) is not None:
        told["reply_to_message"] = message(world, answered, shallow=True)
    if any(one.buttons):
        told["reply_markup"] = {"inline_keyboard": one.buttons}
    return told


def _answered(where: Chat, one: Message) -> Message | None:
    """Return what a message answers; in a topic, a plain message answers the topic's first one.

    Source: telegram-bot-api `Client.cpp`, JsonMessage: clients send a topic's number as the reply header.
    """
    if one.reply_to is not None:
        return where.living(one.reply_to)
    if one.topical and one.thread is not None and one.thread != one.id:
        return where.living(one.thread)
    return None


def _pinned(world: World, where: Chat, number: int) -> JSON:
    found = where.living(number)
    if found is None:
        return {"chat": chat(world, where), "message_id": number, "date": 0}
    return message(world, found, shallow=True)
