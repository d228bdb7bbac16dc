"""Answers to pressed buttons, reactions, and files to download."""

from __future__ import annotations

from bot.standin.methods.access import open_chat
from bot.standin.methods.table import method
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World

MOST_ANSWER = 200
ANSWER_SECONDS = 900
"""Telegram does not publish how long a button waits; people report about a quarter of an hour."""
EMOJI = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
"""Source: Bot API, ReactionTypeEmoji."""


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(world: World, args: Args) -> bool:
    """Answer a pressed button, once and in time.

    Source: telegram-bot-api `Client.cpp`:146; Bot API, answerCallbackQuery.
    """
    query = world.queries.get(args.text("callback_query_id"))
    late = query is None or world.clock.now() - query.asked_at > ANSWER_SECONDS
    if query is None or late or query.answered:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(args.text("text")) > MOST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answered = True
    told: JSON = {"user": query.user, "query": query.id, "text": args.text("text")}
    world.alerts.append({**told, "alert": args.boolean("show_alert"), "at": world.clock.now()})
    world.clock.ring()
    return True


@method("setMessageReaction", "chat_id message_id reaction is_big")
def set_message_reaction(world: World, args: Args) -> bool:
    """Put the bot's own reaction on a message, or take it off.

    Source: telegram-bot-api `Client.cpp`:8516.
    """
    chat = open_chat(world, args)
    message = chat.living(args.integer("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    reaction = args.array("reaction") or []
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in EMOJI for one in reaction):
        raise bad_request("REACTION_INVALID")
    message.reactions.pop(world.bot.id, None)
    if reaction:
        message.reactions[world.bot.id] = reaction
    world.clock.ring()
    return True


@method("getFile", "file_id")
def get_file(world: World, args: Args) -> JSON:
    """Make a file's download link good for an hour."""
    if not args.has("file_id"):
        raise bad_request("file_id not specified")
    file = world.files.find(args.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    return world.files.open_link(file)
