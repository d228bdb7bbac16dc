"""Who Telegram says wrote, and what makes that claim unfit for authority."""

from __future__ import annotations

from typing import Any

from telegram import Chat, Message, User

from bot.errors import UnreadableUpdate
from bot.messages import ChatId, Sender

ANONYMOUS_ADMIN = 1087968824
"""@GroupAnonymousBot: Telegram's stand-in for administrators who write as the group."""

CHANNEL_BOTS = frozenset({136817688, 777000})
"""@Channel_Bot and Telegram's own account: they stand in for channels."""

MOST_ID = 2**52


def sender_of(message: Message) -> Sender:
    """Return who wrote a message, with the disguise that Telegram lets show."""
    user = message.from_user
    number = user.id if user is not None else message.sender_chat.id if message.sender_chat else None
    return Sender(chat_id(number), _disguise(message), language_of(user))


def presser_of(user: User) -> Sender:
    """Return who pressed a button; the message under it says nothing about them."""
    return Sender(chat_id(user.id), _disguise_of_user(user), language_of(user))


def chat_id(untrusted_number: Any) -> ChatId:
    """Return a chat's or user's id. Raises UnreadableUpdate if it is no whole number in range."""
    return ChatId(whole(untrusted_number))


def whole(untrusted_number: Any) -> int:
    """Return a whole number in Telegram's range; the library checks no primitive types."""
    fits = isinstance(untrusted_number, int) and not isinstance(untrusted_number, bool)
    if not fits or abs(untrusted_number) >= MOST_ID:
        raise UnreadableUpdate("An update has a field of the wrong type.")
    return int(untrusted_number)


def language_of(user: User | None) -> str | None:
    """Return the language of the person's app, if it looks like a tag."""
    tag = user.language_code if user is not None else None
    if not isinstance(tag, str) or not tag.isascii() or not 2 <= len(tag) <= 35:
        return None
    return tag if tag.replace("-", "").isalnum() else None


def _disguise(message: Message) -> str | None:
    if message.sender_chat is not None:
        return _disguise_of_chat(message.sender_chat, message.chat)
    if message.from_user is None or message.is_automatic_forward:
        return "channel"
    if message.forward_origin is not None or any(key.startswith("forward") for key in message.api_kwargs):
        return "forward"
    if message.via_bot is not None:
        return "via bot"
    if message.sender_business_bot is not None or message.guest_bot_caller_user is not None:
        return "bot"
    return _disguise_of_user(message.from_user)


def _disguise_of_chat(sender_chat: Chat, chat: Chat) -> str:
    return "anonymous admin" if sender_chat.id == chat.id else "channel"


def _disguise_of_user(user: User) -> str | None:
    if user.id == ANONYMOUS_ADMIN:
        return "anonymous admin"
    if user.id in CHANNEL_BOTS:
        return "channel"
    # A missing or odd `is_bot` is no proof of a human.
    return None if user.is_bot is False else "bot"
