"""The start worlds: the demo with its people and their group, or nobody at all."""

from __future__ import annotations

from bot.standin.model import Chat, Member, User
from bot.standin.world import World

GROUP = -1001000000001
ADVOCATES = {2001: "Ada", 2002: "Ben", 2003: "Cleo"}
PEOPLE = {3001: ("Phone 1", "vi"), 3002: ("Phone 2", "ar"), 3003: ("Phone 3", "en")}
BOT_RIGHTS = frozenset({"can_manage_chat", "can_manage_topics", "can_delete_messages", "can_pin_messages"})


def fill_demo(world: World) -> None:
    """Add the advocates' forum group with the bot as admin, three advocates and three young people."""
    for number, name in ADVOCATES.items():
        world.add_user(User(number, name, name.lower() + "_advocate", "en"))
    for number, (name, language) in PEOPLE.items():
        world.add_user(User(number, name, None, language))
    group = Chat(GROUP, "supergroup", "Advocates", is_forum=True, last_id=world.ids.first_message())
    advocates = [Member(number, "member") for number in ADVOCATES]
    advocates[0].status = "creator"
    world.add_group(group, [Member(world.bot.id, "administrator", set(BOT_RIGHTS)), *advocates])


def fill_empty(world: World) -> None:
    """Add nobody: the bot is alone until people are made."""
