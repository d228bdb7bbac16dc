"""People and groups: who is there, who runs what, topics, and groups that move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.standin import forum, render
from bot.standin.control.reading import chat_for, group, person, topic, whole, words
from bot.standin.model import ADMIN_RIGHTS, Chat, Member, User
from bot.standin.problems import JSON, ApiError, ControlError
from bot.standin.updates import tell_standing
from bot.standin.world import World

LEFT = {"leave": "left", "kick": "kicked"}


def add_person(world: World, told: JSON) -> JSON:
    """Someone gets a phone."""
    number = whole(told, "id") if told.get("id") is not None else world.ids.user()
    if number in world.users or number <= 0:
        raise ControlError(f"the id {number} is taken")
    username, language = (str(told[key]) if told.get(key) else None for key in ("username", "language_code"))
    return describe(world.add_user(User(number, words(told, "first_name"), username, language)))


def describe(one: User) -> JSON:
    """Return a person for the page."""
    return {
        "id": one.id, "first_name": one.first_name, "username": one.username,
        "language_code": one.language_code, "blocked": one.blocked, "started": one.started,
        "deactivated": one.deactivated,
    }  # fmt: skip


def add_group(world: World, told: JSON) -> JSON:
    """A new group, with the bot and some people; `type` is supergroup (the default) or group."""
    kind = told.get("type", "supergroup")
    if kind not in {"group", "supergroup"}:
        raise ControlError("type is group or supergroup")
    number = world.ids.group(supergroup=kind == "supergroup")
    made = Chat(number, kind, words(told, "title"), is_forum=bool(told.get("is_forum")))
    people = [Member(one, "member") for one in told.get("members", [])]
    if any(member.user not in world.users for member in people):
        raise ControlError("members are ids of people")
    if people:
        people[0].status = "creator"
    rights = told.get("bot_rights")
    mine = Member(world.bot.id, "member" if rights is None else "administrator", set(rights or ()))
    world.add_group(made, [mine, *people])
    return {"id": number}


def change_topic(world: World, told: JSON) -> JSON:
    """Someone creates, renames, closes, reopens or deletes a topic."""
    who = person(world, told)
    chat = chat_for(world, told, who)
    action = told.get("action")
    if not chat.is_forum:
        raise ControlError("this chat has no topics")
    try:
        if action == "create":
            return render.topic(forum.create(world, chat, who.id, words(told, "name")))
        found = topic(chat, told)
        if not chat.member(who.id).admin and found.creator != who.id:
            raise ControlError(f"{who.first_name} may not change this topic")
        if action == "delete":
            forum.remove(world, chat, found)
        elif action == "rename":
            forum.rename(world, chat, who.id, found, words(told, "name"))
        elif action in {"close", "reopen"}:
            forum.set_closed(world, chat, who.id, found, closed=action == "close")
        else:
            raise ControlError("action is create, close, reopen, delete or rename")
    except ApiError as refused:
        raise ControlError(refused.description) from refused
    return render.topic(found)


def change_member(world: World, told: JSON) -> JSON:
    """Someone, perhaps the bot, joins, leaves, is thrown out, or is given or loses an admin's rights."""
    chat = group(world, told)
    user = whole(told, "user")
    if user not in world.users:
        raise ControlError(f"there is no user {user}")
    actions: dict[str, Callable[[World, Chat, Member, JSON], None]] = {
        "join": _join, "leave": _go, "kick": _go, "promote": _promote, "demote": _demote,
    }  # fmt: skip
    if told.get("action") not in actions:
        raise ControlError(f"action is {', '.join(actions)}")
    member = chat.members.setdefault(user, Member(user, "left"))
    old = render.member(world, member)
    actions[told["action"]](world, chat, member, told)
    new = render.member(world, member)
    tell_standing(world, chat, _doer(chat, member, told), old, new)
    world.clock.ring()
    return new


def _doer(chat: Chat, member: Member, told: JSON) -> int:
    """Return who did it: the one named, else the one who goes or comes, else whoever owns the group."""
    if told.get("by") is not None:
        return int(told["by"])
    owners = [one.user for one in chat.members.values() if one.status == "creator"]
    alone = told["action"] == "leave" or not owners
    return member.user if alone else owners[0]


def _join(world: World, chat: Chat, member: Member, told: JSON) -> None:
    member.status, member.rights = "member", set()
    content: JSON = {"new_chat_members": [render.user(world.users[member.user])]}
    forum.announce(world, chat, _doer(chat, member, told), content)


def _go(world: World, chat: Chat, member: Member, told: JSON) -> None:
    if not member.present:
        raise ControlError("they are not in the group")
    member.status, member.rights = LEFT[told["action"]], set()
    content: JSON = {"left_chat_member": render.user(world.users[member.user])}
    forum.announce(world, chat, _doer(chat, member, told), content)


def _promote(world: World, chat: Chat, member: Member, told: JSON) -> None:
    rights: Any = told.get("rights", ADMIN_RIGHTS)
    if not set(rights) <= set(ADMIN_RIGHTS):
        raise ControlError(f"rights are among {', '.join(ADMIN_RIGHTS)}")
    member.status, member.rights = "administrator", {"can_manage_chat", *rights}


def _demote(world: World, chat: Chat, member: Member, told: JSON) -> None:
    if not member.admin:
        raise ControlError("they have no rights to lose")
    member.status, member.rights = "member", set()


def migrate(world: World, told: JSON) -> JSON:
    """A group becomes a supergroup with a new id; topics and messages stay behind.

    Source: Bot API, Message.migrate_to_chat_id; telegram-bot-api `Client.cpp`:8150.
    """
    old = group(world, told)
    doer = next((one.user for one in old.members.values() if one.status == "creator"), world.bot.id)
    new = Chat(world.ids.group(supergroup=True), "supergroup", old.title, is_forum=old.is_forum)
    world.add_group(new, [Member(one.user, one.status, set(one.rights)) for one in old.members.values()])
    forum.announce(world, old, doer, {"migrate_to_chat_id": new.id})
    forum.announce(world, new, doer, {"migrate_from_chat_id": old.id})
    old.migrated_to = new.id
    world.clock.ring()
    return {"new_chat": new.id}
