"""Edits of the bot's own messages."""

from __future__ import annotations

from bot.standin import render
from bot.standin.methods import content
from bot.standin.methods.access import open_chat
from bot.standin.methods.table import method
from bot.standin.model import Message
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World

WHERE = "business_connection_id chat_id message_id inline_message_id "
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)


def _own_message(world: World, args: Args) -> Message:
    """Return the message to edit.

    Source: telegram-bot-api `Client.cpp`:108, 13541.
    """
    chat = open_chat(world, args)
    if not args.has("message_id"):
        raise bad_request("message identifier is not specified")
    found = chat.living(args.integer("message_id"))
    if found is None:
        raise bad_request("message to edit not found")
    if found.sender != world.bot.id or found.service or "forward_origin" in found.extras:
        raise bad_request("message can't be edited")
    return found


def _change(world: World, args: Args, message: Message, made: JSON) -> JSON:
    """Give a message new content and buttons; no markup in the call takes the buttons away."""
    rows = content.buttons(args)
    if made == message.content and rows == message.buttons:
        raise bad_request(NOT_MODIFIED)
    message.content, message.buttons = made, rows
    message.edited_at = world.clock.now()
    world.edited(message)
    return render.message(world, message)


@method("editMessageText", WHERE + "text parse_mode entities link_preview_options rich_message reply_markup",
        paced=True)  # fmt: skip
def edit_message_text(world: World, args: Args) -> JSON:
    """Give a text message another text."""
    message = _own_message(world, args)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _change(world, args, message, content.text_content(args))


@method("editMessageCaption", WHERE + "caption parse_mode caption_entities show_caption_above_media "
        "reply_markup", paced=True)  # fmt: skip
def edit_message_caption(world: World, args: Args) -> JSON:
    """Give a file another caption."""
    message = _own_message(world, args)
    if message.kind in {"text", "location", "contact", "sticker", "video_note"}:
        raise bad_request("there is no caption in the message to edit")
    bare = {
        key: value for key, value in message.content.items() if key not in {"caption", "caption_entities"}
    }
    return _change(world, args, message, bare | content.caption_content(args))


@method("editMessageReplyMarkup", WHERE + "reply_markup", paced=True)
def edit_message_reply_markup(world: World, args: Args) -> JSON:
    """Give a message other buttons, or none."""
    message = _own_message(world, args)
    return _change(world, args, message, message.content)
