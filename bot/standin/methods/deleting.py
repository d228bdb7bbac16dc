"""Deletions by the bot."""

from __future__ import annotations

from bot.standin.methods.access import open_chat
from bot.standin.methods.copying import message_ids
from bot.standin.methods.table import method
from bot.standin.model import Chat, Message
from bot.standin.problems import bad_request
from bot.standin.wire import Args
from bot.standin.world import World

TWO_DAYS = 48 * 3600


def _check(world: World, chat: Chat, message: Message) -> None:
    """Refuse what Telegram does not let a bot delete.

    Source: Bot API, deleteMessage; tdlib `MessagesManager.cpp`:8422, 8500-8508.
    """
    if "forum_topic_created" in message.content:
        raise bad_request("message can't be deleted")
    young = world.clock.now() - message.date < TWO_DAYS
    if chat.private:
        if not young:
            raise bad_request("message can't be deleted for everyone")
        return
    if world.bot_in(chat).may("can_delete_messages"):
        return
    if message.sender != world.bot.id or message.service:
        raise bad_request("message can't be deleted")
    if not young:
        raise bad_request("message can't be deleted for everyone")


@method("deleteMessage", "chat_id message_id")
def delete_message(world: World, args: Args) -> bool:
    """Delete one message."""
    chat = open_chat(world, args)
    message = chat.living(args.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _check(world, chat, message)
    world.delete(message)
    return True


@method("deleteMessages", "chat_id message_ids")
def delete_messages(world: World, args: Args) -> bool:
    """Delete up to a hundred: missing ones are skipped, one that may not go keeps them all."""
    chat = open_chat(world, args)
    found = [one for number in message_ids(args) if (one := chat.living(number)) is not None]
    for message in found:
        _check(world, chat, message)
    for message in found:
        world.delete(message)
    return True
