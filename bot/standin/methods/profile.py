"""The bot itself: its name, words about it, commands, menu button."""

from __future__ import annotations

import re

from bot.standin import render
from bot.standin.methods.access import open_chat
from bot.standin.methods.table import method
from bot.standin.problems import JSON, bad_request, too_many_requests
from bot.standin.wire import Args
from bot.standin.world import World

TEN_MINUTES = 600
SCOPES = frozenset({
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
    "chat", "chat_administrators", "chat_member",
})  # fmt: skip
MENU_BUTTONS = frozenset({"commands", "web_app", "default"})


@method("getMe")
def get_me(world: World, args: Args) -> JSON:
    """Tell who the bot is."""
    flags = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return render.user(world.bot) | flags


@method("logOut")
def log_out(world: World, args: Args) -> bool:
    """Leave Telegram's cloud: for ten minutes nothing answers."""
    world.logged_out_until = world.clock.now() + TEN_MINUTES
    return True


@method("close")
def close(world: World, args: Args) -> bool:
    """Close the bot on this server; refused in its first ten minutes.

    Source: Bot API, close.
    """
    left = world.started_at + TEN_MINUTES - world.clock.now()
    if left > 0:
        raise too_many_requests(max(1, int(left)))
    world.started_at = world.clock.now()
    return True


def _scope(args: Args) -> str:
    told = args.object("scope") or {"type": "default"}
    if told.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return ":".join(str(told[key]) for key in ("type", "chat_id", "user_id") if key in told)


@method("setMyCommands", "commands scope language_code")
def set_my_commands(world: World, args: Args) -> bool:
    """Set the list of commands for a scope and a language."""
    commands = args.array("commands")
    if commands is None:
        raise bad_request("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(one.get("command", "")).lower().lstrip("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile[f"commands/{_scope(args)}/{args.text('language_code')}"] = commands
    return True


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(world: World, args: Args) -> bool:
    """Forget the list of commands for a scope and a language."""
    world.profile.pop(f"commands/{_scope(args)}/{args.text('language_code')}", None)
    return True


def _set_words(world: World, args: Args, what: str, most: int) -> bool:
    if len(args.text(what)) > most:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    world.profile[f"{what}/{args.text('language_code')}"] = args.text(what)
    return True


@method("setMyName", "name language_code")
def set_my_name(world: World, args: Args) -> bool:
    """Set the bot's name for a language; without one, the name that everybody sees."""
    if args.has("name") and not args.has("language_code"):
        world.bot.first_name = args.text("name")
        world.clock.ring()
    return _set_words(world, args, "name", 64)


@method("setMyDescription", "description language_code")
def set_my_description(world: World, args: Args) -> bool:
    """Set what an empty chat with the bot shows."""
    return _set_words(world, args, "description", 512)


@method("setMyShortDescription", "short_description language_code")
def set_my_short_description(world: World, args: Args) -> bool:
    """Set what the bot's profile shows."""
    return _set_words(world, args, "short_description", 120)


@method("setChatMenuButton", "chat_id menu_button")
def set_chat_menu_button(world: World, args: Args) -> bool:
    """Set the button beside the text field, of one chat or of all."""
    told = args.object("menu_button") or {"type": "default"}
    if told.get("type") not in MENU_BUTTONS:
        raise bad_request("can't parse MenuButton: unsupported type specified")
    if args.has("chat_id"):
        open_chat(world, args).menu_button = told
    else:
        world.profile["menu_button"] = told
    return True
