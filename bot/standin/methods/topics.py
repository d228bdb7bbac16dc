"""Topics of a forum, and pinned messages."""

from __future__ import annotations

from bot.standin import forum, render
from bot.standin.methods.access import check_forum, find_managed_topic, open_chat
from bot.standin.methods.table import method
from bot.standin.model import Chat
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World


@method("createForumTopic", "chat_id name icon_color icon_custom_emoji_id", paced=True)
def create_forum_topic(world: World, args: Args) -> JSON:
    """Open a topic.

    Source: tdlib `ForumTopicManager.cpp`:523; Bot API, createForumTopic.
    """
    chat = open_chat(world, args)
    check_forum(chat)
    if not world.bot_in(chat).may("can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    colour = args.integer("icon_color") if args.has("icon_color") else None
    emoji = args.text("icon_custom_emoji_id") or None
    return render.topic(forum.create(world, chat, world.bot.id, args.text("name"), colour, emoji))


@method("editForumTopic", "chat_id message_thread_id name icon_custom_emoji_id", paced=True)
def edit_forum_topic(world: World, args: Args) -> bool:
    """Rename a topic or change its icon."""
    chat = open_chat(world, args)
    topic = find_managed_topic(world, chat, args, "edit")
    given = args.given()
    name = args.text("name") if args.has("name") else None
    emoji = args.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in given else None
    forum.rename(world, chat, world.bot.id, topic, name, emoji)
    return True


@method("closeForumTopic", "chat_id message_thread_id")
def close_forum_topic(world: World, args: Args) -> bool:
    """Close a topic."""
    chat = open_chat(world, args)
    forum.set_closed(world, chat, world.bot.id, find_managed_topic(world, chat, args, "close"), closed=True)
    return True


@method("reopenForumTopic", "chat_id message_thread_id")
def reopen_forum_topic(world: World, args: Args) -> bool:
    """Open a closed topic again."""
    chat = open_chat(world, args)
    forum.set_closed(world, chat, world.bot.id, find_managed_topic(world, chat, args, "reopen"), closed=False)
    return True


@method("deleteForumTopic", "chat_id message_thread_id")
def delete_forum_topic(world: World, args: Args) -> bool:
    """Delete a topic with all its messages."""
    chat = open_chat(world, args)
    check_forum(chat)
    topic = chat.open_topic(args.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    if not world.bot_in(chat).may("can_delete_messages"):
        raise bad_request("not enough rights to delete the topic")
    forum.remove(world, chat, topic)
    return True


def _check_pinning(world: World, chat: Chat) -> None:
    if not chat.private and not world.bot_in(chat).may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage", "business_connection_id chat_id message_id disable_notification")
def pin_chat_message(world: World, args: Args) -> bool:
    """Pin a message; the service message about it comes back to the bot."""
    chat = open_chat(world, args)
    _check_pinning(world, chat)
    message = chat.living(args.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.service:
        raise bad_request("can't pin a service message")
    if message.id in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.pinned.append(message.id)
    where = {"thread": message.thread, "topical": True} if message.topical else {}
    forum.announce(world, chat, world.bot.id, {"pinned_message": message.id}, **where)
    return True


@method("unpinChatMessage", "business_connection_id chat_id message_id")
def unpin_chat_message(world: World, args: Args) -> bool:
    """Unpin a message, by default the latest pinned one."""
    chat = open_chat(world, args)
    _check_pinning(world, chat)
    number = args.integer("message_id") if args.has("message_id") else (chat.pinned or [0])[-1]
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    world.clock.ring()
    return True


@method("unpinAllForumTopicMessages", "chat_id message_thread_id")
def unpin_all_forum_topic_messages(world: World, args: Args) -> bool:
    """Unpin everything in a topic."""
    chat = open_chat(world, args)
    _check_pinning(world, chat)
    check_forum(chat)
    topic = chat.open_topic(args.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    chat.pinned = [number for number in chat.pinned if chat.messages[number].thread != topic.thread]
    world.clock.ring()
    return True
