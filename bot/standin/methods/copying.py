"""Copies and forwards of messages that are already there."""

from __future__ import annotations

import copy

from bot.standin import render
from bot.standin.methods import content
from bot.standin.methods.access import find_chat, find_topic, open_chat
from bot.standin.methods.sending import COMMON, place
from bot.standin.methods.table import method
from bot.standin.model import Chat, Message, Topic
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World

MOST_AT_ONCE = 100
WITHOUT_BUSINESS = COMMON.removeprefix("business_connection_id ")


def _original(world: World, source: Chat, number: int, verb: str) -> Message:
    """Return the message to copy or forward.

    Source: telegram-bot-api `Client.cpp`:13252; tdlib `MessagesManager.cpp`:24344.
    """
    original = source.living(number)
    if original is None:
        raise bad_request(f"message to {verb} not found")
    if original.service:
        words = "copied" if verb == "copy" else "forwarded"
        raise bad_request(f"the message can't be {words}")
    return original


def _duplicate(world: World, args: Args, chat: Chat, topic: Topic | None, original: Message) -> Message:
    made = copy.deepcopy(original.content)
    if "caption" in args.given() and "text" not in made:
        made.pop("caption", None)
        made.pop("caption_entities", None)
        made |= content.caption_content(args)
    return place(world, chat, topic, original.kind, made, args)


@method("copyMessage", WITHOUT_BUSINESS + "from_chat_id message_id video_start_timestamp caption parse_mode "
        "caption_entities show_caption_above_media", paced=True)  # fmt: skip
def copy_message(world: World, args: Args) -> JSON:
    """Write a message again under the bot's own name; its sender does not show."""
    chat = open_chat(world, args)
    source = find_chat(world, args, "from_chat_id")
    topic = find_topic(world, chat, args)
    original = _original(world, source, args.integer("message_id"), "copy")
    return {"message_id": _duplicate(world, args, chat, topic, original).id}


@method("copyMessages", "chat_id message_thread_id direct_messages_topic_id from_chat_id message_ids "
        "disable_notification protect_content remove_caption", paced=True)  # fmt: skip
def copy_messages(world: World, args: Args) -> list[JSON]:
    """Copy several messages; those that are gone are skipped."""
    chat = open_chat(world, args)
    source = find_chat(world, args, "from_chat_id")
    topic = find_topic(world, chat, args)
    numbers = message_ids(args)
    originals = [one for number in numbers if (one := source.living(number)) is not None and not one.service]
    if not originals:
        raise bad_request("there are no messages to copy")
    copies = [_duplicate(world, args, chat, topic, original) for original in originals]
    if args.boolean("remove_caption"):
        for made in copies:
            made.content = {k: v for k, v in made.content.items() if k not in {"caption", "caption_entities"}}
    return [{"message_id": made.id} for made in copies]


def message_ids(args: Args) -> list[int]:
    """Return the list of one to a hundred message ids."""
    numbers = args.array("message_ids")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > MOST_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    if any(isinstance(number, bool) or not str(number).isdigit() for number in numbers):
        raise bad_request("invalid message identifier specified")
    return [int(number) for number in numbers]


@method("forwardMessage", "chat_id message_thread_id direct_messages_topic_id from_chat_id "
        "video_start_timestamp disable_notification protect_content message_effect_id "
        "suggested_post_parameters message_id", paced=True)  # fmt: skip
def forward_message(world: World, args: Args) -> JSON:
    """Send a message on; its sender shows."""
    chat = open_chat(world, args)
    source = find_chat(world, args, "from_chat_id")
    topic = find_topic(world, chat, args)
    original = _original(world, source, args.integer("message_id"), "forward")
    if original.extras.get("has_protected_content"):
        raise bad_request("message has protected content and can't be forwarded")
    made = place(world, chat, topic, original.kind, copy.deepcopy(original.content), args)
    made.extras["forward_origin"] = origin(world, original)
    return render.message(world, made)


def origin(world: World, original: Message) -> JSON:
    """Return who wrote a forwarded message first."""
    if "forward_origin" in original.extras:
        told: JSON = original.extras["forward_origin"]
        return told
    sender = render.user(world.users[original.sender])
    return {"type": "user", "date": int(original.date), "sender_user": sender}
