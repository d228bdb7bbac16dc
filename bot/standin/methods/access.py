"""May the bot do this here? Every refusal has Telegram's own words."""

from __future__ import annotations

from bot.standin.model import GENERAL, Chat, Topic
from bot.standin.problems import bad_request, forbidden
from bot.standin.wire import Args
from bot.standin.world import World


def find_chat(world: World, args: Args, name: str = "chat_id") -> Chat:
    """Return the chat that a call names, whether or not the bot may write there.

    Raises:
        ApiError: 400 when it is missing, unknown, or moved to a new id.
    """
    given = args.text(name)
    if not given:
        raise bad_request("chat_id is empty" if name == "chat_id" else f"{name} is empty")
    chat = world.chats.get(int(given)) if given.lstrip("-").isdigit() else None
    if chat is None and int(given.lstrip("-").isdigit() and given) == world.bot.id:
        raise forbidden("bot can't send messages to bots")
    if chat is None or (chat.private and not _acquainted(world, chat)):
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to}
        )
    return chat


def _acquainted(world: World, chat: Chat) -> bool:
    """Whether the bot ever met this person: in their own chat or in a group they share."""
    person = world.users[chat.id]
    groups = [group for group in world.chats.values() if not group.private]
    return person.started or any(
        person.id in group.members and world.bot.id in group.members for group in groups
    )


def open_chat(world: World, args: Args, name: str = "chat_id") -> Chat:
    """Return the chat that a call names, if the bot may write there.

    Source: telegram-bot-api `Client.cpp`:124-127, 8125-8190; tdlib `MessagesManager.cpp`:27957.

    Raises:
        ApiError: 400 or 403 in Telegram's words.
    """
    chat = find_chat(world, args, name)
    if chat.private:
        _check_person(world, chat)
    else:
        check_inside(world, chat)
    return chat


def _check_person(world: World, chat: Chat) -> None:
    person = world.users[chat.id]
    if person.deactivated:
        raise forbidden("user is deactivated")
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")


def check_inside(world: World, chat: Chat) -> None:
    """Refuse when the bot is no longer in a group."""
    standing = world.bot_in(chat)
    kind = "supergroup" if chat.type == "supergroup" else "group"
    if standing.status == "kicked":
        raise forbidden(f"bot was kicked from the {kind} chat")
    if not standing.present:
        raise forbidden(f"bot is not a member of the {kind} chat")


def find_topic(world: World, chat: Chat, args: Args) -> Topic | None:
    """Return the topic that a send goes to, or None for none (General, or a chat without topics).

    A deleted or unknown topic, General's own number, and a plain message's number are all not found.

    Source: telegram-bot-api `Client.cpp`:8276; levlam in tdlib/telegram-bot-api#447, #356.
    """
    if not args.has("message_thread_id"):
        return None
    thread = args.integer("message_thread_id")
    topic = chat.open_topic(thread) if chat.is_forum and thread != GENERAL else None
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and not _may_manage(world, chat, topic):
        raise bad_request("TOPIC_CLOSED")
    return topic


def _may_manage(world: World, chat: Chat, topic: Topic) -> bool:
    return world.bot_in(chat).may("can_manage_topics") or topic.creator == world.bot.id


def find_managed_topic(world: World, chat: Chat, args: Args, doing: str) -> Topic:
    """Return the topic that a call edits, closes or reopens.

    Source: tdlib `ForumTopicManager.cpp`; the bot's own topics need no right.
    """
    check_forum(chat)
    topic = chat.open_topic(args.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    if not _may_manage(world, chat, topic):
        raise bad_request(f"not enough rights to {doing} the topic")
    return topic


def check_forum(chat: Chat) -> None:
    """Refuse when a chat has no topics."""
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
