"""Reading what the control API is told; what makes no sense is a ControlError in plain words."""

from __future__ import annotations

from bot.standin.model import Chat, Message, Topic, User
from bot.standin.problems import JSON, ControlError
from bot.standin.world import World


def person(world: World, told: JSON, name: str = "as") -> User:
    """Return the person who acts."""
    found = world.users.get(whole(told, name))
    if found is None or found.is_bot:
        raise ControlError(f"{name}: there is no person {told.get(name)}")
    if found.deactivated:
        raise ControlError("this account was deleted")
    return found


def whole(told: JSON, name: str) -> int:
    """Return a whole number."""
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ControlError(f"{name} is a whole number")
    return value


def words(told: JSON, name: str) -> str:
    """Return a text that is not empty."""
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ControlError(f"{name} is a text and not empty")
    return value


def chat_for(world: World, told: JSON, who: User) -> Chat:
    """Return the chat in which someone acts, by default their own with the bot; they must be in it."""
    number = whole(told, "chat") if told.get("chat") is not None else who.id
    found = world.chats.get(number)
    if found is None:
        raise ControlError(f"there is no chat {number}")
    if found.migrated_to is not None:
        raise ControlError(f"this group moved to {found.migrated_to}")
    if found.private and found.id != who.id:
        raise ControlError("this is another person's chat")
    if not found.private and not found.member(who.id).present:
        raise ControlError(f"{who.first_name} is not in this group")
    return found


def group(world: World, told: JSON) -> Chat:
    """Return a group."""
    found = world.chats.get(whole(told, "chat"))
    if found is None or found.private:
        raise ControlError(f"there is no group {told['chat']}")
    if found.migrated_to is not None:
        raise ControlError(f"this group moved to {found.migrated_to}")
    return found


def living(chat: Chat, told: JSON, name: str = "message") -> Message:
    """Return a message that is still there."""
    found = chat.living(whole(told, name))
    if found is None:
        raise ControlError(f"there is no message {told[name]} in this chat")
    return found


def topic(chat: Chat, told: JSON) -> Topic:
    """Return a topic that is still there."""
    found = chat.open_topic(whole(told, "thread"))
    if found is None:
        raise ControlError(f"there is no topic {told['thread']} in this group")
    return found
