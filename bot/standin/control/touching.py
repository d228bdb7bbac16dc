"""People touch what is there: press, delete, react, block, go away."""

from __future__ import annotations

from bot.standin.control.reading import chat_for, living, person, whole, words
from bot.standin.model import Query
from bot.standin.problems import JSON, ControlError
from bot.standin.updates import tell_blocked, tell_press, tell_reaction
from bot.standin.world import World


def press(world: World, told: JSON) -> JSON:
    """Someone presses a button; its data need not exist, as with a forged client."""
    who = person(world, told)
    chat = chat_for(world, told, who)
    if chat.private and who.blocked:
        raise ControlError(f"{who.first_name} has blocked the bot")
    data = words(told, "data")
    if len(data.encode()) > 64:
        raise ControlError("data has at most 64 bytes")
    query = Query(world.ids.query(), who.id, chat.id, whole(told, "message"), world.clock.now())
    world.queries[query.id] = query
    tell_press(world, query, data, chat.living(query.message))
    return {"query": query.id}


def delete(world: World, told: JSON) -> JSON:
    """Someone deletes a message for everyone; the bot hears nothing of it.

    Source: Bot API has no update for deletions.
    """
    who = person(world, told)
    chat = chat_for(world, told, who)
    message = living(chat, told)
    own = message.sender == who.id
    if not own and not chat.private and not chat.member(who.id).admin:
        raise ControlError(f"{who.first_name} may not delete this")
    world.delete(message)
    return {"deleted": message.id}


def react(world: World, told: JSON) -> JSON:
    """Someone puts a reaction on a message, changes it, or takes it off."""
    who = person(world, told)
    chat = chat_for(world, told, who)
    message = living(chat, told)
    emoji = told.get("emoji")
    old = message.reactions.pop(who.id, [])
    # Telegram names the heart without its colour mark.
    new = [{"type": "emoji", "emoji": str(emoji).replace("\ufe0f", "")}] if emoji else []
    if new:
        message.reactions[who.id] = new
    tell_reaction(world, message, who.id, old, new)
    world.clock.ring()
    return {"reactions": new}


def block(world: World, told: JSON) -> JSON:
    """Someone blocks or unblocks the bot."""
    who = person(world, told)
    blocked = told.get("blocked")
    if not isinstance(blocked, bool):
        raise ControlError("blocked is true or false")
    if who.blocked != blocked:
        who.blocked = blocked
        tell_blocked(world, who.id, blocked=blocked)
        world.clock.ring()
    return {"id": who.id, "blocked": blocked}


def delete_account(world: World, told: JSON) -> JSON:
    """Someone's account goes; the bot hears nothing until it writes to them."""
    who = person(world, told)
    who.deactivated = True
    for chat in world.chats.values():
        if not chat.private and who.id in chat.members:
            chat.members[who.id].status = "left"
    world.clock.ring()
    return {"id": who.id, "deactivated": True}
