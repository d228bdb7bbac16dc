"""Chats and their members."""

from __future__ import annotations

from bot.standin import render
from bot.standin.methods.access import check_inside, find_chat, open_chat
from bot.standin.methods.table import method
from bot.standin.model import Chat
from bot.standin.problems import JSON, bad_request
from bot.standin.updates import tell_standing
from bot.standin.wire import Args
from bot.standin.world import World


@method("getChat", "chat_id")
def get_chat(world: World, args: Args) -> JSON:
    """Tell about a chat; a person who blocked the bot can still be looked up."""
    chat = find_chat(world, args)
    if not chat.private:
        check_inside(world, chat)
    return render.full_chat(world, chat)


def _group(world: World, args: Args) -> Chat:
    chat = open_chat(world, args)
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    return chat


@method("getChatMember", "chat_id user_id")
def get_chat_member(world: World, args: Args) -> JSON:
    """Tell someone's standing in a group."""
    chat = open_chat(world, args)
    user = args.integer("user_id")
    if user not in world.users or (chat.private and user not in (chat.id, world.bot.id)):
        raise bad_request("member not found" if user in world.users else "PARTICIPANT_ID_INVALID")
    if chat.private:
        return {"status": "member", "user": render.user(world.users[user])}
    return render.member(world, chat.member(user))


@method("getChatAdministrators", "chat_id return_bots")
def get_chat_administrators(world: World, args: Args) -> list[JSON]:
    """Tell who runs a group; other bots are left out unless asked for, this bot never is."""
    chat = _group(world, args)
    admins = [member for member in chat.members.values() if member.admin]
    return [
        render.member(world, member)
        for member in admins
        if args.boolean("return_bots") or member.user == world.bot.id or not world.users[member.user].is_bot
    ]


@method("getChatMemberCount", "chat_id")
def get_chat_member_count(world: World, args: Args) -> int:
    """Count those in a chat."""
    chat = open_chat(world, args)
    return 2 if chat.private else sum(member.present for member in chat.members.values())


@method("leaveChat", "chat_id")
def leave_chat(world: World, args: Args) -> bool:
    """Leave a group; the bot hears of its own leaving."""
    chat = open_chat(world, args)
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    mine = world.bot_in(chat)
    old = render.member(world, mine)
    mine.status, mine.rights = "left", set()
    tell_standing(world, chat, world.bot.id, old, render.member(world, mine))
    return True
