"""What a sent message is made of: styled text, buttons, and what it answers."""

from __future__ import annotations

from typing import Any

from bot.standin import entities, markup_html, markup_markdown
from bot.standin.entities import Styled
from bot.standin.model import Chat, Topic
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World

MOST_BUTTON_DATA = 64
OTHER_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")
BUTTON_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def styled(args: Args, text: str, entities_name: str = "entities") -> Styled:
    """Return a text with its entities, by parse mode or as named.

    Raises:
        ApiError: 400 when it cannot be parsed or is far too long.
    """
    if len(text.encode()) > entities.MOST_RAW_BYTES:
        raise bad_request("text is too long")
    mode = args.text("parse_mode").lower()
    if mode == "html":
        return markup_html.parse(text)
    if mode == "markdownv2":
        return markup_markdown.parse(text)
    if mode:
        raise bad_request("unsupported parse_mode")
    return entities.explicit(text, args.array(entities_name) or [])


def text_content(args: Args) -> JSON:
    """Return the content of a text message."""
    if not args.has("text"):
        raise bad_request("message text is empty")
    told = entities.message_text(styled(args, args.text("text")))
    content: JSON = {"text": told.text}
    if told.entities:
        content["entities"] = list(told.entities)
    options = args.object("link_preview_options")
    return {**content, "link_preview_options": options} if options else content


def caption_content(args: Args) -> JSON:
    """Return the caption's fields; empty when there is none."""
    if not args.has("caption"):
        return {}
    told = entities.caption_text(styled(args, args.text("caption"), "caption_entities"))
    content: JSON = {"caption": told.text} if told.text else {}
    if told.entities:
        content["caption_entities"] = list(told.entities)
    return content


def buttons(args: Args) -> list[list[JSON]]:
    """Return the inline buttons; other keyboards are accepted and not shown.

    Source: Bot API, InlineKeyboardButton; tdlib `ReplyMarkup.cpp`:570.
    """
    markup = args.object("reply_markup")
    if not markup or any(key in markup for key in OTHER_KEYBOARDS):
        return []
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad_request(
            "can't parse inline keyboard markup: expected an Array of Array of InlineKeyboardButton"
        )
    return [[_button(one) for one in row] for row in rows if row]


def _button(told: Any) -> JSON:
    if not isinstance(told, dict) or not isinstance(told.get("text"), str):
        raise bad_request("can't parse inline keyboard button: can't find field \"text\"")
    if not told["text"].strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    if not any(key in told for key in BUTTON_ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = told.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= MOST_BUTTON_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return told


def answered(world: World, args: Args, chat: Chat, topic: Topic | None) -> int | None:
    """Return the id of the message that a send answers, or None.

    Raises:
        ApiError: 400 when it is gone and the call does not allow that.
    """
    told = args.object("reply_parameters")
    number = told.get("message_id")
    if number is None:
        return None
    original = chat.living(int(number))
    fitting = original is not None and (topic is None or original.thread == topic.thread)
    if not fitting and not told.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return int(number) if fitting else None
